"""Items that a generator makes in a thread, on their way to the loop."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..constants import ITEM_COST
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
        self._task: asyncio.Task[None] | None = None
        """Waits until more may be sent."""
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
            self._ahead += len(payload) + ITEM_COST
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
            self._scheduled = False
        if self._task is None:
            self._send()

    async def flushed(self) -> bool:
        """Sends what is left, waiting where it has to; false where the call was cancelled before."""
        self.flush()
        while self._task is not None:
            await asyncio.wait([self._task])
        return not self._payloads

    def _send(self) -> None:
        call, outbox = self._call, self._outbox
        method, window = call._method, call._serving.window
        span = None if call._extra is None else call._extra.span
        while self._payloads:
            if call._aborted:
                self._payloads.clear()
                break
            payload = self._payloads.popleft()
            outbox.send(method.id, method.item_flags, call._request, payload)
            if span is not None:
                span.message(len(payload))
            if window is not None:
                extra = call._more()
                extra.outstanding += len(payload) + ITEM_COST
                if extra.outstanding * 2 > window:
                    break
            if outbox.full:
                break
        if not call._cancelled and (outbox.full or call._serving.is_spent(call)):
            task = self._task = self._loop.create_task(self._wait())
            # The loop keeps no task alive by itself.
            task.add_done_callback(self._go_on)
        else:
            self._has_room()

    async def _wait(self) -> None:
        await self._call._serving.may_send(self._call)

    def _go_on(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled():
            task.exception()
        self._send()

    def _has_room(self) -> None:
        with self._lock:
            self._ahead = sum(len(payload) + ITEM_COST for payload in self._payloads)
            self._room.set()
