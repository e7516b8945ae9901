"""What goes beside a payload: trace context, what is left of a deadline, how deep calls are nested, and user keys."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

import msgspec

from .constants import META_LIMIT
from .error import Code, ProcwireError
from .frame import WireError

Values = Mapping[str, str | bytes]
"""User keys."""

NO_VALUES: Values = MappingProxyType({})

_LENGTH = struct.Struct(">H")
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?", re.ASCII
)
_BYTES = 1
"""The extension that JavaScript may write for bytes."""


class Trace(NamedTuple):
    """The trace that a call belongs to, as W3C Trace Context and Baggage write it."""

    traceparent: str
    tracestate: str | None = None
    baggage: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a request or an event brought beside its payload."""

    left: int | None = None
    """Milliseconds until the deadline, at sending."""
    depth: int = 0
    """How many calls this one is nested in."""
    trace: Trace | None = None
    values: Values = field(default_factory=lambda: NO_VALUES)


@dataclass(frozen=True, slots=True)
class EventContext:
    """What a worker said beside an event. A function that hears events gets it as `cx` where it has such a parameter."""

    metadata: Values = field(default_factory=lambda: NO_VALUES)
    """The keys that the worker sent along."""
    trace: Trace | None = None
    """The trace that the event belongs to."""


NO_EVENT_CONTEXT = EventContext()


class _Wire(msgspec.Struct, omit_defaults=True):
    tp: str | None = None
    ts: str | None = None
    bg: str | None = None
    dl: Annotated[int, msgspec.Meta(ge=0)] | None = None
    nd: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)] = 0
    u: dict[str, Any] | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Wire).decode
_decode_keys = msgspec.msgpack.Decoder(dict[str, Any]).decode


def split(payload: memoryview) -> tuple[memoryview, memoryview]:
    """The metadata and the payload proper. Raises `WireError` where there is no room for what it announces."""
    if len(payload) < _LENGTH.size:
        raise WireError("metadata", f"a frame with metadata has a payload of {len(payload)} bytes, expected 2 or more")
    (length,) = _LENGTH.unpack_from(payload)
    end = _LENGTH.size + length
    if length > META_LIMIT or end > len(payload):
        limit = min(META_LIMIT, len(payload) - _LENGTH.size)
        raise WireError("metadata", f"a frame announces {length} bytes of metadata, at most {limit} can be there")
    return payload[_LENGTH.size : end], payload[end:]


def decode(data: memoryview) -> Metadata:
    """Reads metadata. Raises `ValueError` where it is not of the form."""
    try:
        wire = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise ValueError(str(problem)) from None
    for key, value in _decode_keys(data).items():
        # A struct takes nil for what may be missing; the wire has no nil there.
        if value is None and key in ("tp", "ts", "bg", "dl", "u"):
            raise ValueError(f"`{key}` is nil")
    trace = None
    if wire.tp is not None and _is_traceparent(wire.tp):
        trace = Trace(wire.tp, wire.ts, wire.bg)
    return Metadata(wire.dl, wire.nd, trace, _values(wire.u) if wire.u else NO_VALUES)


def _is_traceparent(text: str) -> bool:
    return _TRACEPARENT.fullmatch(text) is not None and (len(text) == 55 or text[:2] != "00")


def _values(found: dict[str, Any]) -> Values:
    values: dict[str, str | bytes] = {}
    for key, value in found.items():
        if isinstance(value, msgspec.msgpack.Ext) and value.code == _BYTES:
            values[key] = bytes(value.data)
        elif isinstance(value, (str, bytes)):
            values[key] = value
        else:
            raise ValueError(f"the value of `{key}` is neither text nor bytes")
    return MappingProxyType(values)


def checked(values: Mapping[str, str | bytes | bytearray | memoryview]) -> Values:
    """User keys that can be sent. Raises `TypeError` for anything but texts and bytes."""
    made: dict[str, str | bytes] = {}
    for key, value in values.items():
        made[key] = value if isinstance(value, str) else bytes(value)
    return MappingProxyType(made)


def prefix(left: float | None, depth: int, trace: Trace | None, values: Values) -> bytes:
    """What stands before a payload; empty where there is nothing to say. `left` is in seconds."""
    wire = _Wire(
        dl=None if left is None else max(int(left * 1000), 0),
        nd=depth,
        u=dict(values) if values else None,
    )
    if trace is not None:
        wire.tp, wire.ts, wire.bg = trace
    data: bytes = _encode(wire)
    if len(data) == 1:
        return b""
    if len(data) > META_LIMIT:
        message = f"the metadata of a call has {len(data)} bytes, above the limit of {META_LIMIT}"
        raise ProcwireError(Code.INVALID_ARGUMENT, message)
    return _LENGTH.pack(len(data)) + data
