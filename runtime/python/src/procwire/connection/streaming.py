"""Handlers of streams: how they run, and how their items go out."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from ..constants import ITEM_COST
from ..context import Context
from .draining import ThreadItems
from .metadata import takes_slot
from .served import Style

if TYPE_CHECKING:
    from .serving import Serving

_TURN_BYTES = 64 * 1024
_TURN_ITEMS = 256
"""What one stream may send before everybody else has a turn; a generator that never waits would keep the loop."""


async def stream(serving: Serving, call: Context[Any], arguments: tuple[Any, ...]) -> None:
    call._started = True
    if call._aborted:
        serving._ended(call)
        return
    method = call._method
    try:
        if method.style is Style.THREAD:
            await _items_of_thread(serving, call, arguments)
        else:
            items = serving._call(call, arguments)
            if isawaitable(items):
                items = await items
            if hasattr(items, "__aiter__"):
                await _items(serving, call, items.__aiter__())
            else:
                await _plain_items(serving, call, iter(items))
    except BaseException as raised:
        serving._failed(call, raised)
        if isinstance(raised, (KeyboardInterrupt, SystemExit)):
            serving._ended(call)
            raise
    else:
        if not call._aborted:
            serving._forget(call)
            serving._outbox.send(method.id, method.end_flags, call._request, b"")
    serving._ended(call)


async def _items(serving: Serving, call: Context[Any], items: AsyncIterator[Any]) -> None:
    send, after = _item_sender(serving, call)
    try:
        async for item in items:
            if send(item):
                await after()
    finally:
        close: Callable[[], Awaitable[None]] | None = getattr(items, "aclose", None)
        if close is not None:
            await close()


async def _plain_items(serving: Serving, call: Context[Any], items: Iterator[Any]) -> None:
    send, after = _item_sender(serving, call)
    try:
        for item in items:
            if send(item):
                await after()
    finally:
        close: Callable[[], None] | None = getattr(items, "close", None)
        if close is not None:
            close()


def _item_sender(serving: Serving, call: Context[Any]) -> tuple[Callable[[Any], bool], Callable[[], Awaitable[None]]]:
    """What sends one item and says whether it is time for a pause, and the pause."""
    method = call._method
    answer, id, request = method.answer, method.id, call._request
    outbox = serving._outbox
    send_frame = outbox.send
    limit = serving._terms.peer_payload
    flags = method.item_flags
    extra, window = call._more(), serving.window
    span = extra.span
    count = size = 0

    def send(item: Any) -> bool:
        nonlocal count, size
        payload = answer.encode(item)
        if call._aborted:
            raise asyncio.CancelledError
        if len(payload) > limit:
            raise serving._too_large(method, "item", len(payload))
        send_frame(id, flags, request, payload)
        if span is not None:
            span.message(len(payload))
        count += 1
        size += len(payload)
        if window is not None:
            outstanding = extra.outstanding = extra.outstanding + len(payload) + ITEM_COST
            if outstanding * 2 > window:
                return True
        return count >= _TURN_ITEMS or size >= _TURN_BYTES or outbox.full

    async def after() -> None:
        nonlocal count, size
        count = size = 0
        outbox.flush()
        if outbox.full or serving.is_spent(call):
            await serving.may_send(call)
        else:
            await asyncio.sleep(0)

    return send, after


async def _items_of_thread(serving: Serving, call: Context[Any], arguments: tuple[Any, ...]) -> None:
    method = call._method
    items = ThreadItems(serving._loop, serving._outbox, call, serving._terms.peer_payload)

    def run() -> Any:
        produced = serving._call(call, arguments)
        if isawaitable(produced) or hasattr(produced, "__aiter__"):
            return produced
        items.drain(iter(produced))
        return None

    produced = await serving._threads.run(run, nested=not takes_slot(call))
    if not await items.flushed() and not call._aborted:
        raise asyncio.CancelledError
    if items.too_large is not None:
        raise serving._too_large(method, "item", items.too_large)
    if isawaitable(produced):
        produced = await produced
    if hasattr(produced, "__aiter__"):
        await _items(serving, call, produced.__aiter__())
    elif produced is not None:
        await _plain_items(serving, call, iter(produced))
