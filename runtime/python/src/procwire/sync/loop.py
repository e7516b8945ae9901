"""A connection that a thread of its own moves on a loop, since something may come while nobody calls.

Callbacks that are plain functions run in threads beside it, so that they may block and call the worker; coroutines run
on the loop.
"""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent import futures
from contextlib import suppress
from typing import Any, TypeVar

from ..asking import USUAL, Asking, Usual, dressed
from ..caller import Stream, room, sent
from ..connection import CloseReason, Connection, LoopQueue, RemoteMethod
from ..error import Code, ProcwireError
from ..parent import Options, steps
from ..parent.spawn import THREADS
from ..threads import Threads

Result = TypeVar("Result")

Obituary = Callable[[CloseReason], ProcwireError]
"""Says why a connection that is over is so, for all who wait on it."""


class LoopLine:
    """Calls from threads, over a connection on the loop of another."""

    def __init__(
        self,
        data: socket.socket,
        options: Options,
        agreement: steps.Agreement,
        listen: Callable[[Connection], None],
        obituary: Obituary,
    ) -> None:
        """`data` is connected, and what a connection begins with is written."""
        self._loop = asyncio.new_event_loop()
        self._lock = threading.RLock()
        """Is held where something is given to the loop, and where the loop takes nothing more; a garbage collection may
        leave a stream meanwhile."""
        self._over: ProcwireError | None = None
        self._given: set[futures.Future[Any]] = set()
        made: futures.Future[Connection] = futures.Future()
        main = self._main(data, options, agreement, listen, obituary, made)
        self._thread = threading.Thread(target=self._run, args=(main,), name="procwire-reader", daemon=True)
        self._thread.start()
        self._connection = made.result()
        self.terms = self._connection.terms
        self.counts = self._connection.counts

    # In the thread of the loop.

    def _run(self, main: Coroutine[Any, Any, ProcwireError]) -> None:
        loop = self._loop
        try:
            error = loop.run_until_complete(main)
            with self._lock:
                self._over = error
                given = [asyncio.wrap_future(future, loop=loop) for future in self._given]
            # What was given before fails now, and then nobody waits for anything but threads that block.
            if given:
                loop.run_until_complete(asyncio.wait(given))
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            if tasks:
                loop.run_until_complete(asyncio.wait(tasks))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()

    async def _main(
        self,
        data: socket.socket,
        options: Options,
        agreement: steps.Agreement,
        listen: Callable[[Connection], None],
        obituary: Obituary,
        made: futures.Future[Connection],
    ) -> ProcwireError:
        loop = self._loop
        try:
            # Looking again instead of sleeping would keep the interpreter from those who are to be woken.
            connection = Connection(
                loop,
                "parent",
                options.limits,
                agreement.handlers.table,
                Threads(THREADS),
                agreement.terms,
                spin=False,
                tracing=options.tracing,
            )
            listen(connection)
            data.setblocking(False)
            await loop.create_unix_connection(lambda: connection, sock=data)
        except BaseException as problem:  # noqa: BLE001
            made.set_exception(problem)
            return ProcwireError(Code.UNAVAILABLE, "there was no connection")
        made.set_result(connection)
        reason = await asyncio.shield(connection.closed)
        # It waits for the process, and handlers may run meanwhile.
        error = await loop.run_in_executor(None, obituary, reason)
        connection.fail_all(error)
        await loop.shutdown_default_executor()
        return error

    # In the threads of the program.

    def _wait(self, made: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Runs what is made on the loop, and waits for it."""
        if threading.get_ident() == self._connection.thread:
            message = "a function that hears events or answers on the loop cannot wait for the peer, for which it reads itself"
            raise RuntimeError(message)
        with self._lock:
            if self._over is not None:
                raise ProcwireError(self._over.code, self._over.message)
            future = asyncio.run_coroutine_threadsafe(made(), self._loop)
            self._given.add(future)
        try:
            return future.result()
        except BaseException:
            # Ctrl-C, after which the call goes on for nobody.
            future.cancel()
            raise
        finally:
            with self._lock:
                self._given.discard(future)

    def call(self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None) -> Any:
        return self._wait(lambda: sent(self._connection, remote, payload, timeout, asking))

    def notify(self, remote: RemoteMethod, payload: bytes, asking: Asking | None) -> None:
        self._wait(lambda: self._notify(remote, payload, asking))

    async def _notify(self, remote: RemoteMethod, payload: bytes, asking: Asking | None) -> None:
        connection = self._connection
        if connection.outbox.full:
            await room(connection, remote, None)
        payload, flags, _ = dressed(connection.terms, remote, payload, USUAL, asking)
        connection.calls.send(remote, payload, flags)

    def open(
        self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None
    ) -> LoopStream:
        return LoopStream(self, Stream(self, remote, payload, timeout, asking))

    def subscribe(self, event: int) -> LoopEvents:
        return LoopEvents(self, event)

    def refuse(self, error: ProcwireError) -> None:
        self._tell(self._connection.calls.refuse, error)

    def drain(self, grace: float) -> None:
        with suppress(ProcwireError):
            self._wait(lambda: self._written(grace))

    async def _written(self, grace: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await self._connection.outbox.written()

    def close(self) -> None:
        # The thread ends by itself once it has read what the process left; a handler waits for nothing here.
        if threading.current_thread() is not self._thread:
            self._thread.join(_LEAVE)

    def discard(self) -> None:
        """Does nothing: the thread ends with the process."""

    def _tell(self, function: Callable[..., object], *arguments: Any) -> None:
        """Runs something in the loop's next turn, unless it takes nothing more."""
        with self._lock:
            if self._over is None:
                self._loop.call_soon_threadsafe(function, *arguments)


_LEAVE = 1.0
"""Seconds that a thread may take to read what an ended process left, which somebody else may hold open."""


class LoopStream:
    """A stream of the loop, for a thread."""

    def __init__(self, line: LoopLine, stream: Stream[Any]) -> None:
        self._line = line
        self._stream = stream

    def take(self) -> deque[bytes] | None:
        return self._line._wait(self._stream.batch)

    def leave(self) -> None:
        self._line._tell(self._stream._leave)


class LoopEvents:
    """A subscription on the loop, for a thread."""

    def __init__(self, line: LoopLine, event: int) -> None:
        self._line = line
        self._event = event
        # Lists and dictionaries are changed in one step each, so that a thread may do it.
        self._queue: LoopQueue = line._connection.subscriptions.subscribe(event)

    @property
    def dropped(self) -> int:
        return self._queue.dropped

    def take(self, deadline: float | None) -> bytes | None:
        try:
            return self._line._wait(lambda: self._take(deadline))
        except ProcwireError:
            # The connection is over.
            return self._queue.rest()

    async def _take(self, deadline: float | None) -> bytes | None:
        left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
        try:
            async with asyncio.timeout(left):
                return await self._queue.take()
        except TimeoutError:
            raise TimeoutError("no event came in time") from None

    def leave(self) -> None:
        self._line._tell(self._line._connection.subscriptions.unsubscribe, self._event, self._queue)
