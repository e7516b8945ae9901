"""Calls on a loop, as clients make them and as workers make callbacks."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Protocol, Self, TypeVar

from .asking import USUAL, Asking, Usual, dressed, refuse_retries, wait_before_retry
from .calling import encoded
from .codec import DecodeError
from .connection import Connection, LoopItems, RemoteMethod
from .error import Code, ProcwireError, failure
from .following import following, told
from .payload import Coder
from .tracing import LEFT, ClientSpan, failed_with

Item = TypeVar("Item")


class Owner(Protocol):
    """Who a stream belongs to; it keeps alive what the stream needs."""

    @property
    def _connection(self) -> Connection: ...


async def room(connection: Connection, remote: RemoteMethod, timeout: float | None) -> float | None:
    """Waits for room in the write queue; gives what is left of the time."""
    loop = connection.loop
    begun = loop.time()
    limit = asyncio.timeout(timeout)
    try:
        async with limit:
            await connection.outbox.room()
    except TimeoutError:
        if not limit.expired():
            raise
        message = f"{remote.name}: the request was not written before the deadline"
        raise failure(Code.DEADLINE_EXCEEDED, message) from None
    return None if timeout is None else timeout - (loop.time() - begun)


async def call(
    connection: Connection, remote: RemoteMethod, request: object, timeout: float | None | Usual, asking: Asking | None
) -> Any:
    """Makes a call of which something unusual was said."""
    follower = following(connection.calls, remote)
    if follower is None:
        return await _tried(connection, remote, request, timeout, asking)
    with follower.around(connection.terms, remote, asking) as within:
        return await _tried(connection, remote, request, timeout, within)


async def _tried(
    connection: Connection, remote: RemoteMethod, request: object, timeout: float | None | Usual, asking: Asking | None
) -> Any:
    """Makes a call, and makes it again where it failed so and its caller said so."""
    if asking is None or not asking.retries:
        return await _once(connection, remote, request, timeout, asking)
    refuse_retries(remote)
    loop = connection.loop
    limit = remote.timeout if isinstance(timeout, Usual) else timeout
    until = None if limit is None else loop.time() + limit
    for retry in range(1, asking.retries + 1):
        try:
            return await _once(connection, remote, request, timeout, asking)
        except ProcwireError as error:
            wait = wait_before_retry(error, retry)
            if wait is None or (until is not None and loop.time() + wait >= until):
                raise
        await asyncio.sleep(wait)
        if until is not None:
            # It stays a usual one where it was: the peer is told of deadlines that callers gave.
            left = until - loop.time()
            timeout = left if not isinstance(timeout, Usual) or left < (remote.timeout or left) else timeout
    return await _once(connection, remote, request, timeout, asking)


async def _once(
    connection: Connection, remote: RemoteMethod, request: object, timeout: float | None | Usual, asking: Asking | None
) -> Any:
    payload = encoded(remote, request, connection.terms.peer_payload)
    return await sent(connection, remote, payload, timeout, asking)


async def sent(
    connection: Connection, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None
) -> Any:
    """Sends a request, once, and waits for its answer."""
    if connection.outbox.full:
        left = await room(connection, remote, remote.timeout if isinstance(timeout, Usual) else timeout)
        timeout = timeout if isinstance(timeout, Usual) else left
    payload, flags, limit = dressed(connection.terms, remote, payload, timeout, asking)
    calls = connection.calls
    id, future = calls.begin(remote, payload, limit, flags)
    extra = None if asking is None or asking.context is None else asking.context._more()
    if extra is not None:
        extra.add(calls, id)
    try:
        return await future
    except asyncio.CancelledError:
        calls.abandon(id)
        raise
    finally:
        if extra is not None:
            extra.discard(calls, id)


async def notify(connection: Connection, remote: RemoteMethod, request: object, asking: Asking | None) -> None:
    """Makes a call that is not answered."""
    follower = following(connection.calls, remote)
    if follower is None:
        await _handed_over(connection, remote, request, asking)
        return
    with follower.around(connection.terms, remote, asking) as within:
        await _handed_over(connection, remote, request, within)


async def _handed_over(connection: Connection, remote: RemoteMethod, request: object, asking: Asking | None) -> None:
    payload = encoded(remote, request, connection.terms.peer_payload)
    if connection.outbox.full:
        await room(connection, remote, None)
    payload, flags, _ = dressed(connection.terms, remote, payload, USUAL, asking)
    connection.calls.send(remote, payload, flags)


class Stream(AsyncIterator[Item]):
    """The items of a stream. It is asked for with the first item, and can be read once.

    Leaving it early tells the worker to stop: at once with `async with` or `aclose()`, and where nothing else holds the
    stream, as in `async for quote in desk.quotes(...)`, when the loop is left.
    """

    __slots__ = (
        "__weakref__",
        "_answer",
        "_asking",
        "_items",
        "_owner",
        "_payload",
        "_remote",
        "_span",
        "_taken",
        "_timeout",
    )

    def __init__(
        self,
        owner: Owner,
        remote: RemoteMethod,
        payload: bytes,
        timeout: float | None | Usual = USUAL,
        asking: Asking | None = None,
    ) -> None:
        # The peer lives as long as somebody reads from it.
        self._owner = owner
        self._remote = remote
        self._answer: Coder = remote.answer
        self._payload: bytes | None = payload
        self._timeout = timeout
        self._asking = asking
        self._items: LoopItems | None = None
        self._taken: deque[bytes] = deque()
        self._span: ClientSpan | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        if not self._taken:
            await self._take()
        payload = self._taken.popleft()
        if self._span is not None:
            self._span.message(len(payload))
        try:
            item: Item = self._answer.decode(payload)
        except DecodeError as problem:
            failed = ProcwireError(Code.INTERNAL, f"{self._remote.name} item: {problem}")
            self._end_span(failed)
            await self.aclose()
            raise failed from None
        return item

    async def _take(self) -> None:
        """Takes what arrived, after the begin of the stream where that is still to come."""
        if self._payload is not None:
            payload, self._payload = self._payload, None
            await self._begin(payload)
        if self._items is None:
            raise StopAsyncIteration
        try:
            taken = await self._items.take()
        except ProcwireError as error:
            self._end_span(error)
            self._end()
            raise
        if taken is None:
            self._end_span(None)
            self._end()
            raise StopAsyncIteration
        self._taken = taken

    async def batch(self) -> deque[bytes] | None:
        """The payloads of what arrived, for somebody who decodes them; `None` after the end."""
        try:
            await self._take()
        except StopAsyncIteration:
            return None
        taken, self._taken = self._taken, deque()
        return taken

    async def _begin(self, payload: bytes) -> None:
        follower = following(self._owner._connection.calls, self._remote)
        asking = self._asking
        if follower is not None:
            span = self._span = follower.begin(self._remote, asking)
            asking = told(self._owner._connection.terms, span, asking)
        try:
            await self._ask(payload, asking)
        except BaseException as error:
            self._end_span(error)
            raise

    async def _ask(self, payload: bytes, asking: Asking | None) -> None:
        connection = self._owner._connection
        timeout = self._timeout
        if connection.outbox.full:
            left = await room(connection, self._remote, self._remote.timeout if isinstance(timeout, Usual) else timeout)
            timeout = timeout if isinstance(timeout, Usual) else left
        payload, flags, limit = dressed(connection.terms, self._remote, payload, timeout, asking)
        items = self._items = connection.calls.begin_stream(self._remote, payload, limit, flags)
        if self._asking is not None and self._asking.context is not None:
            self._asking.context._more().add(connection.calls, items.request)

    def _end(self) -> None:
        items, self._items = self._items, None
        if items is not None and self._asking is not None and self._asking.context is not None:
            self._asking.context._more().discard(self._owner._connection.calls, items.request)

    def _end_span(self, error: BaseException | None) -> None:
        if self._span is not None:
            self._span.end(None if error is None else failed_with(error))

    async def aclose(self) -> None:
        """Leaves the stream, so that the worker stops."""
        self._leave()

    def _leave(self) -> None:
        self._payload = None
        self._taken.clear()
        items = self._items
        if self._span is not None:
            self._span.end(LEFT)
        self._end()
        if items is not None:
            items.leave()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def __del__(self) -> None:
        items: LoopItems | None = getattr(self, "_items", None)
        if items is None:
            return
        if self._span is not None:
            self._span.end(LEFT)
        connection = self._owner._connection
        if connection.loop.is_closed():
            return
        if connection.thread == threading.get_ident():
            self._leave()
        else:
            # A garbage collection may run anywhere.
            with contextlib.suppress(RuntimeError):
                connection.loop.call_soon_threadsafe(items.leave)
