"""A connection without a loop: whoever waits for an answer writes and reads in its own thread.

One of the threads that wait reads for all of them; when it has what it waited for, the next one does. A call in a
program of one thread is one write and one read.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from ..asking import USUAL, Asking, Usual, dressed
from ..connection import Calls, CloseReason, Counts, Limits, RemoteMethod, Subscriptions
from ..connection.closing import ENDED, TRUNCATED
from ..connection.events import split_event
from ..connection.spin import Spin
from ..connection.terms import Terms
from ..constants import CREDIT_LENGTH, ID_ABORT, ID_AUTHENTICATE, ID_CREDIT, ID_RESERVED, META, RESPONSE
from ..error import Code, ProcwireError, failure
from ..frame import Decoder, WireError, pack_header
from .waiting import Answer, SyncItems, SyncQueue, Waiter

_TIME = struct.Struct("ll")
_WRITE_WAIT = 0.1
"""Seconds that a write may wait before deadlines are looked at and something is read."""
_LEAST_WAIT = 0.001
_SEGMENT = 64 * 1024
"""A body from this length on is not copied behind its header."""

Obituary = Callable[[CloseReason], ProcwireError]
"""Says why a connection that is over is so, for all who wait on it."""


class Pump:
    """Moves the bytes of one connection of a parent."""

    def __init__(
        self,
        data: socket.socket,
        limits: Limits,
        obituary: Obituary,
        terms: Terms | None = None,
        *,
        spin: bool = True,
    ) -> None:
        self.limits = limits
        self.terms = terms or Terms(limits.peer_payload, limits.window)
        self.counts = Counts()
        self._socket = data
        data.settimeout(None)
        self._set_option(socket.SO_SNDTIMEO, _WRITE_WAIT)
        self._receive = data.recv_into
        self._spin = Spin(spin)
        self._obituary = obituary
        self.calls: Calls[Answer, SyncItems] = Calls(
            limits,
            self,
            self.counts,
            self.terms,
            direction=0,
            waiting=Answer,
            items=partial(SyncItems, self),
            deadlines=None,
            reconsider=_nothing,
        )
        self.state = threading.Lock()
        """Is held where a call begins, and where all of them end."""
        self.subscriptions: Subscriptions[SyncQueue] = Subscriptions(
            self.counts, lambda: SyncQueue(self, limits.events)
        )
        self._decoder = Decoder(limits.payload)
        if self.terms.meta:
            self._decoder.take_metadata()
        self._out: deque[bytes | memoryview] = deque()
        self._sending = threading.Lock()
        self._lead = threading.Lock()
        self._leader = 0
        """The thread that reads."""
        self._followers: list[threading.Event] = []
        self._read_wait: float | None = None
        """Seconds that a read may wait, as the system was told."""
        self._closed = False
        self._deaf = False
        """The peer does not read any more; what it sent before is still taken."""

    def _set_option(self, option: int, seconds: float) -> None:
        whole = int(seconds)
        self._socket.setsockopt(socket.SOL_SOCKET, option, _TIME.pack(whole, int((seconds - whole) * 1_000_000)))

    # Calls.

    def _dressed(
        self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None
    ) -> tuple[bytes, int, float | None]:
        """The payload as it goes out, its flags, and when the call must be done."""
        if isinstance(timeout, Usual) and asking is None and remote.named is None:
            limit, flags = remote.timeout, 0
        else:
            payload, flags, limit = dressed(self.terms, remote, payload, timeout, asking)
        return payload, flags, None if limit is None else time.monotonic() + limit

    def call(self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None) -> Any:
        payload, flags, deadline = self._dressed(remote, payload, timeout, asking)
        with self.state:
            id, answer = self.calls.begin(remote, payload, None, flags)
        try:
            # A peer that is gone has answered all calls, whatever is left to write.
            if not self.write(deadline) or not self.wait(answer, deadline):
                self.calls.expire_if_live(id)
                self.write(time.monotonic())
        except BaseException:
            self.calls.abandon(id)
            self.write(time.monotonic())
            raise
        return answer.take()

    def notify(self, remote: RemoteMethod, payload: bytes, asking: Asking | None) -> None:
        payload, flags, _ = self._dressed(remote, payload, USUAL, asking)
        with self.state:
            self.calls.send(remote, payload, flags)
        self.write(None)

    def open(
        self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None
    ) -> SyncItems:
        payload, flags, deadline = self._dressed(remote, payload, timeout, asking)
        with self.state:
            items = self.calls.begin_stream(remote, payload, None, flags)
        items.deadline = deadline
        if not self.write(deadline):
            items.leave()
            raise failure(Code.DEADLINE_EXCEEDED, f"{remote.name}: the request was not written before the deadline")
        return items

    def subscribe(self, event: int) -> SyncQueue:
        queue = self.subscriptions.subscribe(event)
        queue.heard = event
        return queue

    def refuse(self, error: ProcwireError) -> None:
        self.calls.refuse(error)

    def drain(self, grace: float) -> None:
        self.write(time.monotonic() + grace)

    # Writing.

    @property
    def is_closed(self) -> bool:
        return self._closed

    def send(self, id: int, flags: int, request: int, payload: bytes) -> None:
        """Adds a frame, which leaves with the next write."""
        header = pack_header(id, flags, request, len(payload))
        self.counts.frames_written += 1
        if len(payload) < _SEGMENT:
            self._out.append(header + payload)
        else:
            self._out.extend((header, memoryview(payload)))

    def flush(self) -> None:
        """Does nothing: the thread that calls writes, once it holds no lock."""

    def write(self, deadline: float | None) -> bool:
        """Writes what waits; false where the time was over before. What is left leaves with what comes next."""
        while self._out:
            if not self._sending.acquire(blocking=False):
                left = -1.0 if deadline is None else max(deadline - time.monotonic(), 0)
                if not self._sending.acquire(timeout=left):
                    return False
            try:
                if not self._write_out(deadline):
                    return False
            finally:
                self._sending.release()
        return True

    def _write_out(self, deadline: float | None) -> bool:
        out = self._out
        while out:
            data = out.popleft()
            if self._deaf:
                continue
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                self._deaf = True
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
                continue
            if sent == len(data):
                continue
            out.appendleft(memoryview(data)[sent:])
            if sent == 0:
                if deadline is not None and time.monotonic() >= deadline:
                    return False
                self._relieve()
        return True

    def _relieve(self) -> None:
        """Reads what is there: a peer whose answers nobody takes may not read either."""
        if self._lead.acquire(blocking=False):
            self._leader = threading.get_ident()
            try:
                self._read(socket.MSG_DONTWAIT)
            finally:
                self._leader = 0
                self._lead.release()

    # Waiting.

    def wait(self, waiter: Waiter, deadline: float | None) -> bool:
        """Returns true once it is ready, and false where the time was over before."""
        this = threading.get_ident()
        if self._leader == this:
            raise RuntimeError("a function that hears events cannot wait for the peer, for which it reads itself")
        spin = self._spin
        spins = spin.possible
        while not waiter.is_ready:
            if self._lead.acquire(blocking=False):
                self._leader = this
                try:
                    while not waiter.is_ready:
                        if spins and not self._followers and spin.wait() and self._look():
                            continue
                        if deadline is not None and not self._limit_wait(deadline):
                            return False
                        self._read(0)
                        if spins:
                            spin.found()
                finally:
                    self._leader = 0
                    self._lead.release()
                    if self._followers:
                        self._call_next()
            elif deadline is not None and time.monotonic() >= deadline:
                return False
            else:
                self._follow(waiter, deadline)
        return True

    def _follow(self, waiter: Waiter, deadline: float | None) -> None:
        """Waits until another thread has read something for this one, or calls it to lead."""
        event = threading.Event()
        waiter.event = event
        self._followers.append(event)
        try:
            # Whoever led may have stopped before it could know of this one.
            if not waiter.is_ready and self._lead.locked():
                event.wait(None if deadline is None else max(deadline - time.monotonic(), 0))
        finally:
            waiter.event = None
            self._followers.remove(event)
            if waiter.is_ready:
                # Whoever was called to lead and has its answer already calls the next.
                self._call_next()

    def _call_next(self) -> None:
        if not self._lead.locked():
            with contextlib.suppress(IndexError):
                self._followers[0].set()

    def _limit_wait(self, deadline: float) -> bool:
        """Makes sure that a read does not wait beyond the deadline; false where that has passed.

        A wait that is shorter costs one turn more, and most calls no system call.
        """
        left = deadline - time.monotonic()
        wait = self._read_wait
        if wait is not None and wait <= left:
            return True
        if left <= 0:
            return False
        if wait is None or wait > _LEAST_WAIT:
            wait = _LEAST_WAIT
            while wait * 2 <= left:
                wait *= 2
            self._read_wait = wait
            self._set_option(socket.SO_RCVTIMEO, wait)
        return True

    # Reading, by the thread that leads.

    def _look(self) -> bool:
        """Reads again and again for a moment; false where nothing came, and it is time to sleep."""
        spin = self._spin
        while not self._closed:
            try:
                count = self._receive(self._decoder.space(), 0, socket.MSG_DONTWAIT)
            except BlockingIOError:
                if spin.go_on():
                    continue
                return False
            except OSError:
                # The read that waits says what it is.
                return False
            spin.found()
            self._fed(count)
            return True
        return False

    def _read(self, flags: int) -> None:
        """One read, and all whole frames that are there afterwards."""
        if self._closed:
            return
        try:
            count = self._receive(self._decoder.space(), 0, flags)
        except BlockingIOError:
            if not flags:
                # It was too early, or the wait that suited an earlier call.
                self._read_wait = None
            return
        except OSError as error:
            self._end(CloseReason("broken", f"the connection broke: {error}"))
            return
        self._fed(count)

    def _fed(self, count: int) -> None:
        """So many bytes were read."""
        if count == 0:
            self._end(TRUNCATED if self._decoder.buffered else ENDED)
            return
        try:
            self.counts.frames_read += self._decoder.fed(count, self._take)
        except WireError as error:
            self._end(CloseReason("protocol", f"the peer broke the protocol: {error}"))

    def _end(self, reason: CloseReason) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        error = self._obituary(reason)
        with self.state:
            self.calls.fail_all(error)
        self.subscriptions.close()

    def _take(self, id: int, flags: int, request: int, payload: memoryview) -> None:
        if flags & META:
            event = split_event(id, flags, payload, self.counts)
            if event is None:
                return
            payload, _ = event
        if flags & RESPONSE:
            self.calls.answer(flags, request, payload)
        elif id < ID_RESERVED:
            self.subscriptions.publish(id, payload)
        elif id == ID_CREDIT and self.terms.credit:
            # This side sends no streams: one that it is for is not live.
            if len(payload) != CREDIT_LENGTH:
                raise WireError("credit", f"a credit has a payload of {len(payload)} bytes, expected {CREDIT_LENGTH}")
            self.counts.late_frames += 1
        elif id not in (ID_ABORT, ID_AUTHENTICATE):
            raise WireError("reserved-id", f"a frame has the reserved id {id:#06x}, which means nothing here")

    def discard(self) -> None:
        """Closes the socket that no thread uses any more."""
        self._closed = True
        self._socket.close()

    def close(self) -> None:
        """Closes the socket, after whoever reads from it has seen the end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with self._lead:
            self._read(0)
            self._socket.close()


def _nothing() -> None:
    """Reading rests by itself where nobody waits."""
