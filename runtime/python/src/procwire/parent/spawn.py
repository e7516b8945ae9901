"""Starting a child on a loop, step by step."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence

from ..connection import Connection
from ..connection.subscriptions import Listener
from ..control import Init
from ..error import ProcwireError
from ..following import Following
from ..service import Service
from ..threads import Threads
from . import steps
from .agreement import Resolved
from .difference import Question
from .options import Command, Options
from .peer import Peer, wait_until
from .process import Child
from .spawn_error import SpawnError

THREADS = 64
"""Callbacks that plain functions answer at once."""

Listeners = Callable[[list[Resolved], Connection], list[tuple[int, Listener]]]


async def spawn(
    command: Command, services: Sequence[Service], options: Options, listeners: Listeners
) -> tuple[Peer, Connection, list[Resolved]]:
    """Starts the program and waits until it serves. Raises `SpawnError`."""
    begun = await _begin(command, options)
    child = begun.child
    try:
        init = await _announced(child, options)
        agreement = steps.agree(begun, init, services, options, blocking=False)
        if isinstance(agreement, list):
            child.kill()
            # A program that gives up at this leaves nothing behind.
            await wait_until(child, steps.exit, steps.KILLED)
            raise steps.mismatched(child, options.name, agreement)
        connection = await _connect(begun, init, agreement, options, listeners)
        if agreement.question is not None:
            await _ask(agreement.question, connection, child, options)
    except BaseException:
        begun.drop()
        raise
    if options.heartbeat is not None:
        child.watch_over(options.heartbeat)
    return Peer(options, child, connection, init, agreement.handlers), connection, agreement.resolved


async def _begin(command: Command, options: Options) -> steps.Begun:
    # A fork takes milliseconds in a large process.
    starting = asyncio.get_running_loop().run_in_executor(None, steps.begin, command, options)
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        starting.add_done_callback(_end)
        raise


def _end(starting: asyncio.Future[steps.Begun]) -> None:
    if not starting.cancelled() and starting.exception() is None:
        starting.result().drop()


async def _announced(child: Child, options: Options) -> Init:
    did: steps.Did | None = await wait_until(child, steps.first, options.init_timeout)
    init = steps.announcement(child, options, did)
    if isinstance(init, SpawnError):
        ended = await wait_until(child, steps.exit, steps.LAST_WORDS)
        raise steps.told(child, options, init, ended)
    return init


async def _connect(
    begun: steps.Begun, init: Init, agreement: steps.Agreement, options: Options, listeners: Listeners
) -> Connection:
    loop = asyncio.get_running_loop()
    connection = Connection(
        loop,
        "parent",
        options.limits,
        agreement.handlers.table,
        Threads(THREADS),
        agreement.terms,
        spin=options.spin,
        tracing=options.tracing,
    )
    if options.tracing is not None:
        connection.calls.following = Following(options.tracing, options.name)
    for event, listener in listeners(agreement.resolved, connection):
        connection.subscriptions.listen(event, listener)
    child, data = begun.child, None
    try:
        data = begun.carrier(init)
        is_pair = data is not None
        data = data or socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        data.setblocking(False)
        async with asyncio.timeout(options.connect_timeout):
            if not is_pair:
                await loop.sock_connect(data, init.pipe)
            await loop.sock_sendall(data, agreement.first)
        await loop.create_unix_connection(lambda: connection, sock=data)
    except TimeoutError:
        _close(data)
        reason = f"it took no connection within {options.connect_timeout:g} s"
        raise await _unreachable(child, options, init, reason) from None
    except (OSError, ValueError) as error:
        _close(data)
        raise await _unreachable(child, options, init, str(error)) from None
    except BaseException:
        _close(data)
        raise
    return connection


async def _ask(question: Question, connection: Connection, child: Child, options: Options) -> None:
    """Takes the child only if its schema fits. Raises `SpawnError`."""
    try:
        error = await _answer(question, connection)
    except SpawnError as unsaid:
        error = unsaid
    except BaseException:
        connection.close("this program gave up")
        raise
    if error is not None:
        connection.close("the child's schema does not fit")
        # The child's end is this side's doing.
        raised = steps.told(child, options, error, None)
        await wait_until(child, steps.exit, steps.KILLED)
        await connection.closed
        raise raised


async def _answer(question: Question, connection: Connection) -> SpawnError | None:
    remote = question.remote
    id, future = connection.calls.begin(remote, remote.request.encode(None), None)
    await asyncio.wait([future, connection.closed], timeout=question.left, return_when=asyncio.FIRST_COMPLETED)
    if not future.done():
        connection.calls.abandon(id)
        return question.unsaid("the connection ended") if connection.closed.done() else question.late()
    try:
        answer: bytes = future.result()
    except ProcwireError as error:
        return question.unsaid(error.message)
    # The loop goes on meanwhile.
    return await asyncio.to_thread(question.judge, answer)


def _close(data: socket.socket | None) -> None:
    if data is not None:
        data.close()


async def _unreachable(child: Child, options: Options, init: Init, reason: str) -> SpawnError:
    ended = await wait_until(child, steps.exit, steps.LAST_WORDS)
    return steps.unreached(child, options, init, reason, ended)
