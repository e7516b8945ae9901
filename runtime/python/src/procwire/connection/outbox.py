"""Frames on their way out.

Small frames are gathered and leave in one write a turn of the loop. A large body goes to the socket directly, in
slices and with everything else behind it, since a transport copies what the system did not take, and cuts the head off
that at a cost.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress

from ..constants import HEADER_LENGTH
from ..error import ProcwireError, again
from ..frame import pack_header
from .counters import Counts
from .limits import Limits

_SLICE = 256 * 1024
"""Bytes of one write."""
_PIECE = 1024 * 1024
"""Bytes of one write of a large body."""
_LARGE = 128 * 1024
"""Bytes that are worth a system call of their own, past the transport and its copies."""
_SYSTEM_BUFFER = 512 * 1024
"""Bytes that the system is asked to take before somebody reads."""
_REMINDER = 1024
"""Bytes that a transport gets to keep, so that it tells when the system takes more."""
_AT_ONCE = 32 * 1024
"""Bytes that do not wait for the end of the turn: meanwhile the peer can begin with them."""


class Outbox:
    """The write queue of one connection."""

    __slots__ = (
        "_armed",
        "_batch",
        "_closed",
        "_counts",
        "_descriptor",
        "_limits",
        "_loop",
        "_lost",
        "_parts",
        "_paused",
        "_position",
        "_reading_rests",
        "_transport",
        "_watchers",
        "full",
        "left",
        "queued",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Limits, counts: Counts) -> None:
        self._loop = loop
        self._limits = limits
        self._counts = counts
        self._transport: asyncio.Transport | None = None
        self._descriptor = -1
        self._parts: list[bytes] = []
        self._position = 0
        """Bytes of the first part that were written."""
        self._armed = False
        self._batch = False
        """Frames are gathered until `end_batch`, so that no turn of the loop is asked for."""
        self._paused = False
        self._lost = False
        """Nothing can be written any more."""
        self._closed: ProcwireError | None = None
        self._watchers: list[asyncio.Future[None]] = []
        self._reading_rests = False
        self.left: Callable[[], None] | None = None
        """Is told whenever something was written."""
        self.queued = 0
        """Bytes that wait to be written."""
        self.full = False
        """The queue reached its limit and has not fallen to half of it since, so that those who wait are not
        overtaken for ever."""

    def attach(self, transport: asyncio.Transport) -> None:
        # It is given no more while it keeps anything.
        transport.set_write_buffer_limits(high=0)
        self._transport = transport
        data = transport.get_extra_info("socket")
        self._descriptor = data.fileno()
        # Each piece that the system takes costs a turn of the loop on either side.
        data.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SYSTEM_BUFFER)
        self.flush()

    def send(self, id: int, flags: int, request: int, payload: bytes) -> None:
        """Adds a frame."""
        if self._lost:
            return
        parts = self._parts
        parts.append(pack_header(id, flags, request, len(payload)))
        if payload:
            parts.append(payload)
        self._counts.frames_written += 1
        queued = self.queued = self.queued + HEADER_LENGTH + len(payload)
        if not (self._armed or self._batch):
            self._armed = True
            self._loop.call_soon(self._flush_armed)
        if queued >= _AT_ONCE and not self._paused:
            self.flush()
            queued = self.queued
        if queued >= self._limits.write_queue:
            self.full = True

    @property
    def rests(self) -> bool:
        """Whether so much waits that nothing more may be read."""
        if self.queued > self._limits.unwritten_answers:
            self._reading_rests = True
        return self._reading_rests

    def begin_batch(self) -> None:
        """What is sent from now on leaves with `end_batch`."""
        self._batch = True

    def end_batch(self) -> None:
        """Writes what was sent meanwhile."""
        self._batch = False
        if self._parts:
            self.flush()

    def flush_last(self) -> None:
        """Writes at once what nothing else is going to follow, unless a batch is about to end."""
        if not self._batch:
            self.flush()

    def _flush_armed(self) -> None:
        self._armed = False
        if self._parts:
            self.flush()

    def flush(self) -> None:
        """Writes what the system takes."""
        transport = self._transport
        parts = self._parts
        if not parts or self._paused or transport is None:
            return
        if self.queued <= _SLICE and self._position == 0:
            data = b"".join(parts)
            parts.clear()
            self.queued = 0
            transport.write(data)
        else:
            self._flush_slices(transport)
        if self.full and self.queued <= self._limits.write_queue // 2:
            self.full = False
        if self._watchers:
            self._tell()
        if self.left is not None:
            self.left()

    def _flush_slices(self, transport: asyncio.Transport) -> None:
        parts = self._parts
        index = 0
        try:
            while index < len(parts) and not self._paused:
                part = parts[index]
                left = len(part) - self._position
                if left >= _LARGE:
                    self._write_directly(transport, memoryview(part)[self._position : self._position + _PIECE])
                    if self._position == len(part):
                        self._position = 0
                        index += 1
                    continue
                gathered = [part[self._position :] if self._position else part]
                self._position = 0
                size = len(gathered[0])
                index += 1
                while index < len(parts) and size + len(parts[index]) <= _SLICE:
                    size += len(parts[index])
                    gathered.append(parts[index])
                    index += 1
                piece = b"".join(gathered)
                self.queued -= len(piece)
                transport.write(piece)
        finally:
            del parts[:index]

    def _write_directly(self, transport: asyncio.Transport, piece: memoryview) -> None:
        count = 0
        if transport.get_write_buffer_size() == 0:
            # The transport finds out by itself what is wrong with the socket.
            with suppress(OSError):
                count = os.write(self._descriptor, piece)
        if count == 0:
            piece = piece[:_REMINDER]
            count = len(piece)
            transport.write(piece)
        self._position += count
        self.queued -= count

    def pause(self) -> None:
        """The transport wants no more for now."""
        self._paused = True

    def resume(self) -> bool:
        """The transport takes more. Says whether reading may go on that had to rest."""
        self._paused = False
        self.flush()
        if self._reading_rests and self.queued <= self._limits.unwritten_answers // 2:
            self._reading_rests = False
            return True
        return False

    def close(self, error: ProcwireError) -> None:
        """Whoever waits for room fails with the error."""
        if self._closed is None:
            self._closed = error
        self.detach()

    def detach(self) -> None:
        """Nothing can be written any more."""
        self._lost = True
        self._transport = None
        self._parts.clear()
        self.queued = 0
        self.full = False
        self._tell()

    @property
    def is_closed(self) -> bool:
        return self._lost

    async def room(self) -> None:
        """Waits for room in the queue."""
        while True:
            if self._closed is not None:
                raise again(self._closed)
            if not self.full:
                return
            await self._progress()

    async def written(self) -> None:
        """Waits until all that was sent so far has reached the system, or cannot any more."""
        while self._transport is not None:
            self.flush()
            if self.queued == 0 and self._transport.get_write_buffer_size() == 0:
                return
            await self._progress()

    async def _progress(self) -> None:
        watcher = self._loop.create_future()
        self._watchers.append(watcher)
        try:
            await watcher
        finally:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

    def _tell(self) -> None:
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)
