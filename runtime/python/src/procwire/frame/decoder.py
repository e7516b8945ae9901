"""Bytes in, whole frames out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ..constants import HEADER_LENGTH, MAXIMUM_PAYLOAD_LIMIT, META, RESERVED_FLAGS
from .header import Header, WireError, refuse, unpack_header

_CHUNK = 128 * 1024
"""The buffer that reads go to: many small frames, or one that is almost large."""
_LARGE = 64 * 1024
"""A body from this length on gets a buffer of its own, which it is read into directly."""
_LEAST_SPACE = 16 * 1024
"""A read with less room than this is not worth a system call."""
_FIRST_RESERVE = 1024 * 1024
"""What is taken for a large body before any of it has arrived."""
_LARGEST_SPARE = 32 * 1024 * 1024
"""The largest buffer that is kept for the next large body."""
_SPARE_LIFE = 4096
"""Frames without a large body after which the spare buffer is given back."""

Take = Callable[[int, int, int, memoryview], None]
"""Takes a frame: id, flags, request id, and a payload that is gone once this returns."""


class Frame(NamedTuple):
    """One whole frame."""

    header: Header
    payload: bytes


class Decoder:
    """Cuts a stream of bytes into frames.

    Bytes are written into `space()` and then counted by `fed()`; `push()` and `next_frame()` are the same for bytes
    that lie elsewhere.
    """

    def __init__(self, limit: int) -> None:
        self._limit = min(limit, MAXIMUM_PAYLOAD_LIMIT)
        self._flags = ~RESERVED_FLAGS & 0xFF
        """All flags that a frame may have; they are the lowest bits."""
        self._buffer = bytearray(_CHUNK)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        self._header: Header | None = None
        self._body = bytearray()
        self._body_view = memoryview(self._body)
        self._body_end = 0
        self._spare: bytearray | None = None
        self._since_large = 0
        self._failed: WireError | None = None
        self._whole: deque[Frame] = deque()

    @property
    def buffered(self) -> int:
        """Bytes that arrived and were not taken as frames."""
        of_body = HEADER_LENGTH + self._body_end if self._header is not None else 0
        return self._end - self._start + of_body

    def space(self) -> memoryview:
        """Where the next bytes belong; never larger than what may arrive there."""
        if self._header is not None:
            length = self._header.length
            if self._body_end == len(self._body):
                # Grows with what has arrived, since the announced length may be a lie.
                grown = bytearray(min(length, max(2 * len(self._body), _FIRST_RESERVE)))
                grown[: self._body_end] = self._body
                self._body = grown
                self._body_view = memoryview(grown)
            return self._body_view[self._body_end : length]
        return self._view[self._end :]

    def fed(self, count: int, take: Take) -> int:
        """So many bytes were written into `space()`: gives every frame that they complete to `take`.

        Returns how many those are. What `take` raises is not held back.
        """
        if self._failed is not None:
            raise self._failed
        header = self._header
        if header is not None:
            self._body_end += count
            if self._body_end < header.length:
                return 0
            self._take_body(header, take)
            return 1
        view = self._view
        limit = self._limit
        start = self._start
        end = self._end = self._end + count
        frames = 0
        try:
            while end - start >= HEADER_LENGTH:
                id, flags, request, length = unpack_header(view, start)
                # The one comparison that all good frames pass; what is wrong is found out afterwards.
                if id == 0 or flags > self._flags or length > limit:
                    self._refuse(id, flags, length)
                stop = start + HEADER_LENGTH + length
                if stop > end:
                    if length >= _LARGE:
                        start = self._begin_body(Header(id, flags, request, length), start + HEADER_LENGTH)
                    break
                payload = view[start + HEADER_LENGTH : stop]
                start = stop
                frames += 1
                take(id, flags, request, payload)
        finally:
            if start == self._end:
                self._start = self._end = 0
            else:
                self._start = start
                if _CHUNK - self._end < _LEAST_SPACE or start > _LARGE:
                    self._move_down()
        if self._spare is not None:
            self._since_large += frames
            if self._since_large > _SPARE_LIFE:
                self._spare = None
        return frames

    def take_metadata(self) -> None:
        """From the next frame on payloads may begin with metadata."""
        self._flags |= META

    def push(self, data: bytes | bytearray | memoryview) -> None:
        """Adds bytes as they came, in pieces of any size."""
        rest = memoryview(data)
        while rest:
            space = self.space()
            count = min(len(space), len(rest))
            space[:count] = rest[:count]
            rest = rest[count:]
            try:
                self.fed(count, self._keep)
            except WireError:
                # It is raised by `next_frame` once the frames before it are taken.
                return

    def next_frame(self) -> Frame | None:
        """Takes the next whole frame; `None` until more bytes come. After an error there is only that error."""
        if self._whole:
            return self._whole.popleft()
        if self._failed is not None:
            raise self._failed
        return None

    def _keep(self, id: int, flags: int, request: int, payload: memoryview) -> None:
        self._whole.append(Frame(Header(id, flags, request, len(payload)), bytes(payload)))

    def _refuse(self, id: int, flags: int, length: int) -> None:
        try:
            refuse(id, flags, length, self._limit, self._flags)
        except WireError as error:
            self._failed = error
            raise

    def _move_down(self) -> None:
        left = self._end - self._start
        self._buffer[:left] = self._buffer[self._start : self._end]
        self._start, self._end = 0, left

    def _begin_body(self, header: Header, start: int) -> int:
        """Moves what has arrived of a large body to a buffer of its own; returns where the rest begins."""
        arrived = self._end - start
        body = self._spare
        self._spare = None
        if body is None or len(body) < arrived:
            body = bytearray(min(header.length, _FIRST_RESERVE))
        self._header = header
        self._body = body
        self._body_view = memoryview(body)
        self._body_view[:arrived] = self._view[start : self._end]
        self._body_end = arrived
        return self._end

    def _take_body(self, header: Header, take: Take) -> None:
        body, view = self._body, self._body_view
        self._header = None
        self._body = bytearray()
        self._body_view = memoryview(self._body)
        self._body_end = 0
        try:
            take(header.id, header.flags, header.request, view[: header.length])
        finally:
            # Fresh pages cost more than reading into these again.
            self._since_large = 0
            self._spare = body if len(body) <= _LARGEST_SPARE else None
