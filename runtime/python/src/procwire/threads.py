"""Threads for handlers that are plain functions.

They are daemons: a function that never returns must not keep the process alive, which `concurrent.futures` would wait
for at its end.
"""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from typing import Any

_Job = tuple[Callable[[], Any], contextvars.Context, asyncio.AbstractEventLoop, "asyncio.Future[Any]"]
_Queued = tuple[_Job, bool]
"""A job, and whether a thread was free for it when it was queued."""


class Threads:
    """Up to `most` threads, made when they are needed and kept for the next job."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._jobs: queue.SimpleQueue[_Queued] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._count = 0
        self._idle = 0
        self._queued = 0
        """Jobs for which no thread was free."""

    def run(self, function: Callable[[], Any], *, nested: bool = False) -> asyncio.Future[Any]:
        """Calls the function in a thread; the future has what it returns or raises.

        One that is `nested` never waits for a thread: all of them may wait for it.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        job = (function, contextvars.copy_context(), loop, future)
        with self._lock:
            free = self._idle > 0
            if nested and (not free or self._queued > 0):
                threading.Thread(target=self._do, args=job, name="procwire-nested", daemon=True).start()
                return future
            if free:
                self._idle -= 1
            elif self._count < self._most:
                self._count += 1
                free = True
                threading.Thread(target=self._work, name=f"procwire-handler-{self._count}", daemon=True).start()
            else:
                self._queued += 1
            self._jobs.put((job, free))
        return future

    def _work(self) -> None:
        while True:
            job, free = self._jobs.get()
            if not free:
                with self._lock:
                    self._queued -= 1
                    self._idle -= 1
            if not self._do(*job, kept=True):
                return
            del job

    def _do(
        self,
        function: Callable[[], Any],
        context: contextvars.Context,
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[Any],
        *,
        kept: bool = False,
    ) -> bool:
        """Does one job; false where nobody waits for any."""
        value, error = None, None
        try:
            value = context.run(function)
        except BaseException as raised:  # noqa: BLE001
            error = raised
        if kept:
            # Idle before the answer is told, so that the one that follows it finds this thread.
            with self._lock:
                self._idle += 1
        try:
            loop.call_soon_threadsafe(_settle, future, value, error)
        except RuntimeError:
            # The loop is closed.
            return False
        return True


def _settle(future: asyncio.Future[Any], value: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(value)
    elif isinstance(error, StopIteration):
        # A future refuses it, since it would end the coroutine that waits.
        future.set_exception(RuntimeError(f"the function raised {error!r}"))
    else:
        future.set_exception(error)
