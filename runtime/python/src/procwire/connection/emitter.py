"""Sending events to the parent."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ..codec import EncodeError
from ..error import Code, ProcwireError
from ..service import Event
from .counters import Counts

if TYPE_CHECKING:
    from .connection import Connection

Payload = TypeVar("Payload")

Emitted: TypeAlias = Awaitable[None]
"""An event that was handed over; awaiting it waits until there is room for the next one."""


class _Done:
    """An awaitable that is done."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, None]:
        return iter(())  # type: ignore[return-value]


_DONE = _Done()


class Emitter:
    """Sends the events of a worker's services, from the loop or from any thread."""

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._thread = 0
        self._ready: list[asyncio.Future[bool]] = []
        self._ended = False

    @property
    def connection(self) -> Connection | None:
        """The connection to the parent, once there is one."""
        return self._connection

    def attach(self, connection: Connection) -> None:
        """There is a parent from now on."""
        self._thread = threading.get_ident()
        self._connection = connection
        self._tell(ready=True)

    def ended(self) -> None:
        """There is no parent any more, or none came."""
        self._ended = True
        self._tell(ready=False)

    def _tell(self, *, ready: bool) -> None:
        waiting, self._ready = self._ready, []
        for future in waiting:
            if not future.done():
                future.set_result(ready)

    async def ready(self) -> bool:
        """Waits until there is a parent; false where there was none, or is none any more."""
        if self._ended or self._connection is not None:
            return not self._ended
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._ready.append(future)
        return await future

    @property
    def counts(self) -> Counts:
        """What happened on the connection so far; nothing before there is one."""
        return replace(self._connection.counts) if self._connection is not None else Counts()

    def emit(self, event: Event[Payload], payload: Payload) -> Emitted:
        """Sends an event. In a thread this returns once there is room for it, and needs no `await`."""
        connection = self._connection
        if connection is None:
            raise ProcwireError(Code.UNAVAILABLE, "no parent is connected yet, so that nobody hears the event")
        known = connection.table.events.get(event)
        if known is None:
            raise ProcwireError(Code.UNSUPPORTED, f"this worker does not serve the event {event.name}")
        try:
            data = known.payload.encode(payload)
        except EncodeError as problem:
            raise ProcwireError(Code.INTERNAL, f"{known.name} event cannot be encoded: {problem}") from None
        limit = connection.terms.peer_payload
        if len(data) > limit:
            message = f"{known.name} event has {len(data)} bytes, above the {limit} that the peer takes"
            raise ProcwireError(Code.RESOURCE_EXHAUSTED, message)
        if connection.outbox.is_closed:
            raise _over()
        if threading.get_ident() != self._thread:
            self._emit_from_thread(connection, known.id, data)
        elif connection.outbox.full or connection.late_events:
            # It is on its way even if nobody awaits it.
            task = connection.loop.create_task(self._emit_later(connection, known.id, data))
            connection.late_events.add(task)
            task.add_done_callback(connection.late_events.discard)
            return task
        else:
            connection.send_event(known.id, data)
        return _DONE

    async def _emit_later(self, connection: Connection, id: int, data: bytes) -> None:
        await connection.outbox.room()
        connection.send_event(id, data)

    def _emit_from_thread(self, connection: Connection, id: int, data: bytes) -> None:
        loop = connection.loop
        try:
            if connection.outbox.full:
                asyncio.run_coroutine_threadsafe(connection.outbox.room(), loop).result()
            loop.call_soon_threadsafe(connection.send_event, id, data)
        except RuntimeError:
            raise _over() from None


def _over() -> ProcwireError:
    return ProcwireError(Code.UNAVAILABLE, "the connection to the parent is over")
