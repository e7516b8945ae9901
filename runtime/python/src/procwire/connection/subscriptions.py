"""Who hears the peer's events: queues that keep the latest, and functions that hear all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from .counters import Counts
from .limits import Limits

Listener = Callable[[memoryview], None]
"""Takes the payload of an event, which is gone once this returns. What it raises is counted."""


class Queue:
    """Events that arrived for one subscription."""

    __slots__ = ("_closed", "_limit", "_payloads", "_waiter", "dropped")

    def __init__(self, limit: int) -> None:
        self._limit = max(limit, 1)
        self._payloads: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False
        self.dropped = 0
        """Events that gave way to newer ones."""

    def push(self, payload: bytes) -> bool:
        """Adds an event; says whether the oldest had to give way."""
        full = len(self._payloads) >= self._limit
        if full:
            self._payloads.popleft()
            self.dropped += 1
        self._payloads.append(payload)
        self._wake()
        return full

    def close(self) -> None:
        """There will be no events any more; those that arrived can still be taken."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def take(self) -> bytes | None:
        """The next event; `None` once there are no more."""
        while not self._payloads:
            if self._closed:
                return None
            if self._waiter is None:
                self._waiter = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._waiter)
        return self._payloads.popleft()


class Subscriptions:
    """The listeners and queues of one connection, by event id."""

    __slots__ = ("_closed", "_counts", "_limits", "_listeners", "_queues")

    def __init__(self, limits: Limits, counts: Counts) -> None:
        self._limits = limits
        self._counts = counts
        self._listeners: dict[int, list[Listener]] = {}
        self._queues: dict[int, list[Queue]] = {}
        self._closed = False

    def listen(self, event: int, listener: Listener) -> None:
        self._listeners.setdefault(event, []).append(listener)

    def subscribe(self, event: int) -> Queue:
        queue = Queue(self._limits.events)
        self._queues.setdefault(event, []).append(queue)
        if self._closed:
            queue.close()
        return queue

    def unsubscribe(self, event: int, queue: Queue) -> None:
        queues = self._queues.get(event, [])
        if queue in queues:
            queues.remove(queue)
        queue.close()

    def publish(self, event: int, payload: memoryview) -> None:
        listeners = self._listeners.get(event)
        queues = self._queues.get(event)
        if not listeners and not queues:
            self._counts.events_unheard += 1
            return
        for listener in listeners or ():
            listener(payload)
        if queues:
            kept = bytes(payload)
            for queue in queues:
                self._counts.events_dropped += queue.push(kept)

    def close(self) -> None:
        self._closed = True
        for queues in self._queues.values():
            for queue in queues:
                queue.close()
