"""What a child prints, on its way to this process's own stderr.

Nothing here waits: a stderr that nobody reads must not stop the thread that hears the child.
"""

from __future__ import annotations

import os
import select
import time

_STDERR = 2
_ROOM = 64 * 1024
_WRITE = 4096
"""A pipe that is ready takes this much without waiting."""
_LAST_WORDS = 0.2
"""Seconds that the last words of a child that ended may take."""


class Passing:
    """Bytes that wait for stderr."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._dropped = 0
        self._deaf = False
        """Nobody can read our stderr any more."""

    @property
    def is_empty(self) -> bool:
        return not self._waiting

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= _ROOM

    def push(self, data: bytes) -> None:
        if not self._deaf:
            self._waiting += data

    def push_or_drop(self, data: bytes) -> None:
        """For what comes beside control lines, which have to be read on."""
        if self.is_full:
            self._dropped += len(data)
            return
        if self._dropped:
            self.push(f"[procwire: {self._dropped} bytes of a child's output were dropped here]\n".encode())
            self._dropped = 0
        self.push(data)

    def write(self) -> None:
        """Writes what stderr takes at once; it was found ready."""
        try:
            count = os.write(_STDERR, self._waiting[:_WRITE])
        except (InterruptedError, BlockingIOError):
            return
        except OSError:
            self._deaf = True
            self._waiting.clear()
            return
        del self._waiting[:count]

    def finish(self) -> None:
        """Writes the rest, as far as somebody reads it."""
        until = time.monotonic() + _LAST_WORDS
        poll = select.poll()
        poll.register(_STDERR, select.POLLOUT)
        while self._waiting:
            left = until - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                return
            self.write()
