"""What a handler can know and do besides its arguments."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, cast

from .error import Code, ProcwireError
from .metadata import NO_VALUES, Metadata, Trace, Values

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from .connection.calls import Calls
    from .connection.served import Served
    from .connection.serving import Serving
    from .tracing import ServerSpan

    EmitT = TypeVar("EmitT", default=Any)
    CallsT = TypeVar("CallsT", default=Any)
else:
    from typing import TypeVar

    # Only type checkers know of defaults in the versions before 3.13.
    EmitT = TypeVar("EmitT")
    CallsT = TypeVar("CallsT")


def filled_up(arguments: Any, *defaults: Any) -> tuple[Any, ...]:
    """The arguments of a generic class, and defaults for those that were left out."""
    # Only one of the two type checkers knows it without being told.
    given = cast("tuple[Any, ...]", arguments if isinstance(arguments, tuple) else (arguments,))  # type: ignore[redundant-cast]
    return (*given, *defaults[len(given) :])


class Extra:
    """What only some calls have: metadata, calls made for them, a window."""

    __slots__ = ("_nested", "deadline", "metadata", "outstanding", "span", "takes_slot", "waiter")

    def __init__(self) -> None:
        self.metadata: Metadata | None = None
        self.deadline: float | None = None
        """On the monotonic clock."""
        self.takes_slot = True
        self._nested: set[tuple[Calls[Any, Any], int]] = set()
        self.outstanding = 0
        """Bytes of items that the receiver has not given back."""
        self.waiter: asyncio.Future[None] | None = None
        """Waits for credit."""
        self.span: ServerSpan | None = None
        """Follows the call, where the program wants that."""

    def add(self, calls: Calls[Any, Any], request: int) -> None:
        """A call was made for this one, and ends with it."""
        self._nested.add((calls, request))

    def discard(self, calls: Calls[Any, Any], request: int) -> None:
        """That call has ended."""
        self._nested.discard((calls, request))

    def cancel(self, name: str) -> None:
        """Ends the calls that were made for this one."""
        nested, self._nested = self._nested, set()
        for calls, request in nested:
            calls.cancel(request, aborted(name))


def aborted(name: str) -> ProcwireError:
    """The failure of calls made for one that was aborted."""
    return ProcwireError(Code.CANCELLED, f"the call of {name} that it serves was aborted")


class Context(Generic[EmitT, CallsT]):
    """The call that a handler serves. A handler gets it as `cx` where it has a parameter of that name."""

    __slots__ = ("_aborted", "_cancelled", "_extra", "_key", "_method", "_request", "_serving", "_started", "_task")

    if not TYPE_CHECKING:

        def __class_getitem__(cls, arguments: Any) -> Any:
            """Lets `Context[TradingEmit]` stand in the versions that know no defaults."""
            return super().__class_getitem__(filled_up(arguments, Any, Any))

    # The serving side of a connection fills these in; a handler has the properties.
    _serving: Serving
    _method: Served
    _request: int
    _key: int
    _aborted: bool
    _cancelled: bool
    _started: bool
    _task: asyncio.Task[None] | None
    _extra: Extra | None

    @property
    def method(self) -> str:
        """The name of the method on the wire."""
        return self._method.wire

    @property
    def service(self) -> str:
        """The name of the service, or the namespace of a callback."""
        return self._method.service

    @property
    def cancelled(self) -> bool:
        """Whether the caller has left: it aborted, its deadline passed, or it is gone.

        The task of an `async def` handler is cancelled then. A handler in a thread has to look here.
        """
        return self._cancelled

    @property
    def deadline(self) -> float | None:
        """When the call must be done, on `time.monotonic()`, where the caller said so and the peer is one of ours."""
        return None if self._extra is None else self._extra.deadline

    @property
    def metadata(self) -> Values:
        """The keys that the caller sent along."""
        found = None if self._extra is None else self._extra.metadata
        return NO_VALUES if found is None else found.values

    @property
    def trace(self) -> Trace | None:
        """The trace that the call belongs to; calls made for it belong to it too."""
        found = None if self._extra is None else self._extra.metadata
        return None if found is None else found.trace

    @property
    def events(self) -> EmitT:
        """Sends events to the parent."""
        emit: EmitT = self._method.emit(self._serving.emitter)
        return emit

    @property
    def callbacks(self) -> CallsT:
        """Calls the parent: `await cx.callbacks.trading.position(...)`, in a thread `….wait()`.

        The calls belong to this one: they have its trace and what is left of its time, and end when it is aborted.
        """
        calls: CallsT = self._method.calls(self)
        return calls

    @property
    def _depth(self) -> int:
        found = None if self._extra is None else self._extra.metadata
        return 0 if found is None else found.depth

    def _more(self) -> Extra:
        if self._extra is None:
            self._extra = Extra()
        return self._extra

    def __repr__(self) -> str:
        return f"<Context of {self._method.name}, request {self._request}>"
