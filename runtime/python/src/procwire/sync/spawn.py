"""Starting a child without a loop, step by step."""

from __future__ import annotations

import socket
from collections.abc import Callable

from ..connection import CloseReason
from ..connection.subscriptions import Listener
from ..control import Init
from ..error import ProcwireError
from ..parent import Child, Command, Options, Resolved, SpawnError, resolve, steps
from ..parent.peer import END_AFTER_LOSS, END_BY_FORCE, gone
from ..service import Service
from .pump import Pump

Listeners = Callable[[Resolved, Pump], list[tuple[int, Listener]]]


def spawn(
    command: Command, service: Service, options: Options, listeners: Listeners
) -> tuple[Child, Pump, Init, Resolved]:
    """Starts the program and waits in this thread until it serves. Raises `SpawnError`."""
    child, token = steps.begin(command, options)
    try:
        init = _announced(child, options)
        resolved, mismatches = resolve(init, service, options.call_timeout)
        if mismatches:
            child.kill()
            child.block_for(steps.exit, steps.KILLED)
            raise steps.mismatched(child, options.name, mismatches)
        pump = _connect(child, init, token, options)
    except BaseException:
        child.kill()
        raise
    for event, listener in listeners(resolved, pump):
        pump.subscriptions.listen(event, listener)
    if options.heartbeat is not None:
        child.watch_over(options.heartbeat)
    return child, pump, init, resolved


def _announced(child: Child, options: Options) -> Init:
    did = child.block_for(steps.first, options.init_timeout)
    # mypy infers the join of a union's members here.
    init = steps.announcement(child, options, did)  # type: ignore[arg-type]
    if isinstance(init, SpawnError):
        raise steps.told(child, options, init, child.block_for(steps.exit, steps.LAST_WORDS))
    return init


def _connect(child: Child, init: Init, token: str | None, options: Options) -> Pump:
    data = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        data.settimeout(options.connect_timeout)
        data.connect(init.pipe)
        if token is not None:
            data.sendall(steps.token_frame(token))
        return Pump(data, options.limits, lambda reason: _obituary(child, reason, options.name), spin=options.spin)
    except (OSError, ValueError) as error:
        data.close()
        ended = child.block_for(steps.exit, steps.LAST_WORDS)
        raise steps.unreached(child, options, init, str(error), ended) from None
    except BaseException:
        data.close()
        raise


def _obituary(child: Child, reason: CloseReason, name: str) -> ProcwireError:
    """Why nobody answers any more. Makes sure that the child has ended."""
    ended = None
    if reason.kind != "protocol":
        ended = child.block_for(steps.exit, END_AFTER_LOSS)
    if ended is None:
        child.end_lost(str(reason))
        ended = child.block_for(steps.exit, END_BY_FORCE)
    return gone(name, reason, ended)
