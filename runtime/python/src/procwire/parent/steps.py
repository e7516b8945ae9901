"""What the steps from a command to a child that serves say when they fail; the same for both parents."""

from __future__ import annotations

from ..constants import ID_AUTHENTICATE
from ..control import BadInit, Init, StartFailed
from ..frame import pack_header
from . import keeper
from .exit import Exit
from .options import Command, Options, words
from .process import Child, State
from .spawn_error import SpawnError

Did = Init | BadInit | StartFailed | Exit
"""What a child did first."""

LAST_WORDS = 0.25
"""Seconds that a child that failed may take to end, for the sake of its exit status and last words."""
KILLED = 2.0
"""Seconds that a child that was killed may take to be gone, on a machine that is busy: its socket is removed then."""


def begin(command: Command, options: Options) -> tuple[Child, str | None]:
    """Starts the program, and returns the token that it was given. It blocks for the time of a fork."""
    arguments = words(command)
    environment, token = options.environment()
    cwd = None if options.cwd is None else str(options.cwd)
    try:
        child = keeper.start(arguments, environment, cwd, options.on_stderr)
    except (OSError, ValueError) as error:
        reason = f"the program `{arguments[0]}` does not start: {error}"
        raise SpawnError("start", options.name, reason) from None
    return child, token


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
