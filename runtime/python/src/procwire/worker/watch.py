"""The control thread: it answers `$ping`, hears the end of the parent, and ends a process that a handler blocks.

It never waits for the loop and takes no lock that a handler can hold. It needs the interpreter's lock like every thread,
which Python code gives up every few milliseconds; C code that keeps it stops this thread too.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

from ..constants import SHUTDOWN_GRACE
from ..control import Lines, Ping, Shutdown, parse, print_pong
from . import socket as sockets
from .socket import SocketFolder
from .stdio import ControlPlane

_EXIT_AFTER_LOSS = 0.4
"""Seconds from the loss of the parent to the end of the process, whatever handlers do."""
_GRACE_MARGIN = 0.5
"""A published parent says no grace and kills after 5 s; a clean end has to come before."""
_MAX_GRACE = 24 * 3600.0


@dataclass(frozen=True)
class Running:
    """The parent is there, or still to come."""


@dataclass(frozen=True)
class Draining:
    """No new calls; those that run may go on until then, on the monotonic clock."""

    until: float


@dataclass(frozen=True)
class Leaving:
    """The parent is gone: nobody can get an answer."""


Phase = Running | Draining | Leaving


class Watch:
    """The control thread, and what the loop sees of it."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._loop = asyncio.get_running_loop()
        self.phase: Phase = Running()
        self._changed = asyncio.Event()
        self.folder: SocketFolder | None = None
        """Is removed before a forced exit."""
        self._woken, self._wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._data: int | None = None
        self._lines = Lines()
        self._exit_at: float | None = None
        self._restore: dict[int, Callable[[], Any]] = {}
        self._terminations = 0

    def start(self) -> None:
        self._handle_signals()
        threading.Thread(target=self._run, name="procwire-control", daemon=True).start()

    def write(self, line: bytes) -> None:
        """Writes a control line."""
        self._plane.write(line)

    def watch_data_plane(self, descriptor: int) -> None:
        """From now on the loss of this socket ends the process too."""
        self._data = os.dup(descriptor)
        self._poke()

    def stop(self) -> None:
        """The worker ended in order; a deadline for the end of the process stays in force."""
        if signal.SIGTERM in self._restore and not isinstance(self.phase, Running):
            # A parent that counts the same seconds sends its SIGTERM while the interpreter ends, which takes back every
            # handler but this one; it must not cut the end short. Nothing is restored in between: that would let it.
            del self._restore[signal.SIGTERM]
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for restore in self._restore.values():
            restore()
        self._restore.clear()

    async def wait_for(self, *phases: type[Phase]) -> Phase:
        """Waits until the phase is one of these."""
        while not isinstance(self.phase, phases):
            self._changed.clear()
            await self._changed.wait()
        return self.phase

    def _handle_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        # Ctrl-C reaches the whole group; the parent decides what it means and says so on stdin.
        for number, handler in ((signal.SIGTERM, self._on_terminate), (signal.SIGINT, _ignore)):
            previous = signal.signal(number, handler)
            if previous is not None:
                self._restore[number] = partial(signal.signal, number, previous)

    def _on_terminate(self, number: int, frame: FrameType | None) -> None:
        self._terminations += 1
        self._poke()

    def _poke(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake, b"x")

    # From here on in the thread.

    def _run(self) -> None:
        sockets.sweep()
        poll = select.poll()
        poll.register(self._woken, select.POLLIN)
        poll.register(self._plane.input, select.POLLIN)
        terminations = 0
        data: int | None = None
        """The data plane, while it is watched."""
        while True:
            ready = dict(poll.poll(self._timeout()))
            if self._exit_at is not None and time.monotonic() >= self._exit_at:
                self._force_exit()
            if self._woken in ready:
                with contextlib.suppress(OSError):
                    os.read(self._woken, 64)
                while terminations < self._terminations:
                    terminations += 1
                    self._terminate()
                if self._data is not None:
                    data, self._data = self._data, None
                    # No flags ask for the end of the data plane alone.
                    poll.register(data, 0)
            if self._plane.input in ready and not self._read():
                # An input that ended would be ready for ever.
                poll.unregister(self._plane.input)
            if data is not None and data in ready:
                # The loop sees the end by itself, after what is left in the socket; this is for one that is blocked.
                poll.unregister(data)
                os.close(data)
                data = None
                self._exit_by(time.monotonic() + _EXIT_AFTER_LOSS)

    def _timeout(self) -> float | None:
        if self._exit_at is None:
            return None
        return max(self._exit_at - time.monotonic(), 0) * 1000 + 1

    def _force_exit(self) -> None:
        if self.folder is not None:
            self.folder.remove()
        for stream in (sys.stdout, sys.stderr):
            # A thread that is stuck in a write holds the stream's own lock.
            flusher = threading.Thread(target=_flush, args=(stream,), daemon=True)
            flusher.start()
            flusher.join(0.05)
        os._exit(0)

    def _read(self) -> bool:
        """Reads once; false at the end."""
        try:
            data = os.read(self._plane.input, 4096)
        except InterruptedError:
            return True
        except OSError:
            data = b""
        if not data:
            self._enter(Leaving())
            self._exit_by(time.monotonic() + _EXIT_AFTER_LOSS)
            return False
        for message in self._messages(data):
            if isinstance(message, Ping):
                # A parent that does not read its pipe, or is gone, needs no answer.
                with contextlib.suppress(OSError):
                    self._plane.write(print_pong())
            else:
                self._shutdown(message.grace)
        return True

    def _messages(self, data: bytes) -> Iterator[Ping | Shutdown]:
        for piece in self._lines.push(data):
            if piece.is_line:
                message = parse(piece.data)
                if isinstance(message, (Ping, Shutdown)):
                    yield message

    def _shutdown(self, grace: float | None) -> None:
        if grace is None:
            grace = SHUTDOWN_GRACE - _GRACE_MARGIN
        until = time.monotonic() + min(grace, _MAX_GRACE)
        if isinstance(self.phase, Running):
            self._enter(Draining(until))
        self._exit_by(until + _EXIT_AFTER_LOSS)

    def _terminate(self) -> None:
        """The first SIGTERM is `$shutdown`; one that comes while calls still end asks to end now."""
        if isinstance(self.phase, Running):
            self._shutdown(None)
        else:
            self._enter(Leaving())
            self._exit_by(time.monotonic() + _EXIT_AFTER_LOSS)

    def _exit_by(self, at: float) -> None:
        self._exit_at = at if self._exit_at is None else min(self._exit_at, at)

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        # A loop that is closed has seen the end by itself.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._changed.set)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Unlike `SIG_IGN` this is not inherited by programs that a handler starts."""


def _flush(stream: Any) -> None:
    with contextlib.suppress(Exception):
        stream.flush()
