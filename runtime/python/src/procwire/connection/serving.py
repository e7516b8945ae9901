"""Requests of the peer: which are taken, which wait, and how their handlers run and answer."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import select
from collections import deque
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from ..codec import DecodeError, EncodeError
from ..constants import (
    CREDIT_LENGTH,
    ERROR_ANSWER,
    META,
    TO_PARENT,
)
from ..context import Context
from ..error import Code, ProcwireError, encode_error
from ..frame import WireError
from ..metadata import split
from .counters import Counts
from .deadlines import Deadlines
from .eager import eager
from .limits import Limits
from .metadata import take_metadata, takes_slot
from .outbox import Outbox
from .served import Served, Style, Table
from .streaming import stream
from .telling import told
from .terms import Terms

if TYPE_CHECKING:
    from ..threads import Threads
    from .connection import Connection
    from .emitter import Emitter

_WITHOUT_ID = 1 << 32
"""Keys of requests without an id begin here, above all ids."""
_KNOWN_NAMES = 64
"""How many methods an answer to an unknown id names."""


class Serving:
    """The serving side of one connection."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        table: Table,
        limits: Limits,
        outbox: Outbox,
        counts: Counts,
        threads: Threads,
        terms: Terms,
        *,
        to_parent: bool,
    ) -> None:
        self._loop = loop
        self._make_task = eager(loop)
        self._methods = table.methods
        self._table = table
        self._terms = terms
        self._direction = TO_PARENT if to_parent else 0
        self._limits = limits
        self._outbox = outbox
        self._counts = counts
        self._threads = threads
        self.emitter: Emitter
        self.connection: Connection
        self._served: dict[int, Context[Any]] = {}
        """Requests whose handlers run or wait, but for those that were aborted."""
        self._aborted: dict[int, Context[Any]] = {}
        self._without_id = _WITHOUT_ID
        self.live = 0
        """Handlers that run or wait; those of aborted calls count until they end."""
        self._nested = 0
        """Those among them that serve a call within a call, which must not wait for one that waits for them."""
        self._waiting: deque[tuple[Context[Any], bytes]] = deque()
        self._waiting_bytes = 0
        self._graces = Deadlines(loop, self._aborted.__contains__, self._grace_over)
        self._refusing = False
        self._drained: list[asyncio.Future[None]] = []

    @property
    def waiting(self) -> int:
        """Requests that wait for a handler to end."""
        return len(self._waiting)

    @property
    def refuses(self) -> bool:
        """Whether requests are refused, since the end has begun."""
        return self._refusing

    @property
    def window(self) -> int | None:
        """What a stream that is sent may have outstanding; `None` where no credit is in force."""
        return self._terms.peer_window if self._terms.credit else None

    def request(self, id: int, flags: int, request: int, payload: memoryview) -> None:
        """Takes a request."""
        metadata = None
        if flags & META:
            metadata, payload = split(payload)
        if request in self._served:
            raise WireError("request-id-in-use", f"a request has the id {request}, which a running one has")
        method = self._methods.get(id)
        if method is None:
            self._unknown(id, request)
            return
        if method.is_none:
            request = 0
        elif request == 0:
            self._counts.requests_without_id += 1
            return
        if self._refusing:
            self._refuse(method, request, ProcwireError(Code.UNAVAILABLE, "the worker is shutting down"))
            return
        call: Context[Any] = Context()
        call._serving = self
        call._method = method
        call._request = request
        call._aborted = call._cancelled = call._started = False
        call._task = None
        call._extra = None
        if metadata is not None:
            refusal = take_metadata(call, metadata, self._nested)
            if refusal is not None:
                self._refuse(method, request, refusal)
                return
        if (self._waiting or self.live - self._nested >= self._limits.handlers) and takes_slot(call):
            self._wait(call, payload)
        else:
            self._start(call, payload, at_once=True)

    def _unknown(self, id: int, request: int) -> None:
        if request == 0:
            self._counts.requests_dropped += 1
            return
        methods = [method for method in self._methods.values() if not method.is_builtin]
        known = ", ".join(method.name for method in methods[:_KNOWN_NAMES])
        flags, message = self._table.missing(id) or (ERROR_ANSWER, f"no method has the id {id}")
        error = ProcwireError(Code.NOT_FOUND, f"{message}; there are: {known or 'none'}")
        self._outbox.send(id, self._direction | flags, request, encode_error(error))

    def _refuse(self, method: Served, request: int, error: ProcwireError) -> None:
        if request == 0:
            self._counts.requests_dropped += 1
        else:
            self._outbox.send(method.id, method.error_flags, request, encode_error(error))

    def _remember(self, call: Context[Any]) -> None:
        key = call._request
        if key == 0:
            key = self._without_id = self._without_id + 1
        call._key = key
        self._served[key] = call
        self.live += 1
        if call._extra is not None and not call._extra.takes_slot:
            self._nested += 1

    def _wait(self, call: Context[Any], payload: memoryview) -> None:
        """Keeps a request until a handler ends."""
        limits = self._limits
        if len(self._waiting) >= limits.waiting_requests or self._waiting_bytes + len(payload) > limits.waiting_bytes:
            message = (
                f"{limits.handlers} handlers run and {len(self._waiting)} requests of {self._waiting_bytes} bytes "
                "wait, more is not taken"
            )
            self._refuse(call._method, call._request, ProcwireError(Code.RESOURCE_EXHAUSTED, message))
            return
        self._waiting_bytes += len(payload)
        self._remember(call)
        self._waiting.append((call, bytes(payload)))

    def _start_waiting(self) -> None:
        while self._waiting and self.live - self._nested - len(self._waiting) < self._limits.handlers:
            call, payload = self._waiting.popleft()
            self._waiting_bytes -= len(payload)
            # It is counted again when it starts.
            self.live -= 1
            if call._aborted:
                self._aborted.pop(call._key, None)
            else:
                del self._served[call._key]
                self._start(call, payload)

    def _start(self, call: Context[Any], payload: bytes | memoryview, *, at_once: bool = False) -> None:
        method = call._method
        try:
            arguments = method.spread(method.request.decode(payload))
        except DecodeError as problem:
            error = ProcwireError(Code.INVALID_ARGUMENT, f"{method.name} request: {problem}")
            self._refuse(method, call._request, error)
            return
        if method.style is Style.INLINE and not method.is_stream:
            self._run_inline(call, arguments)
            return
        self._remember(call)
        run = stream(self, call, arguments) if method.is_stream else self._unary(call, arguments)
        if at_once:
            call._task = self._make_task(run, method.name)
        else:
            # Here another task runs, which has to end first.
            call._task = asyncio.Task(run, loop=self._loop, name=method.name)
        if call._task.done():
            call._task = None

    def _run_inline(self, call: Context[Any], arguments: tuple[Any, ...]) -> None:
        # It has ended before anything else can happen, and so is not among those that run.
        call._key = 0
        method = call._method
        try:
            handler = method.handler
            payload = method.answer.encode(
                handler(*arguments, cx=call) if method.wants_context else handler(*arguments)
            )
            if len(payload) > self._terms.peer_payload:
                raise self._too_large(method, "answer", len(payload))
        except BaseException as raised:
            self._failed(call, raised)
            if not isinstance(raised, Exception):
                raise
            return
        if call._request:
            self._outbox.send(method.id, method.answer_flags, call._request, payload)

    def _call(self, call: Context[Any], arguments: tuple[Any, ...]) -> Any:
        method = call._method
        return method.handler(*arguments, cx=call) if method.wants_context else method.handler(*arguments)

    async def _unary(self, call: Context[Any], arguments: tuple[Any, ...]) -> None:
        call._started = True
        if call._aborted:
            self._ended(call)
            return
        method = call._method
        try:
            if method.style is Style.TASK:
                handler = method.handler
                value = await (handler(*arguments, cx=call) if method.wants_context else handler(*arguments))
            else:
                value = await self._threads.run(partial(self._call, call, arguments), nested=not takes_slot(call))
                if isawaitable(value):
                    value = await value
            answer = method.answer.encode(value)
        except BaseException as raised:
            self._failed(call, raised)
            if isinstance(raised, (KeyboardInterrupt, SystemExit)):
                self._ended(call)
                raise
        else:
            self._answer(call, answer)
        if self._outbox.full:
            # The answer lies in the write queue; while that is full the slot of this handler stays taken.
            await self._room()
        self._ended(call)

    async def _room(self) -> None:
        try:
            await self._outbox.room()
        except (ProcwireError, asyncio.CancelledError):
            # The connection is over, or its end is near: there is nothing to wait for.
            return

    def is_spent(self, call: Context[Any]) -> bool:
        """Whether a stream has to wait for credit before its next item."""
        extra, window = call._extra, self.window
        return extra is not None and window is not None and extra.outstanding * 2 > window

    async def may_send(self, call: Context[Any]) -> None:
        """Waits until a stream may send its next item."""
        outbox = self._outbox
        while True:
            if call._cancelled:
                raise asyncio.CancelledError
            if outbox.full:
                await outbox.room()
            elif self.is_spent(call):
                outbox.flush()
                extra = call._more()
                waiter = extra.waiter = self._loop.create_future()
                try:
                    await waiter
                finally:
                    extra.waiter = None
            else:
                return

    def credit(self, request: int, payload: memoryview) -> None:
        """The receiver of a stream gives back what was used of its window."""
        if len(payload) != CREDIT_LENGTH:
            raise WireError("credit", f"a credit has a payload of {len(payload)} bytes, expected {CREDIT_LENGTH}")
        call = self._served.get(request) if request else None
        count = int.from_bytes(payload, "big")
        if call is None or not call._method.is_stream or count == 0:
            self._counts.late_frames += call is None
            return
        extra = call._more()
        if count > extra.outstanding:
            message = f"a credit gives {count} bytes back, where {extra.outstanding} are outstanding"
            raise WireError("credit", f"{call._method.name}: {message}")
        extra.outstanding -= count
        self._wake(call)

    def _wake(self, call: Context[Any]) -> None:
        """Lets a stream look again whether it may send."""
        extra = call._extra
        if extra is not None and extra.waiter is not None and not extra.waiter.done():
            extra.waiter.set_result(None)

    def _forget(self, call: Context[Any]) -> None:
        # The peer may use the id again once it has the answer, even if the handler still has something to do.
        self._served.pop(call._key, None)

    def _answer(self, call: Context[Any], payload: bytes) -> None:
        if call._aborted or call._request == 0:
            return
        method = call._method
        if len(payload) > self._terms.peer_payload:
            self._failed(call, self._too_large(method, "answer", len(payload)))
            return
        del self._served[call._key]
        self._outbox.send(method.id, method.answer_flags, call._request, payload)

    def _too_large(self, method: Served, what: str, size: int) -> ProcwireError:
        limit = self._terms.peer_payload
        return ProcwireError(
            Code.RESOURCE_EXHAUSTED, f"{method.name} {what} has {size} bytes, above the {limit} that the peer takes"
        )

    def _failed(self, call: Context[Any], raised: BaseException) -> None:
        """Answers for a handler that raised."""
        method = call._method
        error = told(call, raised, tracebacks=self._terms.tracebacks)
        if error is None:
            return
        self._forget(call)
        if call._request == 0:
            self._counts.panics += 1
            self._loop.call_exception_handler(
                {"message": f"the handler of {method.name}, which answers nothing, failed", "exception": raised}
            )
            return
        try:
            payload = encode_error(error)
            if len(payload) > self._terms.peer_payload:
                raise self._too_large(method, "answer", len(payload))
        except EncodeError as problem:
            error = ProcwireError(Code.INTERNAL, f"{method.name} answer cannot be encoded: {problem}")
            payload = encode_error(error)
        except ProcwireError as too_large:
            payload = encode_error(too_large)
        self._outbox.send(method.id, method.error_flags, call._request, payload)

    def _ended(self, call: Context[Any]) -> None:
        """The handler has ended, in whatever way."""
        key = call._key
        if call._aborted:
            self._aborted.pop(key, None)
        elif self._served.get(key) is call:
            del self._served[key]
        call._task = None
        self.live -= 1
        if call._extra is not None and not call._extra.takes_slot:
            self._nested -= 1
        if self._waiting:
            self._start_waiting()
        if self.live == 0:
            # Nobody is left whose answer could go along.
            self._outbox.flush_last()
            self._check_drained()

    def abort(self, request: int) -> None:
        """The caller of a request has left."""
        call = self._served.pop(request, None) if request else None
        if call is None:
            self._counts.late_frames += 1
            return
        key = self._without_id = self._without_id + 1
        # Its id may be used again while the handler goes on.
        call._key = key
        call._aborted = True
        self._aborted[key] = call
        self._cancel(call)
        self._graces.add(self._limits.cancel_grace, key)

    def _cancel(self, call: Context[Any]) -> None:
        call._cancelled = True
        if call._extra is not None:
            self._wake(call)
            call._extra.cancel(call._method.name)
        # A task that has not begun would never run to the line that counts it; it looks at the call by itself. And a
        # thread cannot be cancelled: its handler has to look.
        if call._task is not None and call._started and call._method.style is not Style.THREAD:
            call._task.cancel()

    def _grace_over(self, key: int) -> None:
        self._cancel(self._aborted[key])

    def cancel_all(self) -> None:
        """Cancels every handler. What they still answer is sent."""
        for call in list(self._served.values()):
            self._cancel(call)

    def mute_all(self) -> None:
        """The connection is over: cancels every handler, and nothing is sent any more."""
        for call in list(self._served.values()):
            call._aborted = True
            self._aborted[call._key] = call
            self._cancel(call)
        self._served.clear()
        for call, _ in self._waiting:
            self._aborted.pop(call._key, None)
        self.live -= len(self._waiting)
        self._waiting.clear()
        self._refusing = True
        self._check_drained()

    def drain(self, descriptor: int) -> None:
        """Takes the requests that lie in the socket already, and answers those after them `unavailable`."""
        if self._refusing:
            return
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if poll.poll(0):
            self._loop.call_soon(self.drain, descriptor)
        else:
            self._refusing = True
            self._check_drained()

    def _check_drained(self) -> None:
        if self.live == 0 and self._refusing:
            for watcher in self._drained:
                if not watcher.done():
                    watcher.set_result(None)
            self._drained.clear()

    async def drained(self) -> None:
        """Waits until requests are refused and the last handler has ended."""
        if self.live == 0 and self._refusing:
            return
        watcher = self._loop.create_future()
        self._drained.append(watcher)
        await watcher
