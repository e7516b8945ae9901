"""What follows calls: spans of whatever tracer the program has. Nothing here knows one."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from .error import Code, DeclaredError, ProcwireError
from .metadata import Trace


class Ending(NamedTuple):
    """How a call ended that did not end well."""

    code: str
    """The code of its error, or `declared`."""
    type: str
    """What tells errors of this code apart: `TradeError.Halted` for a declared one, otherwise the code again."""
    message: str


class CallSpan(Protocol):
    """One call, as it is followed on either side."""

    def message(self, size: int) -> None:
        """Notes an item of a stream of so many bytes: one that came at a caller, one that went out at a handler."""

    def end(self, ending: Ending | None = None) -> None:
        """The call has ended, well where nothing is said. Only the first end counts."""


class ClientSpan(CallSpan, Protocol):
    """A call of this side."""

    @property
    def trace(self) -> Trace | None:
        """What tells the peer of the span; `None` where the program has no tracer that would hear of it."""
        ...


class ServerSpan(CallSpan, Protocol):
    """A call of the peer that this side serves."""

    def current(self) -> AbstractContextManager[object]:
        """Makes the span the current one, for what runs in it and for what begins in it."""
        ...


@dataclass(frozen=True, slots=True)
class Origin:
    """What a call is made for and by."""

    served: ServerSpan | None
    """The span of the call that it is made for."""
    trace: Trace | None
    """The trace that the caller named, or that the served call came with."""
    is_named: bool
    """Whether the caller named that trace itself, which then counts most."""
    worker: str | None
    """The name of the worker that is called."""


class Tracing(Protocol):
    """Follows the calls of a connection. `procwire.opentelemetry.Tracing` is one."""

    def call(self, method: str, origin: Origin) -> ClientSpan:
        """Begins the span of a call of this side. `method` is `Trading/place`."""
        ...

    def serve(self, method: str, trace: Trace | None) -> ServerSpan:
        """Begins the span of a call that this side serves, which came with this trace."""
        ...


LEFT = Ending(Code.CANCELLED, Code.CANCELLED, "the caller has left")
"""The end of a call whose caller left."""


def failed_with(error: BaseException) -> Ending:
    """How a call ended that failed with this."""
    if isinstance(error, DeclaredError):
        return Ending(error.code, error._kind, error.message)
    if isinstance(error, ProcwireError):
        return Ending(error.code, error.code, error.message)
    # A caller sees nothing else but that it is cancelled itself.
    return LEFT


def method_name(name: str, *, is_callback: bool) -> str:
    """A method as conventions write it: `Trading/place`, from `Trading.place` or from the path of a callback."""
    # A service has no dot in its name, and a callback none behind its namespace.
    service, dot, method = name.rpartition(".") if is_callback else name.partition(".")
    return f"{service}/{method}" if dot else name
