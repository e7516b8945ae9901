"""Calls that wait for an answer of the peer, found by their request id."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ..codec import DecodeError
from ..constants import ACK, ERROR, ID_ABORT, ID_CREDIT, STREAM, STREAM_END
from ..error import Code, ProcwireError, again, decode_error, failure
from ..payload import answer_coder, request_coder
from ..service import Method
from .counters import Counts
from .deadlines import Deadlines
from .items import Items
from .limits import Limits
from .terms import Terms

if TYPE_CHECKING:
    from ..following import Following

_LAST_ID = 0xFFFF_FFFF
_NO_PLAIN_ANSWER = ERROR | STREAM | STREAM_END


class Waiting(Protocol):
    """What an answer is given to; a future is one."""

    def done(self) -> bool:
        """Whether nobody waits any more."""
        ...

    def set_result(self, result: Any, /) -> None:
        """Gives it the value."""

    def set_exception(self, exception: ProcwireError, /) -> None:
        """Gives it the failure."""


class Sender(Protocol):
    """What frames are sent with; an outbox is one."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing is written any more."""
        ...

    def send(self, id: int, flags: int, request: int, payload: bytes) -> None:
        """Adds a frame."""

    def flush(self) -> None:
        """Writes what the system takes."""


WaitingT = TypeVar("WaitingT", bound=Waiting)
ItemsT = TypeVar("ItemsT", bound=Items)


class RemoteMethod:
    """A method as the peer of one connection serves it."""

    __slots__ = ("answer", "id", "idempotent", "is_ack", "name", "named", "request", "response", "throws", "timeout")

    def __init__(
        self, name: str, method: Method[Any, Any], id: int, timeout: float | None, *, check: bool = False
    ) -> None:
        """`check` says whether requests are checked before they are sent."""
        self.id = id
        self.name = name
        """What the method is called in messages."""
        self.response = method.response
        self.is_ack = method.response == "ack"
        self.throws = method.throws
        self.idempotent = method.idempotent
        self.timeout = timeout
        """Seconds that a call may take where its caller says nothing."""
        self.named = method.timeout
        """The same where the schema says it, so that the peer is told."""
        self.request = request_coder(method, check=check)
        self.answer = answer_coder(method)

    @property
    def answer_kind(self) -> str:
        return "ack" if self.is_ack else "result"


class Calls(Generic[WaitingT, ItemsT]):
    """The live calls of one side."""

    __slots__ = (
        "_counts",
        "_deadlines",
        "_direction",
        "_last",
        "_limits",
        "_make_items",
        "_make_waiting",
        "_reconsider",
        "_refused",
        "_sender",
        "following",
        "streams",
        "terms",
        "unary",
    )

    def __init__(
        self,
        limits: Limits,
        sender: Sender,
        counts: Counts,
        terms: Terms,
        *,
        direction: int,
        waiting: Callable[[], WaitingT],
        items: Callable[[Calls[WaitingT, ItemsT], int, RemoteMethod], ItemsT],
        deadlines: Callable[[Callable[[int], bool], Callable[[int], None]], Deadlines] | None,
        reconsider: Callable[[], None],
    ) -> None:
        self._limits = limits
        self._sender = sender
        self._counts = counts
        self.terms = terms
        self.following: Following | None = None
        """Follows the calls, where the program wants that."""
        self._direction = direction
        """The flag of every frame that goes this way."""
        self._make_waiting = waiting
        self._make_items = items
        self._reconsider = reconsider
        """Asks whether reading may go on that rests."""
        self.unary: dict[int, tuple[WaitingT, RemoteMethod]] = {}
        self.streams: dict[int, ItemsT] = {}
        self._deadlines = deadlines(self._is_live, self.expire) if deadlines is not None else None
        self._last = 0
        self._refused: ProcwireError | None = None

    def __len__(self) -> int:
        return len(self.unary) + len(self.streams)

    def _next_id(self) -> int:
        request = self._last
        while True:
            request = request + 1 if request < _LAST_ID else 1
            if request not in self.unary and request not in self.streams:
                self._last = request
                return request

    def _is_live(self, request: int) -> bool:
        return request in self.unary or request in self.streams

    @property
    def window(self) -> int | None:
        """What the items of one stream may have outstanding; `None` where no credit is in force."""
        return self.terms.window if self.terms.credit else None

    def begin(
        self, method: RemoteMethod, payload: bytes, timeout: float | None, flags: int = 0
    ) -> tuple[int, WaitingT]:
        """Sends a request; its answer is given to what is returned, decoded."""
        if self._refused is not None:
            raise again(self._refused)
        request = self._next_id()
        waiting = self._make_waiting()
        self.unary[request] = (waiting, method)
        if timeout is not None and self._deadlines is not None:
            self._deadlines.add(timeout, request)
        sender = self._sender
        sender.send(method.id, self._direction | flags, request, payload)
        if len(self.unary) == 1:
            # Nobody else waits, so that there is nothing to gather.
            sender.flush()
        if self.streams:
            self._reconsider()
        return request, waiting

    def begin_stream(self, method: RemoteMethod, payload: bytes, timeout: float | None, flags: int = 0) -> ItemsT:
        """Sends the request of a stream."""
        if self._refused is not None:
            raise again(self._refused)
        request = self._next_id()
        items = self.streams[request] = self._make_items(self, request, method)
        if timeout is not None and self._deadlines is not None:
            self._deadlines.add(timeout, request)
        self._sender.send(method.id, self._direction | flags, request, payload)
        return items

    def send(self, method: RemoteMethod, payload: bytes, flags: int = 0) -> None:
        """Sends the request of a method that answers nothing."""
        if self._refused is not None:
            raise again(self._refused)
        self._sender.send(method.id, self._direction | flags, 0, payload)

    def answer(self, flags: int, request: int, payload: memoryview) -> None:
        """Gives an answer to the call that waits for it."""
        call = self.unary.pop(request, None)
        if call is None:
            items = self.streams.get(request)
            if items is None:
                self._counts.late_frames += 1
            else:
                self._stream_answer(items, flags, payload)
            return
        waiting, method = call
        if waiting.done():
            # Its caller was cancelled in this turn, and is about to abandon it.
            self._counts.late_frames += 1
        # The published parent takes a result for an ack, and so its children may send one.
        elif not flags & _NO_PLAIN_ANSWER and (method.is_ack or not flags & ACK):
            try:
                waiting.set_result(method.answer.decode(payload))
            except DecodeError as problem:
                waiting.set_exception(ProcwireError(Code.INTERNAL, f"{method.name} {method.answer_kind}: {problem}"))
        elif flags & ERROR:
            waiting.set_exception(decode_error(bytes(payload), method.throws))
        else:
            waiting.set_exception(self._wrong_kind(method, flags))
            self._abort(request)

    def _stream_answer(self, items: ItemsT, flags: int, payload: memoryview) -> None:
        if flags & ERROR:
            del self.streams[items.request]
            items.end(decode_error(bytes(payload), items.method.throws))
        elif flags & STREAM_END:
            del self.streams[items.request]
            items.end(None)
        elif flags & STREAM:
            if items.push(bytes(payload)) >= self._limits.stream_pause and not self.terms.credit:
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

    def _watch_lag(self, items: ItemsT) -> None:
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
        if not self.streams or self.terms.credit or self.terms.callbacks:
            return False
        lags = False
        for items in self.streams.values():
            if items.cost >= self._limits.stream_pause:
                lags = True
            elif items.waits:
                return False
        return lags and not self.unary

    def took(self) -> None:
        """A consumer took items, or waits for some."""
        self._reconsider()

    def abandon(self, request: int) -> None:
        """Forgets a call that nobody waits for any more; the peer hears of it where it still works on it."""
        if self.unary.pop(request, None) is None and self.streams.pop(request, None) is None:
            return
        self._abort(request)
        self._reconsider()

    def _abort(self, request: int) -> None:
        if not self._sender.is_closed:
            self._sender.send(ID_ABORT, self._direction, request, b"")

    def give_back(self, request: int, count: int) -> None:
        """The consumer of a stream took so many bytes of its window."""
        if not self._sender.is_closed:
            self._sender.send(ID_CREDIT, self._direction, request, count.to_bytes(4, "big"))

    def cancel(self, request: int, error: ProcwireError) -> None:
        """Fails a call with the error if it is live, and tells the peer to stop."""
        call = self.unary.pop(request, None)
        if call is not None:
            waiting, method = call
            if not waiting.done():
                waiting.set_exception(_named(method, error))
        else:
            items = self.streams.pop(request, None)
            if items is None:
                return
            items.fail(_named(items.method, error))
        self._abort(request)
        self._reconsider()

    def expire(self, request: int) -> None:
        """Fails a live call whose time has passed, and tells the peer to stop. Raises `KeyError` for any other."""
        message = "the peer did not answer before the deadline"
        call = self.unary.pop(request, None)
        if call is not None:
            waiting, method = call
            if not waiting.done():
                waiting.set_exception(failure(Code.DEADLINE_EXCEEDED, f"{method.name}: {message}"))
        else:
            items = self.streams.pop(request)
            items.fail(failure(Code.DEADLINE_EXCEEDED, f"{items.method.name}: {message}"))
        self._abort(request)
        self._reconsider()

    def expire_if_live(self, request: int) -> None:
        """The same for a call whose answer may have come meanwhile."""
        with suppress(KeyError):
            self.expire(request)

    def refuse(self, error: ProcwireError) -> None:
        """New calls fail with this from now on; those that run go on."""
        if self._refused is None:
            self._refused = error

    def fail_all(self, error: ProcwireError) -> None:
        """Every call fails with this, live or new. What arrived of a stream is handed out before."""
        self._refused = error
        unary, self.unary = self.unary, {}
        for waiting, method in unary.values():
            if not waiting.done():
                waiting.set_exception(_named(method, error))
        streams, self.streams = self.streams, {}
        for items in streams.values():
            items.end(_named(items.method, error))
        if self._deadlines is not None:
            self._deadlines.close()


def _named(method: RemoteMethod, error: ProcwireError) -> ProcwireError:
    return failure(error.code, f"{method.name}: {error.message}", error.data)
