"""Starting a child on a loop, step by step."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from ..connection import Connection, Table
from ..connection.subscriptions import Listener
from ..control import Init
from ..service import Service
from ..threads import Threads
from . import steps
from .agreement import Resolved, resolve
from .options import Command, Options
from .peer import Peer, wait_until
from .process import Child
from .spawn_error import SpawnError


async def spawn(
    command: Command,
    service: Service,
    options: Options,
    listeners: Callable[[Resolved, Connection], list[tuple[int, Listener]]],
) -> tuple[Peer, Connection, Resolved]:
    """Starts the program and waits until it serves. Raises `SpawnError`."""
    child, token = await _begin(command, options)
    try:
        init = await _announced(child, options)
        resolved, mismatches = resolve(init, service, options.call_timeout)
        if mismatches:
            child.kill()
            # A program that gives up at this leaves nothing behind.
            await wait_until(child, steps.exit, steps.KILLED)
            raise steps.mismatched(child, options.name, mismatches)
        connection = await _connect(child, init, token, options, resolved, listeners)
    except BaseException:
        child.kill()
        raise
    if options.heartbeat is not None:
        child.watch_over(options.heartbeat)
    return Peer(options, child, connection, init), connection, resolved


async def _begin(command: Command, options: Options) -> tuple[Child, str | None]:
    # A fork takes milliseconds in a large process.
    starting = asyncio.get_running_loop().run_in_executor(None, steps.begin, command, options)
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        starting.add_done_callback(_end)
        raise


def _end(starting: asyncio.Future[tuple[Child, str | None]]) -> None:
    if not starting.cancelled() and starting.exception() is None:
        child, _ = starting.result()
        child.kill()


async def _announced(child: Child, options: Options) -> Init:
    did: steps.Did | None = await wait_until(child, steps.first, options.init_timeout)
    init = steps.announcement(child, options, did)
    if isinstance(init, SpawnError):
        ended = await wait_until(child, steps.exit, steps.LAST_WORDS)
        raise steps.told(child, options, init, ended)
    return init


async def _connect(
    child: Child,
    init: Init,
    token: str | None,
    options: Options,
    resolved: Resolved,
    listeners: Callable[[Resolved, Connection], list[tuple[int, Listener]]],
) -> Connection:
    loop = asyncio.get_running_loop()
    connection = Connection(loop, "parent", options.limits, Table(), Threads(0), spin=options.spin)
    for event, listener in listeners(resolved, connection):
        connection.subscriptions.listen(event, listener)
    data = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        data.setblocking(False)
        async with asyncio.timeout(options.connect_timeout):
            await loop.sock_connect(data, init.pipe)
            if token is not None:
                await loop.sock_sendall(data, steps.token_frame(token))
        await loop.create_unix_connection(lambda: connection, sock=data)
    except TimeoutError:
        data.close()
        reason = f"it took no connection within {options.connect_timeout:g} s"
        raise await _unreachable(child, options, init, reason) from None
    except (OSError, ValueError) as error:
        data.close()
        raise await _unreachable(child, options, init, str(error)) from None
    except BaseException:
        data.close()
        raise
    return connection


async def _unreachable(child: Child, options: Options, init: Init, reason: str) -> SpawnError:
    ended = await wait_until(child, steps.exit, steps.LAST_WORDS)
    return steps.unreached(child, options, init, reason, ended)
