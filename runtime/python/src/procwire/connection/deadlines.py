"""One timer for all deadlines of a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heapify, heappop, heappush

_COARSENESS = 0.001
"""Deadlines are looked at no more often than this many seconds, so that many of them cost one look."""


class Deadlines:
    """Calls `expire` with each key whose time has come while it is still live."""

    __slots__ = ("_armed_for", "_expire", "_heap", "_is_live", "_loop", "_sweep_at", "_timer")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, is_live: Callable[[int], bool], expire: Callable[[int], None]
    ) -> None:
        self._loop = loop
        self._is_live = is_live
        self._expire = expire
        self._heap: list[tuple[float, int]] = []
        self._sweep_at = 1024
        """How many entries there are before those of calls that ended are thrown out."""
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = float("inf")

    def add(self, seconds: float, key: int) -> None:
        at = self._loop.time() + seconds
        heap = self._heap
        heappush(heap, (at, key))
        if at < self._armed_for:
            self._arm(at)
        if len(heap) > self._sweep_at:
            is_live = self._is_live
            heap[:] = [entry for entry in heap if is_live(entry[1])]
            heapify(heap)
            self._sweep_at = max(1024, 2 * len(heap))

    def _arm(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed_for = at
        self._timer = self._loop.call_at(at + _COARSENESS, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._armed_for = float("inf")
        now = self._loop.time()
        heap = self._heap
        while heap:
            at, key = heap[0]
            if self._is_live(key):
                if at > now:
                    self._arm(at)
                    return
                heappop(heap)
                self._expire(key)
            else:
                heappop(heap)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._heap.clear()
