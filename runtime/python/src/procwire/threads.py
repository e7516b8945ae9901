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


class Threads:
    """Up to `most` threads, made when they are needed and kept for the next job."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._count = 0
        self._idle = 0

    def run(self, function: Callable[[], Any]) -> asyncio.Future[Any]:
        """Calls the function in a thread; the future has what it returns or raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        with self._lock:
            if self._idle > 0:
                self._idle -= 1
            elif self._count < self._most:
                self._count += 1
                threading.Thread(target=self._work, name=f"procwire-handler-{self._count}", daemon=True).start()
        self._jobs.put((function, contextvars.copy_context(), loop, future))
        return future

    def _work(self) -> None:
        while True:
            function, context, loop, future = self._jobs.get()
            value, error = None, None
            try:
                value = context.run(function)
            except BaseException as raised:  # noqa: BLE001
                error = raised
            # Idle before the answer is told, so that the one that follows it finds this thread.
            with self._lock:
                self._idle += 1
            try:
                loop.call_soon_threadsafe(_settle, future, value, error)
            except RuntimeError:
                # The loop is closed: nobody waits any more.
                return
            del function, context, loop, future, value, error


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
