"""Items that a generator makes in a thread, on their way to the loop."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..constants import ITEM, TO_PARENT
from .outbox import Outbox

if TYPE_CHECKING:
    from ..context import Context

_MOST = 256 * 1024
"""Bytes that the thread may be ahead of the loop."""


class ThreadItems:
    """Carries items over in batches: one call into the loop for all that were made meanwhile."""

    def __init__(self, loop: asyncio.AbstractEventLoop, outbox: Outbox, call: Context[Any], limit: int) -> None:
        self._loop = loop
        self._outbox = outbox
        self._call = call
        self._limit = limit
        self._payloads: deque[bytes] = deque()
        self._ahead = 0
        self._scheduled = False
        self._lock = threading.Lock()
        self._room = threading.Event()
        self.too_large: int | None = None
        """The size of an item that the peer would not take; there are no items after it."""

    def drain(self, items: Iterator[Any]) -> None:
        """Takes all items, in the thread, as fast as the loop sends them."""
        answer = self._call._method.answer
        try:
            for item in items:
                payload = answer.encode(item)
                if len(payload) > self._limit:
                    self.too_large = len(payload)
                    return
                if not self._push(payload):
                    return
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def _push(self, payload: bytes) -> bool:
        """Hands one item over; false once nobody wants more."""
        with self._lock:
            self._payloads.append(payload)
            self._ahead += len(payload) + 64
            schedule = not self._scheduled
            self._scheduled = True
            full = self._ahead > _MOST
            if full:
                self._room.clear()
        if schedule:
            try:
                self._loop.call_soon_threadsafe(self.flush)
            except RuntimeError:
                # The loop is closed.
                return False
        if full:
            self._room.wait()
        return not self._call._cancelled

    def flush(self) -> None:
        """Sends what was handed over, on the loop."""
        with self._lock:
            payloads, self._payloads = self._payloads, deque()
            self._scheduled = False
        call, outbox = self._call, self._outbox
        method = call._method
        if not call._aborted:
            for payload in payloads:
                outbox.send(method.id, TO_PARENT | ITEM, call._request, payload)
        if outbox.full and not call._cancelled:
            task = self._loop.create_task(self._wait_for_room())
            # The loop keeps no task alive by itself.
            task.add_done_callback(self._has_room)
            self._task = task
        else:
            self._has_room()

    async def _wait_for_room(self) -> None:
        await self._outbox.room()

    def _has_room(self, task: asyncio.Task[None] | None = None) -> None:
        if task is not None and not task.cancelled():
            task.exception()
        with self._lock:
            self._ahead = sum(len(payload) + 64 for payload in self._payloads)
            self._room.set()
