"""Why a child could not be started."""

from __future__ import annotations

from typing import Literal

from ..error import Code, ProcwireError
from .exit import Exit, last_lines

SpawnErrorKind = Literal["start", "ended", "timeout", "refused", "malformed", "mismatch", "connect"]
"""At which step a start failed: the system could not start the program; it ended before it was ready; it did not
announce itself in time; it said itself why it cannot start; it announced itself in a form that cannot be used; it does
not serve what this program calls; its socket could not be reached."""


class SpawnError(ProcwireError):
    """A child could not be started. Its code is `unavailable`."""

    def __init__(
        self,
        kind: SpawnErrorKind,
        worker: str,
        reason: str,
        *,
        exit: Exit | None = None,
        stderr: list[str] | None = None,
    ) -> None:
        stderr = stderr if stderr is not None else exit.stderr if exit is not None else []
        status = f": {exit.status}" if exit is not None else ""
        message = f"worker `{worker}` could not be started: {reason}{status}{last_lines(stderr)}"
        super().__init__(Code.UNAVAILABLE, message)
        self.kind: SpawnErrorKind = kind
        """At which step the start failed."""
        self.exit = exit
        """How the child ended, where it ended by itself."""
        self.stderr = stderr
        """The last lines that the child wrote on stderr, the newest last."""

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> str | tuple[object, ...]:
        return (_again, (self.kind, self.message, self.exit, self.stderr))

    @property
    def exit_status(self) -> int | None:
        """The exit code of a child that ended by itself."""
        return self.exit.code if self.exit is not None else None

    @property
    def signal(self) -> int | None:
        """The number of the signal that ended the child, if one did."""
        return self.exit.signal if self.exit is not None else None


def _again(kind: SpawnErrorKind, message: str, exit: Exit | None, stderr: list[str]) -> SpawnError:
    error = SpawnError(kind, "", "", exit=exit, stderr=stderr)
    error.message = message
    error.args = (error.code, message, None)
    return error
