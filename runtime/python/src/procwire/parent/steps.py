"""What the steps from a command to a child that serves say when they fail; the same for both parents."""

from __future__ import annotations

import fcntl
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from ..connection.terms import CALLBACKS, Hello, PeerErrors, PeerLimits, Terms, common
from ..constants import DESCRIPTOR_PREFIX, ID_AUTHENTICATE, ID_HELLO
from ..control import BadInit, Init, StartFailed
from ..frame import pack_header
from ..service import Service
from . import keeper
from .agreement import Resolved, resolve
from .callbacks import Handlers, namespaces_of
from .difference import Question, differences
from .exit import Exit
from .options import Command, Options, words
from .process import Child, State
from .spawn_error import SpawnError

_FIRST_FREE = 3

Did = Init | BadInit | StartFailed | Exit
"""What a child did first."""

LAST_WORDS = 0.25
"""Seconds that a child that failed may take to end, for the sake of its exit status and last words."""
KILLED = 2.0
"""Seconds that a child that was killed may take to be gone, on a machine that is busy: its socket is removed then."""


@dataclass(frozen=True)
class Begun:
    """A program that was started."""

    child: Child
    token: str | None
    pair: socket.socket | None
    """This side's end of the pair whose other end the child was given."""
    number: int
    """The descriptor of that other end."""
    began: float = field(default_factory=time.monotonic)

    def drop(self) -> None:
        """Ends the child, which is of no use."""
        self.child.kill()
        if self.pair is not None:
            self.pair.close()

    def carrier(self, init: Init) -> socket.socket | None:
        """The pair where the child took it. Raises `ValueError` where it says another descriptor."""
        if not init.pipe.startswith(DESCRIPTOR_PREFIX):
            if self.pair is not None:
                self.pair.close()
            return None
        if self.pair is None or init.pipe != f"{DESCRIPTOR_PREFIX}{self.number}":
            given = f"{DESCRIPTOR_PREFIX}{self.number}" if self.pair is not None else "none"
            raise ValueError(f"it says the descriptor `{init.pipe}`, it was given {given}")
        return self.pair


def begin(command: Command, options: Options) -> Begun:
    """Starts the program. It blocks for the time of a fork."""
    arguments = words(command)
    cwd = None if options.cwd is None else str(options.cwd)
    try:
        ours, theirs = socket.socketpair() if options.offers_pair else (None, None)
        try:
            # Those below are the standard streams; a program may have closed its own.
            if theirs is not None and theirs.fileno() < _FIRST_FREE:
                theirs = _above(theirs)
            number = -1 if theirs is None else theirs.fileno()
            environment, token = options.environment(None if theirs is None else number)
            descriptors = () if theirs is None else (number,)
            child = keeper.start(arguments, environment, cwd, options.on_stderr, descriptors)
        except BaseException:
            if ours is not None:
                ours.close()
            raise
        finally:
            if theirs is not None:
                theirs.close()
    except (OSError, ValueError) as error:
        reason = f"the program `{arguments[0]}` does not start: {error}"
        raise SpawnError("start", options.name, reason) from None
    return Begun(child, token, ours, number)


def _above(low: socket.socket) -> socket.socket:
    """The same socket under a number that no standard stream has."""
    number = fcntl.fcntl(low.fileno(), fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE)
    low.close()
    return socket.socket(fileno=number)


@dataclass(frozen=True)
class Agreement:
    """What this program and a child that announced itself will do together."""

    resolved: list[Resolved]
    """Of each service that this program calls."""
    handlers: Handlers
    terms: Terms
    first: bytes
    """The frames that the connection begins with."""
    question: Question | None
    """What the child is asked before it is taken: both know members whose fingerprints differ."""


def agree(
    begun: Begun, init: Init, services: Sequence[Service], options: Options, *, blocking: bool
) -> Agreement | list[str]:
    """Compares both sides; where they do not fit, names everything at once."""
    resolved: list[Resolved] = []
    mismatches: list[str] = []
    for service in services:
        found, problems = resolve(
            init, service, options.call_timeout, allow_missing=options.allow_missing, check=options.check_sent
        )
        resolved.append(found)
        mismatches += problems
    pair = begun.pair is not None and init.pipe.startswith(DESCRIPTOR_PREFIX)
    # From a child that announces none nothing comes that is not asked for, and a client without a loop needs no thread.
    wanted = [name for name in options.extensions if not (blocking and name == CALLBACKS and not init.callbacks)]
    names = common(init.ext or (), wanted, pair=pair)
    handlers = Handlers(init, check=options.check_sent)
    if CALLBACKS in names:
        mismatches += handlers.clashes(options.callbacks) + handlers.lacking(options.callbacks)
    elif handlers.lacking(None):
        mismatches += [f"{problem}; callbacks are not in force" for problem in handlers.lacking(None)]
    if mismatches:
        return mismatches
    handlers.add(options.callbacks or ())
    limits = options.limits
    terms = Terms(limits.peer_payload, limits.window)
    first = token_frame(begun.token) if begun.token is not None else b""
    if init.ext is None:
        terms.reason = "the worker knows no extensions: it is made with @procwire/client, or they are off"
    else:
        terms.agree(names, init.limits, "the worker does not do that")
        paths = handlers.paths if terms.callbacks else msgspec.UNSET
        terms.tracebacks = init.tracebacks
        errors = PeerErrors(traceback=True) if options.tracebacks else msgspec.UNSET
        hello = Hello(names, PeerLimits(limits.payload, limits.window), paths, errors).encode()
        first += pack_header(ID_HELLO, 0, 0, len(hello)) + hello
    return Agreement(resolved, handlers, terms, first, _question(begun, init, services, options, terms))


def _question(begun: Begun, init: Init, services: Sequence[Service], options: Options, terms: Terms) -> Question | None:
    if not options.check_schema or init.ext is None:
        return None
    namespaces = namespaces_of(options.callbacks) if terms.callbacks else []
    found = differences(init, services, namespaces)
    if not found:
        return None
    return Question(init, found, options.name, options.init_timeout, begun.began + options.init_timeout)


def first(state: State) -> Did | None:
    """What a child did first."""
    return state.start or state.exit


def exit(state: State) -> Exit | None:
    """How a child ended."""
    return state.exit


def ends(state: State) -> bool | None:
    """Whether a child was asked to end."""
    return state.ends or None


def announcement(child: Child, options: Options, did: Did | None) -> Init | SpawnError:
    """What a child announced, or what is wrong with it. A child that goes on without a use is ended."""
    name = options.name
    match did:
        case Init():
            return did
        case BadInit(reason):
            child.kill()
            return SpawnError("malformed", name, f"its `$init` cannot be used: {reason}")
        case StartFailed(message):
            return SpawnError("refused", name, f"it says: {message}")
        case Exit():
            return SpawnError("ended", name, "it ended before it was ready", exit=did)
        case None:
            child.kill()
            reason = (
                f"it did not announce itself within {options.init_timeout:g} s; a worker writes `$init` on its stdout "
                "once it serves"
            )
            return SpawnError("timeout", name, reason, stderr=_lines(child))


def told(child: Child, options: Options, error: SpawnError, ended: Exit | None) -> SpawnError:
    """Adds what is known of the child's end, unless this side caused it."""
    if error.kind == "ended":
        return error
    # The child said that it cannot go on; one that does so is of no use.
    child.kill()
    reason = error.message.removeprefix(f"worker `{options.name}` could not be started: ")
    if error.kind == "refused" and ended is not None:
        return SpawnError("refused", options.name, reason, exit=ended)
    if error.kind == "timeout":
        return error
    return SpawnError(error.kind, options.name, reason, stderr=_lines(child))


def mismatched(child: Child, name: str, mismatches: list[str]) -> SpawnError:
    """Names everything that does not fit."""
    reason = f"it does not serve what this program calls: {'; '.join(mismatches)}"
    return SpawnError("mismatch", name, reason, stderr=_lines(child))


def unreached(child: Child, options: Options, init: Init, reason: str, ended: Exit | None) -> SpawnError:
    """The child's socket could not be reached."""
    if ended is not None:
        return SpawnError("ended", options.name, "it ended between its `$init` and the connection", exit=ended)
    message = f"its socket `{init.pipe}` cannot be reached: {reason}"
    return SpawnError("connect", options.name, message, stderr=_lines(child))


def token_frame(token: str) -> bytes:
    """The frame that a connection begins with where a token is set."""
    return pack_header(ID_AUTHENTICATE, 0, 0, len(token)) + token.encode()


def _lines(child: Child) -> list[str]:
    with child.lock:
        return child.state.tail.lines()
