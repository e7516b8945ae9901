"""Starting a child without a loop, step by step."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from ..asking import USUAL
from ..connection import CloseReason, Connection, Counts
from ..connection.subscriptions import Listener
from ..control import Init
from ..error import Code, ProcwireError
from ..following import Following
from ..parent import Child, Command, Options, Resolved, SpawnError, steps
from ..parent.difference import Question
from ..parent.peer import END_AFTER_LOSS, END_BY_FORCE, gone
from ..service import Service
from .line import Line
from .loop import LoopLine
from .pump import Pump
from .traced import TracedLine

Listeners = Callable[[list[Resolved], Counts], list[tuple[int, Listener]]]


def spawn(
    command: Command, services: Sequence[Service], options: Options, listeners: Listeners | None
) -> tuple[Child, Line, Init, steps.Agreement]:
    """Starts the program and waits in this thread until it serves. Raises `SpawnError`."""
    begun = steps.begin(command, options)
    child = begun.child
    try:
        init = _announced(child, options)
        agreement = steps.agree(begun, init, services, options, blocking=True)
        if isinstance(agreement, list):
            child.kill()
            child.block_for(steps.exit, steps.KILLED)
            raise steps.mismatched(child, options.name, agreement)
        line = _connect(begun, init, agreement, options, listeners)
        if agreement.question is not None:
            _ask(agreement.question, line, child, options)
    except BaseException:
        begun.drop()
        raise
    if options.heartbeat is not None:
        child.watch_over(options.heartbeat)
    return child, line, init, agreement


def _announced(child: Child, options: Options) -> Init:
    did = child.block_for(steps.first, options.init_timeout)
    # mypy infers the join of a union's members here.
    init = steps.announcement(child, options, did)  # type: ignore[arg-type]
    if isinstance(init, SpawnError):
        raise steps.told(child, options, init, child.block_for(steps.exit, steps.LAST_WORDS))
    return init


def _connect(
    begun: steps.Begun, init: Init, agreement: steps.Agreement, options: Options, listeners: Listeners | None
) -> Line:
    child, data = begun.child, None
    try:
        data = begun.carrier(init)
        is_pair = data is not None
        data = data or socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        data.settimeout(options.connect_timeout)
        if not is_pair:
            data.connect(init.pipe)
        data.sendall(agreement.first)

        def obituary(reason: CloseReason) -> ProcwireError:
            return _obituary(child, reason, options.name)

        if not agreement.terms.callbacks and listeners is None:
            pump = Pump(data, options.limits, obituary, agreement.terms, spin=options.spin)
            return _followed(pump, options)

        def listen(connection: Connection) -> None:
            for event, listener in listeners(agreement.resolved, connection.counts) if listeners else ():
                connection.subscriptions.listen(event, listener)

        return _followed(LoopLine(data, options, agreement, listen, obituary), options)
    except (OSError, ValueError) as error:
        _close(data)
        ended = child.block_for(steps.exit, steps.LAST_WORDS)
        raise steps.unreached(child, options, init, str(error), ended) from None
    except BaseException:
        _close(data)
        raise


def _ask(question: Question, line: Line, child: Child, options: Options) -> None:
    """Takes the child only if its schema fits. Raises `SpawnError`."""
    try:
        error = _answer(question, line)
    except SpawnError as unsaid:
        error = unsaid
    except BaseException:
        child.kill()
        line.discard()
        raise
    if error is not None:
        # The child's end is this side's doing.
        raised = steps.told(child, options, error, None)
        child.block_for(steps.exit, steps.KILLED)
        line.close()
        raise raised


def _answer(question: Question, line: Line) -> SpawnError | None:
    remote = question.remote
    try:
        answer: bytes = line.call(remote, remote.request.encode(None), USUAL, None)
    except ProcwireError as error:
        return question.late() if error.code is Code.DEADLINE_EXCEEDED else question.unsaid(error.message)
    return question.judge(answer)


def _followed(line: Line, options: Options) -> Line:
    return line if options.tracing is None else TracedLine(line, Following(options.tracing, options.name))


def _close(data: socket.socket | None) -> None:
    if data is not None:
        data.close()


def _obituary(child: Child, reason: CloseReason, name: str) -> ProcwireError:
    """Why nobody answers any more. Makes sure that the child has ended."""
    ended = None
    if reason.kind != "protocol":
        ended = child.block_for(steps.exit, END_AFTER_LOSS)
    if ended is None:
        child.end_lost(str(reason))
        ended = child.block_for(steps.exit, END_BY_FORCE)
    return gone(name, reason, ended)
