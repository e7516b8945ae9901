"""Calls that wait for an answer of the peer, found by their request id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ..codec import DecodeError
from ..constants import ACK, ERROR, ID_ABORT, STREAM, STREAM_END
from ..error import Code, ProcwireError, again, decode_error, failure
from ..payload import answer_coder, request_coder
from ..service import Method
from .counters import Counts
from .deadlines import Deadlines
from .items import Items
from .limits import Limits
from .outbox import Outbox

_LAST_ID = 0xFFFF_FFFF
_NO_PLAIN_ANSWER = ERROR | STREAM | STREAM_END


class RemoteMethod:
    """A method as the peer of one connection serves it."""

    __slots__ = ("answer", "id", "is_ack", "name", "request", "response", "throws", "timeout")

    def __init__(self, service: str, method: Method[Any, Any], id: int, timeout: float | None) -> None:
        self.id = id
        self.name = f"{service}.{method.name}"
        self.response = method.response
        self.is_ack = method.response == "ack"
        self.throws = method.throws
        self.timeout = timeout
        """Seconds that a call may take where its caller says nothing."""
        self.request = request_coder(method)
        self.answer = answer_coder(method)

    @property
    def answer_kind(self) -> str:
        return "ack" if self.is_ack else "result"


class Calls:
    """The live calls of one side."""

    __slots__ = (
        "_counts",
        "_deadlines",
        "_last",
        "_limits",
        "_outbox",
        "_reconsider",
        "_refused",
        "_unary",
        "loop",
        "streams",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        limits: Limits,
        outbox: Outbox,
        counts: Counts,
        reconsider: Callable[[], None],
    ) -> None:
        self.loop = loop
        self._limits = limits
        self._outbox = outbox
        self._counts = counts
        self._reconsider = reconsider
        """Asks whether reading may go on that rests."""
        self._unary: dict[int, tuple[asyncio.Future[Any], RemoteMethod]] = {}
        self.streams: dict[int, Items] = {}
        self._deadlines = Deadlines(loop, self._is_live, self._expire)
        self._last = 0
        self._refused: ProcwireError | None = None

    def __len__(self) -> int:
        return len(self._unary) + len(self.streams)

    def _next_id(self) -> int:
        request = self._last
        while True:
            request = request + 1 if request < _LAST_ID else 1
            if request not in self._unary and request not in self.streams:
                self._last = request
                return request

    def _is_live(self, request: int) -> bool:
        return request in self._unary or request in self.streams

    def begin(self, method: RemoteMethod, payload: bytes, timeout: float | None) -> tuple[int, asyncio.Future[Any]]:
        """Sends a request; the future has its answer, decoded."""
        if self._refused is not None:
            raise again(self._refused)
        request = self._next_id()
        future: asyncio.Future[Any] = self.loop.create_future()
        self._unary[request] = (future, method)
        if timeout is not None:
            self._deadlines.add(timeout, request)
        outbox = self._outbox
        outbox.send(method.id, 0, request, payload)
        if len(self._unary) == 1:
            # Nobody else waits, so that there is nothing to gather.
            outbox.flush()
        self._reconsider()
        return request, future

    def begin_stream(self, method: RemoteMethod, payload: bytes, timeout: float | None) -> Items:
        """Sends the request of a stream."""
        if self._refused is not None:
            raise again(self._refused)
        request = self._next_id()
        items = self.streams[request] = Items(self, request, method)
        if timeout is not None:
            self._deadlines.add(timeout, request)
        self._outbox.send(method.id, 0, request, payload)
        return items

    def send(self, method: RemoteMethod, payload: bytes) -> None:
        """Sends the request of a method that answers nothing."""
        if self._refused is not None:
            raise again(self._refused)
        self._outbox.send(method.id, 0, 0, payload)

    def answer(self, flags: int, request: int, payload: memoryview) -> None:
        """Gives an answer to the call that waits for it."""
        call = self._unary.pop(request, None)
        if call is None:
            items = self.streams.get(request)
            if items is None:
                self._counts.late_frames += 1
            else:
                self._stream_answer(items, flags, payload)
            return
        future, method = call
        if future.done():
            # Its caller was cancelled in this turn, and is about to abandon it.
            self._counts.late_frames += 1
        # The published parent takes a result for an ack, and so its children may send one.
        elif not flags & _NO_PLAIN_ANSWER and (method.is_ack or not flags & ACK):
            try:
                future.set_result(method.answer.decode(payload))
            except DecodeError as problem:
                future.set_exception(ProcwireError(Code.INTERNAL, f"{method.name} {method.answer_kind}: {problem}"))
        elif flags & ERROR:
            future.set_exception(decode_error(bytes(payload), method.throws))
        else:
            future.set_exception(self._wrong_kind(method, flags))
            self._abort(request)

    def _stream_answer(self, items: Items, flags: int, payload: memoryview) -> None:
        if flags & ERROR:
            del self.streams[items.request]
            items.end(decode_error(bytes(payload), items.method.throws))
        elif flags & STREAM_END:
            del self.streams[items.request]
            items.end(None)
        elif flags & STREAM:
            if items.push(bytes(payload)) >= self._limits.stream_pause:
                self._watch_lag(items)
        else:
            del self.streams[items.request]
            items.fail(self._wrong_kind(items.method, flags))
            self._abort(items.request)

    @staticmethod
    def _wrong_kind(method: RemoteMethod, flags: int) -> ProcwireError:
        if flags & STREAM_END:
            kind = "the end of a stream"
        elif flags & STREAM:
            kind = "an item of a stream"
        else:
            kind = "an ack" if flags & ACK else "a result"
        return ProcwireError(
            Code.INTERNAL, f"{method.name}: the peer answered a call of kind {method.response} with {kind}"
        )

    def _watch_lag(self, items: Items) -> None:
        cost, limit = items.cost, self._limits.stream_queue
        if cost <= limit:
            return
        del self.streams[items.request]
        message = f"{cost} bytes of the stream were not taken while other calls waited, above the limit of {limit}"
        items.fail(ProcwireError(Code.RESOURCE_EXHAUSTED, f"{items.method.name}: {message}"))
        self._abort(items.request)

    @property
    def lag(self) -> bool:
        """Whether reading must rest: some stream lags, and no other call waits."""
        if not self.streams:
            return False
        lags = False
        for items in self.streams.values():
            if items.cost >= self._limits.stream_pause:
                lags = True
            elif items.waits:
                return False
        return lags and not self._unary

    def took(self) -> None:
        """A consumer took items, or waits for some."""
        self._reconsider()

    def abandon(self, request: int) -> None:
        """Forgets a call that nobody waits for any more; the peer hears of it where it still works on it."""
        if self._unary.pop(request, None) is None and self.streams.pop(request, None) is None:
            return
        self._abort(request)
        self._reconsider()

    def _abort(self, request: int) -> None:
        if not self._outbox.is_closed:
            self._outbox.send(ID_ABORT, 0, request, b"")

    def _expire(self, request: int) -> None:
        message = "the peer did not answer before the deadline"
        call = self._unary.pop(request, None)
        if call is not None:
            future, method = call
            if not future.done():
                future.set_exception(failure(Code.DEADLINE_EXCEEDED, f"{method.name}: {message}"))
        else:
            items = self.streams.pop(request)
            items.fail(failure(Code.DEADLINE_EXCEEDED, f"{items.method.name}: {message}"))
        self._abort(request)
        self._reconsider()

    def refuse(self, error: ProcwireError) -> None:
        """New calls fail with this from now on; those that run go on."""
        if self._refused is None:
            self._refused = error

    def fail_all(self, error: ProcwireError) -> None:
        """Every call fails with this, live or new. What arrived of a stream is handed out before."""
        self._refused = error
        unary, self._unary = self._unary, {}
        for future, method in unary.values():
            if not future.done():
                future.set_exception(_named(method, error))
        streams, self.streams = self.streams, {}
        for items in streams.values():
            items.end(_named(items.method, error))
        self._deadlines.close()


def _named(method: RemoteMethod, error: ProcwireError) -> ProcwireError:
    return failure(error.code, f"{method.name}: {error.message}", error.data)
