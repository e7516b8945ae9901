"""A child process and the thread that keeps it company.

The thread starts the child, reads its stdout and stderr, keeps the heartbeat and the end's deadlines, and waits for the
exit. It belongs to no loop, so that the asynchronous and the synchronous parent share it and a busy loop delays none of
it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Callable
from typing import IO, NamedTuple, TypeVar

from ..constants import TERMINATE_TO_KILL
from ..control import BadInit, Init, StartFailed, print_shutdown
from .exit import Exit
from .tail import Tail

Found = TypeVar("Found")


class Heartbeat(NamedTuple):
    """How often a child is asked whether it is alive, and how long it may take to answer, in seconds."""

    interval: float
    timeout: float


class State:
    """What is known of a child. Grows, and never changes what it once said."""

    def __init__(self) -> None:
        self.start: Init | BadInit | StartFailed | None = None
        """The first thing that the child said about its start."""
        self.exit: Exit | None = None
        self.tail = Tail()
        self.cause: str | None = None
        """Why it is ended by force."""
        self.heartbeat: Heartbeat | None = None
        self.ends = False
        """It was asked to end."""
        self.terminate_at: float | None = None
        self.kill_at: float | None = None


class Child:
    """A running child as everybody who watches it sees it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.pid = process.pid
        self._parent = os.getpid()
        self.state = State()
        self.lock = threading.Lock()
        self._stdin: IO[bytes] | None = process.stdin
        self._stdin_lock = threading.Lock()
        self._watchers: dict[int, Callable[[], None]] = {}
        self._next_watcher = 0
        self.woken, self._wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        _RUNNING.add(self)

    def find(self, look: Callable[[State], Found | None]) -> Found | None:
        """What `look` finds in the state."""
        with self.lock:
            return look(self.state)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls `changed` whenever the state grew, in whatever thread; what it returns ends that."""
        with self.lock:
            self._next_watcher += 1
            key = self._next_watcher
            self._watchers[key] = changed

        def end() -> None:
            with self.lock:
                self._watchers.pop(key, None)

        return end

    def announce(self) -> None:
        """Tells those who watch that the state grew."""
        with self.lock:
            watchers = list(self._watchers.values())
        for changed in watchers:
            changed()

    def block_for(self, look: Callable[[State], Found | None], timeout: float | None) -> Found | None:
        """Waits in this thread until `look` finds something or the time is over."""
        changed = threading.Event()
        end = self.watch(changed.set)
        until = None if timeout is None else time.monotonic() + timeout
        try:
            while True:
                changed.clear()
                found = self.find(look)
                if found is not None:
                    return found
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    return None
                changed.wait(left)
        finally:
            end()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal, unless the child was waited for and its pid may be somebody else's. Called with the lock."""
        # A process that was forked off this one has no children of its.
        if self.state.exit is None and os.getpid() == self._parent:
            with contextlib.suppress(OSError):
                os.kill(self.pid, number)

    def kill(self, cause: str | None = None) -> None:
        """Ends the child at once; its thread waits for it."""
        with self.lock:
            if self.state.exit is None and self.state.cause is None:
                self.state.cause = cause
            self.signal(signal.SIGKILL)

    def end_lost(self, cause: str) -> None:
        """Ends a child that cannot be reached any more, unless it is about to end anyhow."""
        with self.lock:
            ends = self.state.ends
        if not ends:
            self.kill(cause)

    def watch_over(self, heartbeat: Heartbeat) -> None:
        """Begins to ask whether the child is alive."""
        with self.lock:
            self.state.heartbeat = heartbeat
        self.wake()

    def shutdown(self, grace: float) -> bool:
        """Asks the child to end; SIGTERM follows after so many seconds, SIGKILL a second later.

        Says whether it is the first to ask.
        """
        with self.lock:
            if self.state.ends:
                return False
            self.state.ends = True
            terminate_at = time.monotonic() + grace
            self.state.terminate_at = terminate_at
            self.state.kill_at = terminate_at + TERMINATE_TO_KILL
        self.wake()
        self.write(print_shutdown(grace))
        return True

    def write(self, line: bytes) -> None:
        """Writes a control line."""
        with self._stdin_lock:
            if self._stdin is not None:
                # A child that is gone cannot hear; its exit says so. One that does not read fills its pipe only by
                # being asked thousands of times.
                with contextlib.suppress(OSError):
                    os.write(self._stdin.fileno(), line)

    def wake(self) -> None:
        """Lets the thread look at the state."""
        # With the lock, since the number may stand for another descriptor once the child has ended.
        with self.lock, contextlib.suppress(OSError):
            os.write(self._wake, b"x")

    def ended(self) -> None:
        """The child was waited for: gives its descriptors back."""
        with self._stdin_lock:
            stdin, self._stdin = self._stdin, None
        if stdin is not None:
            with contextlib.suppress(OSError):
                stdin.close()
        _RUNNING.discard(self)
        with self.lock:
            os.close(self._wake)
            self._wake = -1
        os.close(self.woken)


_RUNNING: weakref.WeakSet[Child] = weakref.WeakSet()
"""Children that are not waited for yet; a program that ends leaves none behind."""


@atexit.register
def _end_children() -> None:
    for child in list(_RUNNING):
        child.kill()
