"""The base of generated worker classes."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import importlib.util
import os
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Generic, cast

from ..callbacks import CallbackScope, Calls
from ..connection import Counts, Limits
from ..connection.emitter import Emitter
from ..constants import EXTENSIONS
from ..context import filled_up
from ..error import Code, ProcwireError
from ..service import Method, Service
from ..tracing import Tracing
from .serve import Settings, serve

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    EmitT = TypeVar("EmitT")
    CallsT = TypeVar("CallsT", bound=Calls, default=Calls)
else:
    from typing import TypeVar

    # Only type checkers know of defaults in the versions before 3.13.
    EmitT = TypeVar("EmitT")
    CallsT = TypeVar("CallsT", bound=Calls)

_NO_UVLOOP = "PROCWIRE_NO_UVLOOP"


class Worker(Generic[EmitT, CallsT]):
    """A worker: an object whose methods serve the parent that started the process.

    A handler is an `async def`, which runs as a task of its own on the loop; a plain `def`, which runs in a thread; or
    a plain `def` marked with `procwire.inline`, which runs on the loop and must not wait. A stream is an asynchronous
    generator or a plain one, alike. A handler that has a parameter `cx` gets the call's `Context` there.
    """

    if not TYPE_CHECKING:

        def __class_getitem__(cls, arguments: Any) -> Any:
            """Lets `Worker[TradingEmit]` stand in the versions that know no defaults."""
            return super().__class_getitem__(filled_up(arguments, Any, Calls))

    _service: Service
    _emit: type[EmitT]
    _calls: type[CallsT] = cast("type[CallsT]", Calls)
    _requires: tuple[Method[Any, Any], ...] = ()
    _optional: tuple[Method[Any, Any], ...] = ()
    __emitter: Emitter | None = None

    @property
    def _emitter(self) -> Emitter:
        # Not made in `__init__`, which subclasses need not call.
        if self.__emitter is None:
            self.__emitter = Emitter()
        return self.__emitter

    @property
    def events(self) -> EmitT:
        """Sends events to the parent, from outside of handlers too. Fails with `unavailable` before it is connected."""
        return cast(EmitT, cast("Callable[[Emitter], object]", self._emit)(self._emitter))

    @property
    def callbacks(self) -> CallsT:
        """Calls the parent, outside of handlers; in one `cx.callbacks` belongs to the call that it serves.

        Fails with `unavailable` before the parent is connected.
        """
        connection = self._emitter.connection
        if connection is None:
            raise ProcwireError(Code.UNAVAILABLE, "no parent is connected yet that could be called")
        return self._calls(CallbackScope(connection, None))

    @property
    def healthy(self) -> bool:
        """What the parent is told when it asks whether this worker takes work; subclasses may know better."""
        return True

    async def ready(self) -> bool:
        """Waits until a parent is connected; `False` where the worker ended without one, or has ended."""
        return await self._emitter.ready()

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong on the connection so far."""
        return self._emitter.counts

    async def on_shutdown(self) -> None:
        """Is called once no call is served any more, before `serve` returns.

        It has the rest of the time that the parent gave, or a few tenths of a second where the parent is gone.
        """

    async def serve(
        self,
        *others: Worker[Any, Any],
        limits: Limits | None = None,
        threads: int = 64,
        spin: bool = True,
        tracebacks: bool = False,
        check_sent: bool = False,
        tracing: Tracing | None = None,
        extensions: Sequence[str] = EXTENSIONS,
    ) -> None:
        """Serves the parent until it asks for the end or is gone, then returns.

        Call it early. It takes stdin and stdout for the control plane: what the program prints from then on arrives on
        stderr. Once the parent is gone the process ends within half a second, whatever handlers do; and after
        `$shutdown` at the end of the time that the parent gave.

        `others` are served beside this one, `threads` is how many plain handlers run at once. `spin` off keeps the loop
        from looking again for up to 50 µs, where requests come at once, before it sleeps. With `tracebacks` a
        parent of ours is asked to say where handlers of callbacks fail, with `check_sent` constraints are checked before
        anything is sent. `tracing` follows
        calls and callbacks with spans, as `procwire.opentelemetry.Tracing()` does. `extensions` are
        those that may be used with a parent of ours. In a process that no parent started it says so on stderr and exits
        with status 2. Raises `ProcwireError` where the worker cannot be served, and where the parent broke the protocol.
        """
        await serve(
            [self, *others],
            Settings(
                limits=limits or Limits(),
                threads=threads,
                spin=spin,
                tracebacks=tracebacks,
                check_sent=check_sent,
                tracing=tracing,
                extensions=tuple(extensions),
            ),
        )

    def run(
        self,
        *others: Worker[Any, Any],
        limits: Limits | None = None,
        threads: int = 64,
        spin: bool = True,
        tracebacks: bool = False,
        check_sent: bool = False,
        tracing: Tracing | None = None,
        extensions: Sequence[str] = EXTENSIONS,
        uvloop: bool | None = None,
    ) -> None:
        """Serves the parent, as `serve` does, in a loop of its own, and ends the process when that returns.

        The loop is uvloop's where that is installed; `uvloop=False`, or PROCWIRE_NO_UVLOOP in the environment, keeps
        asyncio's own. Threads that still run are not waited for.
        """
        run(
            self.serve(
                *others,
                limits=limits,
                threads=threads,
                spin=spin,
                tracebacks=tracebacks,
                check_sent=check_sent,
                tracing=tracing,
                extensions=extensions,
            ),
            uvloop,
        )


def run(serving: Coroutine[Any, Any, None], uvloop: bool | None) -> None:
    """Runs a worker in a loop of its own."""
    with asyncio.Runner(loop_factory=_loop_factory(uvloop)) as runner:
        runner.run(serving)


def _loop_factory(wanted: bool | None) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if wanted is None:
        wanted = not os.environ.get(_NO_UVLOOP) and importlib.util.find_spec("uvloop") is not None
    if not wanted:
        return None
    import uvloop

    return uvloop.new_event_loop
