"""What both sides of one connection agreed on beyond the base protocol, and the frame that says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from ..constants import DEFAULT_PAYLOAD_LIMIT, EXTENSIONS, MAXIMUM_PAYLOAD_LIMIT, WINDOW
from ..error import Code, ProcwireError
from ..frame import WireError

META = "meta"
CALLBACKS = "callbacks"
CREDIT = "credit"
FD = "fd"


_U32 = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]


class PeerLimits(msgspec.Struct, frozen=True):
    """What a peer takes, as `$init` and `hello` say it."""

    payload: _U32 = DEFAULT_PAYLOAD_LIMIT
    """Bytes of a payload."""
    window: _U32 = WINDOW
    """Bytes of one stream's items that may be outstanding."""


class PeerErrors(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a peer would like of errors, as `$init` and `hello` say it."""

    traceback: bool = False
    """It wants to be told where handlers fail."""


class Hello(msgspec.Struct, frozen=True):
    """The parent's first frame to a child that listed what it can."""

    ext: list[str] = []
    """The names in force."""
    limits: PeerLimits = PeerLimits()
    """The parent's own."""
    callbacks: list[str] | msgspec.UnsetType = msgspec.UNSET
    """The paths that have a handler now, where callbacks are in force."""
    errors: PeerErrors | msgspec.UnsetType = msgspec.UNSET
    """What the parent would like of errors; it is not there where that is nothing."""

    @property
    def wants_tracebacks(self) -> bool:
        """Whether the parent wants to be told where handlers fail."""
        return isinstance(self.errors, PeerErrors) and self.errors.traceback

    def encode(self) -> bytes:
        """The payload."""
        return _encode(self)

    @classmethod
    def decode(cls, flags: int, request: int, payload: memoryview) -> Hello:
        """Raises `WireError` where the frame is none."""
        if flags or request:
            raise WireError("hello", f"a hello has the flags {flags:#04x} and the request id {request}, both must be 0")
        try:
            return _decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            raise WireError("hello", f"a hello does not decode: {problem}") from None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Hello).decode


def common(announced: Iterable[str], wanted: Iterable[str], *, pair: bool) -> list[str]:
    """The names that both sides know and want; `pair` says whether the connection is the inherited pair."""
    names = set(announced) & set(wanted)
    if META not in names:
        names.discard(CALLBACKS)
    if not pair:
        names.discard(FD)
    return [name for name in EXTENSIONS if name in names]


@dataclass(slots=True)
class Terms:
    """What is in force on one connection. Nothing is, until the first frame said otherwise."""

    peer_payload: int
    """Bytes of a payload that the peer takes."""
    window: int = WINDOW
    """What each stream that this side receives may have outstanding."""
    peer_window: int = WINDOW
    """The same for streams that this side sends."""
    meta: bool = False
    callbacks: bool = False
    credit: bool = False
    reason: str = "nothing was agreed on yet"
    """Why something is not in force."""
    names: list[str] = field(default_factory=list[str])
    tracebacks: bool = False
    """The peer wants to be told where handlers of this side fail."""

    def agree(self, names: Collection[str], limits: PeerLimits, reason: str) -> None:
        """From now on these are in force, and the peer's limits hold."""
        self.names = [name for name in EXTENSIONS if name in names]
        self.meta = META in self.names
        self.callbacks = self.meta and CALLBACKS in self.names
        self.credit = CREDIT in self.names
        self.reason = reason
        self.peer_payload = min(self.peer_payload, max(limits.payload, 0), MAXIMUM_PAYLOAD_LIMIT)
        self.peer_window = limits.window

    def unsupported(self, what: str) -> ProcwireError:
        """Why something cannot be done."""
        return ProcwireError(Code.UNSUPPORTED, f"{what}: {self.reason}")
