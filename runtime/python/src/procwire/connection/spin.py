"""Looking again for a moment instead of sleeping, where what one waits for has come at once so far.

Two processes that call each other on two processors spend most of a call waking each other up. Whoever looks a few
more times before it sleeps needs no waking. Between two looks the processor is offered to everybody else, since the
peer may need the very same one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from time import perf_counter

_SHORT = 0.000_15
"""A wait up to this many seconds is short: half of it is what waking up takes."""
_LONGEST = 0.000_05
"""How many seconds to look again before sleeping."""
_WARM = 8
"""Short waits in a row before looking again begins."""
_COOL = 16
"""The same after looking again was in vain; doubled each time until it is not."""
_COLDEST = 4096


def processors() -> int:
    """How many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Spin:
    """The wait of one connection, and what became of those before."""

    __slots__ = ("_after_failure", "_needed", "_now", "_short", "_since", "active", "possible", "waits")

    def __init__(
        self, wanted: bool, *, available: Callable[[], int] = processors, now: Callable[[], float] = perf_counter
    ) -> None:
        self.possible = wanted and hasattr(os, "sched_yield") and available() > 1
        """Whether there is any use in it: with a single processor the peer could not do anything meanwhile."""
        self.active = False
        """Looking again instead of sleeping."""
        self.waits = False
        """Whether a wait has begun whose end has not come."""
        self._since = 0.0
        self._short = 0
        """Short waits in a row."""
        self._needed = _WARM
        self._after_failure = _COOL
        self._now = now

    def wait(self) -> bool:
        """Something was sent that the peer will soon answer: the wait begins. Says whether to look again."""
        self._since = self._now()
        self.waits = True
        active = self.active = self._short >= self._needed
        return active

    def go_on(self) -> bool:
        """There was nothing again. The processor is offered to others; false once it is time to sleep."""
        if self._now() - self._since >= _LONGEST:
            self.active = False
            self._short = 0
            self._needed = self._after_failure
            self._after_failure = min(self._after_failure * 2, _COLDEST)
            return False
        os.sched_yield()
        return True

    def found(self) -> None:
        """Something has come."""
        if not self.waits:
            return
        self.waits = False
        looked, self.active = self.active, False
        if self._now() - self._since > _SHORT:
            self._short = 0
            return
        self._short += 1
        if looked:
            self._needed = _WARM
            self._after_failure = _COOL

    def stop(self) -> None:
        """Nothing may be read now, or nothing is waited for."""
        self.active = self.waits = False
