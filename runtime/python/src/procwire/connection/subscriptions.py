"""Who hears the peer's events: queues that keep the latest, and functions that hear all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from ..metadata import NO_EVENT_CONTEXT, EventContext
from .counters import Counts

Listener = Callable[[memoryview, EventContext], None]
"""Takes the payload of an event, which is gone once this returns, and what came beside it. What it raises is counted."""


class Queue:
    """Events that arrived for one subscription."""

    __slots__ = ("_closed", "_limit", "_payloads", "dropped")

    def __init__(self, limit: int) -> None:
        self._limit = max(limit, 1)
        self._payloads: deque[bytes] = deque()
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

    def rest(self) -> bytes | None:
        """The next of the events that arrived; `None` where there is none left."""
        return self._payloads.popleft() if self._payloads else None

    def close(self) -> None:
        """There will be no events any more; those that arrived can still be taken."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        """Tells whoever waits that something came."""
        raise NotImplementedError


class LoopQueue(Queue):
    """Events for a subscriber on the loop."""

    __slots__ = ("_waiter",)

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._waiter: asyncio.Event | None = None

    def _wake(self) -> None:
        if self._waiter is not None:
            self._waiter.set()

    async def take(self) -> bytes | None:
        """The next event; `None` once there are no more."""
        while not self._payloads:
            if self._closed:
                return None
            if self._waiter is None:
                self._waiter = asyncio.Event()
            self._waiter.clear()
            await self._waiter.wait()
        return self._payloads.popleft()


QueueT = TypeVar("QueueT", bound=Queue)


class Subscriptions(Generic[QueueT]):
    """The listeners and queues of one connection, by event id."""

    __slots__ = ("_closed", "_counts", "_listeners", "_make_queue", "_queues")

    def __init__(self, counts: Counts, make_queue: Callable[[], QueueT]) -> None:
        self._counts = counts
        self._make_queue = make_queue
        self._listeners: dict[int, list[Listener]] = {}
        self._queues: dict[int, list[QueueT]] = {}
        self._closed = False

    def listen(self, event: int, listener: Listener) -> None:
        self._listeners.setdefault(event, []).append(listener)

    def subscribe(self, event: int) -> QueueT:
        queue = self._make_queue()
        self._queues.setdefault(event, []).append(queue)
        if self._closed:
            queue.close()
        return queue

    def unsubscribe(self, event: int, queue: QueueT) -> None:
        queues = self._queues.get(event, [])
        if queue in queues:
            queues.remove(queue)
        queue.close()

    def publish(self, event: int, payload: memoryview, context: EventContext = NO_EVENT_CONTEXT) -> None:
        listeners = self._listeners.get(event)
        queues = self._queues.get(event)
        if not listeners and not queues:
            self._counts.events_unheard += 1
            return
        for listener in listeners or ():
            listener(payload, context)
        if queues:
            kept = bytes(payload)
            for queue in tuple(queues):
                self._counts.events_dropped += queue.push(kept)

    def close(self) -> None:
        self._closed = True
        for queues in self._queues.values():
            for queue in queues:
                queue.close()
