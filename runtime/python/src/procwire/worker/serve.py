"""A worker's life: announce, let the parent in, serve, and leave in time."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..connection import CloseReason, Connection, Limits, Table
from ..connection.emitter import Emitter
from ..connection.terms import FD, PeerLimits
from ..constants import DESCRIPTOR_PREFIX
from ..control import print_error, print_init
from ..error import Code, ProcwireError
from ..following import Following
from ..schema import Schema
from ..threads import Threads
from ..tracing import Tracing
from . import socket as sockets
from .admission import admit, admit_pair
from .binding import Lists, add_health, add_schema, bind
from .by_hand import explain_and_exit, is_by_hand
from .environment import Environment
from .inherited import inherited
from .stdio import ControlPlane
from .told import Schemas, ipc, merged, schemas_of
from .watch import Draining, Leaving, Watch

if TYPE_CHECKING:
    from .worker import Worker

_CANCEL_GRACE = 0.1
"""Seconds that handlers have after they were cancelled, once nobody can get an answer."""
_LAST_ENTRY = 0.25
"""Seconds that a parent that is about to leave may take to come in."""
_LAST_WRITE = 0.2
"""Seconds that what was answered may take to leave at the end of a shutdown."""
_LAST_WILL = 0.25
"""The last will's share, in seconds, of the time from the loss of the parent to the forced exit."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How workers are served."""

    limits: Limits
    threads: int
    spin: bool
    tracebacks: bool
    check_sent: bool
    tracing: Tracing | None
    extensions: Sequence[str]
    lists: Lists | None = None
    """The callbacks that a module names."""
    emitter: Emitter | None = None
    """A module's own, which may have no worker."""
    module: str | None = None
    """The module's name."""
    schema: Schema | None = None
    """What a module was generated from."""


async def serve(workers: Sequence[Worker[Any, Any]], settings: Settings) -> None:
    environment = Environment.take()
    if is_by_hand(environment):
        explain_and_exit([worker._service.name for worker in workers])
    try:
        watch = Watch(ControlPlane.take())
    except OSError as error:
        raise _unavailable(f"stdin and stdout cannot be used: {error}") from None
    watch.start()
    try:
        await _run(workers, watch, environment, settings)
    finally:
        if watch.folder is not None:
            watch.folder.remove()
        watch.stop()


def _unavailable(message: str) -> ProcwireError:
    return ProcwireError(Code.UNAVAILABLE, message)


async def _run(workers: Sequence[Worker[Any, Any]], watch: Watch, environment: Environment, settings: Settings) -> None:
    entrance = None
    try:
        table = bind(workers, settings.lists, check=settings.check_sent)
        add_health(table, lambda: all(worker.healthy for worker in workers))
        schemas = schemas_of(workers, settings.schema)
        if schemas:
            add_schema(table, lambda: merged(schemas, table))
        entrance = _entrance(watch, environment, settings)
    except (ProcwireError, OSError) as error:
        message = error.message if isinstance(error, ProcwireError) else str(error)
        # A parent that is gone cannot be told; the caller of this is.
        with contextlib.suppress(OSError):
            watch.write(print_error(message))
        raise error if isinstance(error, ProcwireError) else _unavailable(message) from None
    try:
        with contextlib.closing(entrance):
            try:
                watch.write(_init(entrance, table, schemas, settings))
            except OSError as error:
                raise _unavailable(f"the parent cannot be told about this worker: {error}") from None
            parent = await _parent(entrance, environment.token, watch)
            if watch.folder is not None:
                watch.folder.remove()
            if parent is not None:
                if entrance.listener is not None:
                    entrance.listener.close()
                await _attend(workers, parent, table, watch, settings)
    finally:
        for emitter in _emitters(workers, settings):
            emitter.ended()
        await _last_will(workers, watch)


def _emitters(workers: Sequence[Worker[Any, Any]], settings: Settings) -> list[Emitter]:
    own = [] if settings.emitter is None else [settings.emitter]
    return [*own, *(worker._emitter for worker in workers)]


@dataclass(frozen=True)
class Entrance:
    """Where the parent comes in: by the pair that it left, or by a path."""

    path: str
    pair: socket.socket | None
    listener: socket.socket | None

    def close(self) -> None:
        """Closes what nobody came in by; a connection has a descriptor of its own."""
        if self.listener is not None:
            self.listener.close()


def _entrance(watch: Watch, environment: Environment, settings: Settings) -> Entrance:
    pair = inherited(environment.descriptor) if FD in settings.extensions else None
    if pair is not None:
        return Entrance(f"{DESCRIPTOR_PREFIX}{pair.fileno()}", pair, None)
    listener, watch.folder = sockets.listen()
    return Entrance(watch.folder.path, None, listener)


def _init(entrance: Entrance, table: Table, schemas: Schemas, settings: Settings) -> bytes:
    return print_init(
        entrance.path,
        table.announced_methods,
        table.announced_events,
        callbacks=table.announced_callbacks,
        ext=list(settings.extensions),
        limits=PeerLimits(settings.limits.payload, settings.limits.window),
        ipc=ipc(schemas, table, settings.module),
        tracebacks=settings.tracebacks,
    )


async def _parent(entrance: Entrance, token: bytes | None, watch: Watch) -> socket.socket | None:
    """Waits for the parent, unless it wants no more."""
    admission: Coroutine[Any, Any, socket.socket | None]
    if entrance.listener is not None:
        admission = admit(entrance.listener, token)
    else:
        assert entrance.pair is not None
        admission = admit_pair(entrance.pair, token)
    admitting = asyncio.ensure_future(admission)
    leaving = asyncio.ensure_future(watch.wait_for(Draining, Leaving))
    try:
        await asyncio.wait([admitting, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not admitting.done() and isinstance(watch.phase, Draining):
            # The control plane is faster: a parent that connected, called and said `$shutdown` is still to be let in.
            await asyncio.wait([admitting], timeout=_LAST_ENTRY)
        if not admitting.done():
            return None
        try:
            return admitting.result()
        except OSError as error:
            raise _unavailable(f"the socket takes no connection: {error}") from None
    finally:
        await _cancelled(admitting, leaving)


async def _attend(
    workers: Sequence[Worker[Any, Any]], parent: socket.socket, table: Table, watch: Watch, settings: Settings
) -> None:
    """Serves until one side wants no more."""
    loop = asyncio.get_running_loop()
    watch.watch_data_plane(parent.fileno())
    connection = Connection(
        loop,
        "child",
        settings.limits,
        table,
        Threads(settings.threads),
        extensions=settings.extensions,
        spin=settings.spin,
        tracing=settings.tracing,
    )
    if settings.tracing is not None:
        connection.calls.following = Following(settings.tracing, None)
    # Before anything is read, since handlers begin at once; what is sent meanwhile waits for the transport.
    for emitter in _emitters(workers, settings):
        emitter.attach(connection)
    await loop.connect_accepted_socket(lambda: connection, parent)
    await _either(connection.closed, watch.wait_for(Draining, Leaving))
    phase = watch.phase
    if not connection.closed.done() and isinstance(phase, Draining):
        await _drain(connection, watch, phase.until)
        if not connection.closed.done():
            connection.close("the worker has shut down")
            await connection.closed
            return
    connection.close("the parent is gone")
    reason = await connection.closed
    await _lost(connection, reason)


async def _drain(connection: Connection, watch: Watch, until: float) -> None:
    connection.drain()
    drained = asyncio.ensure_future(connection.serving.drained())
    try:
        left = max(until - time.monotonic(), 0)
        await _either(connection.closed, drained, watch.wait_for(Leaving), timeout=left)
        if not drained.done():
            connection.serving.cancel_all()
            await _either(connection.closed, drained, timeout=_CANCEL_GRACE)
        await _either(connection.closed, connection.outbox.written(), timeout=_LAST_WRITE)
    finally:
        await _cancelled(drained)


async def _lost(connection: Connection, reason: CloseReason) -> None:
    """Lets handlers notice that nobody can get an answer any more."""
    connection.fail_all(connection.over(reason))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CANCEL_GRACE):
            await connection.serving.drained()
    if reason.kind == "protocol":
        # That a parent is gone is the usual end of a worker; this is not.
        raise _unavailable(str(reason))


async def _last_will(workers: Sequence[Worker[Any, Any]], watch: Watch) -> None:
    until = time.monotonic() + _LAST_WILL
    if isinstance(watch.phase, Draining):
        until = max(until, watch.phase.until)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(until - time.monotonic()):
            for worker in workers:
                await worker.on_shutdown()


async def _either(*awaited: Awaitable[Any], timeout: float | None = None) -> None:
    """Waits until one of these is done, and leaves the futures among them as they are."""
    futures = [asyncio.ensure_future(one) for one in awaited]
    try:
        await asyncio.wait(futures, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _cancelled(*(future for future, one in zip(futures, awaited, strict=True) if future is not one))


async def _cancelled(*futures: asyncio.Future[Any]) -> None:
    """Ends what nobody waits for any more."""
    for future in futures:
        future.cancel()
    await asyncio.gather(*futures, return_exceptions=True)
