"""A worker's life: announce, let the parent in, serve, and leave in time."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any

from ..connection import CloseReason, Connection, Limits, Table
from ..control import print_error, print_init
from ..error import Code, ProcwireError
from ..threads import Threads
from . import socket as sockets
from .admission import admit
from .binding import bind
from .by_hand import explain_and_exit, is_by_hand
from .environment import Environment
from .stdio import ControlPlane
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


async def serve(workers: Sequence[Worker[Any]], limits: Limits, threads: int, *, spin: bool) -> None:
    environment = Environment.take()
    if is_by_hand(environment):
        explain_and_exit([worker._service.name for worker in workers])
    try:
        watch = Watch(ControlPlane.take())
    except OSError as error:
        raise _unavailable(f"stdin and stdout cannot be used: {error}") from None
    watch.start()
    try:
        await _run(workers, watch, environment.token, limits, threads, spin=spin)
    finally:
        if watch.folder is not None:
            watch.folder.remove()
        watch.stop()


def _unavailable(message: str) -> ProcwireError:
    return ProcwireError(Code.UNAVAILABLE, message)


async def _run(
    workers: Sequence[Worker[Any]], watch: Watch, token: bytes | None, limits: Limits, threads: int, *, spin: bool
) -> None:
    try:
        table = bind(workers)
        listener, watch.folder = sockets.listen()
    except (ProcwireError, OSError) as error:
        message = error.message if isinstance(error, ProcwireError) else str(error)
        # A parent that is gone cannot be told; the caller of this is.
        with contextlib.suppress(OSError):
            watch.write(print_error(message))
        raise error if isinstance(error, ProcwireError) else _unavailable(message) from None
    try:
        with listener:
            try:
                watch.write(print_init(watch.folder.path, table.announced_methods, table.announced_events))
            except OSError as error:
                raise _unavailable(f"the parent cannot be told about this worker: {error}") from None
            parent = await _parent(listener, token, watch)
        watch.folder.remove()
        if parent is not None:
            await _attend(workers, parent, table, watch, limits, threads, spin=spin)
    finally:
        for worker in workers:
            worker._emitter.ended()
        await _last_will(workers, watch)


async def _parent(listener: socket.socket, token: bytes | None, watch: Watch) -> socket.socket | None:
    """Waits for the parent, unless it wants no more."""
    admitting = asyncio.ensure_future(admit(listener, token))
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
    workers: Sequence[Worker[Any]],
    parent: socket.socket,
    table: Table,
    watch: Watch,
    limits: Limits,
    threads: int,
    *,
    spin: bool,
) -> None:
    """Serves until one side wants no more."""
    loop = asyncio.get_running_loop()
    watch.watch_data_plane(parent.fileno())
    connection = Connection(loop, "child", limits, table, Threads(threads), spin=spin)
    # Before anything is read, since handlers begin at once; what is sent meanwhile waits for the transport.
    for worker in workers:
        worker._emitter.attach(connection)
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


async def _last_will(workers: Sequence[Worker[Any]], watch: Watch) -> None:
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
