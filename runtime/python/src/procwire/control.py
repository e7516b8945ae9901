"""The control plane: one JSON-RPC 2.0 notification a line, as functions over bytes.

Nothing here reads or writes a descriptor. `Lines` cuts what came into lines, `parse` says what a line means, and the
`print_*` functions give the bytes that go out in one write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard, cast

import msgspec

from .connection.terms import PeerLimits
from .constants import CONTROL_VERSION, ID_RESERVED, LINE_LIMIT, RESPONSES


@dataclass(frozen=True)
class AnnouncedMethod:
    """A method as `$init` announces it."""

    id: int
    response: str
    raw: bool = False
    timeout: float | None = None
    """Seconds that a call may take; 0 is for ever."""
    fp: str | None = None
    """The fingerprint of its shape."""


@dataclass(frozen=True)
class AnnouncedCallback:
    """A callback as `$init` announces it."""

    id: int
    response: str
    raw: bool = False
    required: bool = False
    """Whether the child is of no use without it."""
    fp: str | None = None
    """The fingerprint of its shape."""


@dataclass(frozen=True)
class AnnouncedEvent:
    """An event as `$init` announces it."""

    id: int
    fp: str | None = None
    """The fingerprint of its shape."""


class Ipc(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which schema a child was generated from."""

    fingerprint: str
    """Of all its members together."""
    tool: str = ""
    """What it runs on, for people."""
    package: str | None = None
    module: str | None = None


@dataclass(frozen=True)
class Init:
    """What a child announces: where it listens and what it serves."""

    pipe: str
    methods: dict[str, AnnouncedMethod] = field(default_factory=dict[str, AnnouncedMethod])
    events: dict[str, AnnouncedEvent] = field(default_factory=dict[str, AnnouncedEvent])
    callbacks: dict[str, AnnouncedCallback] = field(default_factory=dict[str, AnnouncedCallback])
    ext: tuple[str, ...] | None = None
    """The extensions that the child knows; `None` where it knows of none."""
    limits: PeerLimits = field(default_factory=PeerLimits)
    ipc: Ipc | None = None
    tracebacks: bool = False
    """The child wants to be told where handlers of its callbacks fail."""


@dataclass(frozen=True)
class BadInit:
    """An `$init` that cannot be used, with the reason."""

    reason: str


@dataclass(frozen=True)
class Ping:
    """Asks whether the child is alive."""


@dataclass(frozen=True)
class Pong:
    """Says that the child is alive."""


@dataclass(frozen=True)
class Shutdown:
    """Asks the child to end."""

    grace: float | None
    """Seconds that handlers may go on, where the parent said so."""


@dataclass(frozen=True)
class StartFailed:
    """The child says why it cannot start."""

    message: str


Message = Init | BadInit | Ping | Pong | Shutdown | StartFailed


def parse(line: bytes) -> Message | None:
    """Says what a line means; `None` for anything else: a print of the program, or a message of another protocol."""
    # Most noise is told apart without a JSON parser, since programs print a lot.
    if not line.lstrip().startswith(b"{"):
        return None
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not _is_object(value):
        return None
    params = value.get("params")
    if not _is_object(params):
        params = {}
    match value.get("method"):
        case "$init":
            try:
                return _init(params)
            except _Unusable as reason:
                return BadInit(str(reason))
        case "$ping":
            return Ping()
        case "$pong":
            return Pong()
        case "$shutdown":
            grace = _count(params.get("grace_ms"))
            return Shutdown(None if grace is None else grace / 1000)
        case "$error":
            message = params.get("message")
            return StartFailed(message if isinstance(message, str) else "no message was given")
        case _:
            return None


class _Unusable(Exception):
    pass


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _count(value: object) -> int | None:
    """A whole number that is not negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _init(params: dict[str, object]) -> Init:
    pipe = params.get("pipe")
    if not isinstance(pipe, str) or not pipe:
        raise _Unusable("`params.pipe` must be a path")
    schema = params.get("schema")
    if not _is_object(schema):
        raise _Unusable("`params.schema` must be an object")
    methods = {name: _method(name, entry) for name, entry in _entries(schema, "methods")}
    events = {name: _event(name, entry) for name, entry in _entries(schema, "events")}
    callbacks = {name: _callback(name, entry) for name, entry in _entries(schema, "callbacks")}
    return Init(pipe, methods, events, callbacks, _names(params), _limits(params), _ipc(params), _tracebacks(params))


def _names(params: dict[str, object]) -> tuple[str, ...] | None:
    names = params.get("ext")
    if not isinstance(names, list):
        return None
    return tuple(name for name in cast("list[object]", names) if isinstance(name, str))


def _limits(params: dict[str, object]) -> PeerLimits:
    limits = params.get("limits")
    if not _is_object(limits):
        return PeerLimits()
    usual = PeerLimits()
    payload, window = _count(limits.get("payload")), _count(limits.get("window"))
    return PeerLimits(usual.payload if payload is None else payload, usual.window if window is None else window)


def _tracebacks(params: dict[str, object]) -> bool:
    errors = params.get("errors")
    return _is_object(errors) and errors.get("traceback") is True


def _ipc(params: dict[str, object]) -> Ipc | None:
    try:
        return msgspec.convert(params.get("ipc"), Ipc)
    except msgspec.ValidationError:
        return None


def _fp(entry: dict[str, object]) -> str | None:
    found = entry.get("fp")
    return found if isinstance(found, str) else None


def _entries(schema: dict[str, object], key: str) -> Iterator[tuple[str, dict[str, object]]]:
    entries = schema.get(key, {})
    if not _is_object(entries):
        raise _Unusable(f"`params.schema.{key}` must be an object")
    for name, entry in entries.items():
        yield name, entry if _is_object(entry) else {}


def _response(what: str, name: str, entry: dict[str, object]) -> str:
    response = entry.get("response")
    if not isinstance(response, str):
        raise _Unusable(f"{what} `{name}` has no response kind")
    if response not in RESPONSES:
        raise _Unusable(f"{what} `{name}` has the response kind `{response}`, expected result, stream, ack or none")
    return response


def _callback(name: str, entry: dict[str, object]) -> AnnouncedCallback:
    return AnnouncedCallback(
        _id("callback", name, entry),
        _response("callback", name, entry),
        raw=entry.get("codec") == "raw",
        required=entry.get("required") is True,
        fp=_fp(entry),
    )


def _event(name: str, entry: dict[str, object]) -> AnnouncedEvent:
    return AnnouncedEvent(_id("event", name, entry), _fp(entry))


def _method(name: str, entry: dict[str, object]) -> AnnouncedMethod:
    response = _response("method", name, entry)
    timeout = _count(entry.get("timeout"))
    return AnnouncedMethod(
        _id("method", name, entry),
        response,
        raw=entry.get("codec") == "raw",
        timeout=None if timeout is None else timeout / 1000,
        fp=_fp(entry),
    )


def _id(what: str, name: str, entry: dict[str, object]) -> int:
    id = _count(entry.get("id"))
    if id is None:
        raise _Unusable(f"{what} `{name}` has no id")
    if not 1 <= id < ID_RESERVED:
        raise _Unusable(f"{what} `{name}` has the id {id}, expected 1 to {ID_RESERVED - 1}")
    return id


def _line(method: str, params: Mapping[str, Any] | None = None) -> bytes:
    """A line between two line ends, in one piece: a print without an end cannot glue to it."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    if params is not None:
        message["params"] = params
    return b"\n" + json.dumps(message, separators=(",", ":")).encode() + b"\n"


def print_ping() -> bytes:
    """Asks the child whether it is alive."""
    return _line("$ping")


def print_pong() -> bytes:
    """Says that the child is alive."""
    return _line("$pong")


def print_shutdown(grace: float) -> bytes:
    """Asks the child to end within so many seconds."""
    return _line("$shutdown", {"grace_ms": int(grace * 1000)})


def print_error(message: str) -> bytes:
    """Says why the child cannot start."""
    return _line("$error", {"message": message})


def print_init(
    pipe: str,
    methods: Mapping[str, Mapping[str, object]],
    events: Mapping[str, Mapping[str, object]],
    *,
    callbacks: Mapping[str, Mapping[str, object]] | None = None,
    ext: Sequence[str] | None = None,
    limits: PeerLimits | None = None,
    ipc: Ipc | None = None,
    tracebacks: bool = False,
) -> bytes:
    """Announces the socket, the methods, events and callbacks in the order given, and what this child can."""
    schema: dict[str, object] = {"methods": methods, "events": events}
    if callbacks:
        schema["callbacks"] = callbacks
    params: dict[str, object] = {"pipe": pipe, "schema": schema, "version": CONTROL_VERSION}
    if ext is not None:
        params["ext"] = ext
    if limits is not None:
        params["limits"] = {"payload": limits.payload, "window": limits.window}
    if tracebacks:
        params["errors"] = {"traceback": True}
    if ipc is not None:
        params["ipc"] = msgspec.to_builtins(ipc)
    return _line("$init", params)


@dataclass(frozen=True)
class Piece:
    """One piece of what came: a whole line without its end, or a part of a line that is longer than any control line."""

    data: bytes
    is_line: bool


class Lines:
    """Cuts bytes into lines; holds no more than the longest line."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._overlong = False

    def push(self, data: bytes) -> list[Piece]:
        """Takes the bytes that came, and gives every piece that they complete."""
        pieces: list[Piece] = []
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            line = data[start : end + 1]
            start = end + 1
            if self._overlong or len(self._held) + len(line) > LINE_LIMIT + 1:
                self._flush(line, pieces)
                self._overlong = False
                continue
            whole = bytes(self._held) + line[:-1]
            self._held.clear()
            pieces.append(Piece(whole.removesuffix(b"\r"), is_line=True))
        rest = data[start:]
        if self._overlong or len(self._held) + len(rest) > LINE_LIMIT:
            self._flush(rest, pieces)
            self._overlong = True
        else:
            self._held += rest
        return pieces

    def finish(self) -> bytes:
        """Gives the line that had no end when the stream ended; empty where there is none."""
        held = bytes(self._held)
        self._held.clear()
        return held

    def _flush(self, more: bytes, pieces: list[Piece]) -> None:
        whole = bytes(self._held) + more
        self._held.clear()
        if whole:
            pieces.append(Piece(whole, is_line=False))
