"""Sending events to the parent."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ..codec import EncodeError
from ..constants import META
from ..error import Code, ProcwireError
from ..metadata import NO_VALUES, Trace, Values, prefix
from ..service import Event
from .counters import Counts
from .terms import Terms

if TYPE_CHECKING:
    from .connection import Connection
    from .served import EmittedEvent

Payload = TypeVar("Payload")

Emitted: TypeAlias = Awaitable[None]
"""An event that was handed over; awaiting it waits until there is room for the next one."""


class _Done:
    """An awaitable that is done."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, None]:
        return iter(())  # type: ignore[return-value]


_DONE = _Done()


@dataclass(frozen=True, slots=True)
class Said:
    """What goes beside events."""

    values: Values = field(default_factory=lambda: NO_VALUES)
    trace: Trace | None = None

    def __bool__(self) -> bool:
        return bool(self.values) or self.trace is not None


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

    def emit(self, event: Event[Payload], payload: Payload, said: Said | None = None) -> Emitted:
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
        if connection.outbox.is_closed:
            raise _over()
        # What goes beside it is known to be taken only once the parent has said so.
        waits = bool(said) and not connection.is_agreed
        outgoing = _Outgoing(known, data, said or None)
        if not waits:
            outgoing.dress(connection.terms)
        if threading.get_ident() != self._thread:
            self._emit_from_thread(connection, outgoing)
        elif waits or connection.outbox.full or connection.late_events:
            # It is on its way even if nobody awaits it.
            task = connection.loop.create_task(_emit_later(connection, outgoing))
            connection.late_events.add(task)
            task.add_done_callback(connection.late_events.discard)
            return task
        else:
            connection.send_event(known.id, outgoing.data, outgoing.flags)
        return _DONE

    def _emit_from_thread(self, connection: Connection, outgoing: _Outgoing) -> None:
        loop = connection.loop
        try:
            if outgoing.said is not None or connection.outbox.full:
                asyncio.run_coroutine_threadsafe(_emit_later(connection, outgoing), loop).result()
            else:
                loop.call_soon_threadsafe(connection.send_event, outgoing.event.id, outgoing.data, outgoing.flags)
        except RuntimeError:
            raise _over() from None


class _Outgoing:
    """An event on its way."""

    __slots__ = ("data", "event", "flags", "said")

    def __init__(self, event: EmittedEvent, data: bytes, said: Said | None) -> None:
        self.event = event
        self.data = data
        self.flags = 0
        self.said = said
        """What is still to be put beside it."""

    def dress(self, terms: Terms) -> None:
        """Puts what was said beside the payload. Raises `ProcwireError` where the parent does not take it."""
        name, said, limit = self.event.name, self.said, terms.peer_payload
        if said is not None:
            if not terms.meta:
                raise terms.unsupported(f"{name} event cannot be sent with metadata")
            self.data = prefix(None, 0, said.trace, said.values) + self.data
            self.flags, self.said = META, None
        if len(self.data) > limit:
            message = f"{name} event has {len(self.data)} bytes, above the {limit} that the peer takes"
            raise ProcwireError(Code.RESOURCE_EXHAUSTED, message)


async def _emit_later(connection: Connection, outgoing: _Outgoing) -> None:
    # Those behind one that waits keep their order.
    await connection.agreed()
    outgoing.dress(connection.terms)
    await connection.outbox.room()
    connection.send_event(outgoing.event.id, outgoing.data, outgoing.flags)


def _over() -> ProcwireError:
    return ProcwireError(Code.UNAVAILABLE, "the connection to the parent is over")
