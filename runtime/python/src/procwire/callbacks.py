"""What a worker asks of its parent: the base of generated classes, and what their methods give."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, Self, TypeVar

from .asking import USUAL, Asking
from .caller import Stream, call, notify
from .calling import encoded
from .connection import Connection, RemoteMethod
from .context import Context
from .error import Code, ProcwireError
from .service import Method

Answer = TypeVar("Answer")
Item = TypeVar("Item")
Request = TypeVar("Request")


class CallbackScope:
    """Who calls the parent: a handler for the call that it serves, or the worker outside of calls."""

    __slots__ = ("_asking", "_connection")

    def __init__(self, connection: Connection, context: Context[Any, Any] | None) -> None:
        self._connection = connection
        self._asking = None if context is None else Asking(context=context)

    def remote(self, method: Method[Any, Any]) -> RemoteMethod:
        """A callback as the parent of this connection knows it."""
        found = self._connection.table.callbacks.get(method)
        if found is None:
            message = f"this worker did not announce the callback `{method.wire}`"
            raise ProcwireError(Code.UNSUPPORTED, message)
        return found

    async def agreed(self, remote: RemoteMethod) -> None:
        """Raises where the parent answers no callbacks."""
        await self._connection.agreed()
        if not self._connection.terms.callbacks:
            raise self._connection.terms.unsupported(f"{remote.name} cannot be called")


class Called(Awaitable[Answer], Generic[Answer]):
    """A call that was made of the parent: `await` it, or in the thread of a plain handler `wait()` for it."""

    __slots__ = ("_loop", "_run", "_thread")

    def __init__(self, connection: Connection, run: Callable[[], Coroutine[Any, Any, Answer]]) -> None:
        self._loop = connection.loop
        self._thread = connection.thread
        self._run = run

    def __await__(self) -> Generator[Any, Any, Answer]:
        return self._run().__await__()

    def wait(self) -> Answer:
        """Waits in this thread, which must not be that of the loop."""
        if threading.get_ident() == self._thread:
            raise RuntimeError("this is the thread of the loop, which cannot wait: use `await`")
        return asyncio.run_coroutine_threadsafe(self._run(), self._loop).result()


class CalledStream(Stream[Item]):
    """The items of a stream of the parent: `async for`, or a plain `for` in the thread of a plain handler."""

    __slots__ = ()
    _owner: CallbackScope

    async def _begin(self, payload: bytes) -> None:
        await self._owner.agreed(self._remote)
        await super()._begin(payload)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        connection = self._owner._connection
        if threading.get_ident() == connection.thread:
            raise RuntimeError("this is the thread of the loop, which cannot wait: use `async for`")
        found: list[Item] = asyncio.run_coroutine_threadsafe(self._next(), connection.loop).result()
        if not found:
            raise StopIteration
        return found[0]

    async def _next(self) -> list[Item]:
        # A future takes no StopAsyncIteration.
        async for item in self:
            return [item]
        return []

    def close(self) -> None:
        """Leaves the stream, so that the parent stops; for the thread of a plain handler."""
        connection = self._owner._connection
        if threading.get_ident() == connection.thread:
            self._leave()
        else:
            connection.loop.call_soon_threadsafe(self._leave)


class Calls:
    """Base of generated classes that have a method for each callback of a namespace."""

    __slots__ = ("_inner",)

    def __init__(self, inner: CallbackScope) -> None:
        self._inner = inner

    def _call(self, method: Method[Request, Answer], request: Request) -> Called[Answer]:
        """Calls a callback that is answered once."""
        inner = self._inner

        async def run() -> Answer:
            remote = inner.remote(method)
            await inner.agreed(remote)
            answer: Answer = await call(inner._connection, remote, request, USUAL, inner._asking)
            return answer

        return Called(inner._connection, run)

    def _notify(self, method: Method[Request, None], request: Request) -> Called[None]:
        """Calls a callback that answers nothing; done once it is handed over."""
        inner = self._inner

        async def run() -> None:
            remote = inner.remote(method)
            await inner.agreed(remote)
            await notify(inner._connection, remote, request, inner._asking)

        return Called(inner._connection, run)

    def _stream(self, method: Method[Request, Item], request: Request) -> CalledStream[Item]:
        """Calls a callback that is answered with items."""
        inner = self._inner
        remote = inner.remote(method)
        payload = encoded(remote, request, inner._connection.terms.peer_payload)
        return CalledStream(inner, remote, payload, USUAL, inner._asking)
