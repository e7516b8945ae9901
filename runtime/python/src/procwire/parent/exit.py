"""How a child ended, in words that a person can act on."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Exit:
    """How a child process ended, with what it last wrote on stderr."""

    code: int | None
    """The exit code, if the child ended by itself."""
    signal: int | None
    """The number of the signal that ended the child, if one did."""
    cause: str | None = None
    """Why this parent ended the child, if it did so by force: a lost heartbeat, a shutdown that took too long."""
    stderr: list[str] = field(default_factory=list[str])
    """The last lines that the child wrote on stderr, the newest last."""

    @classmethod
    def of(cls, returncode: int | None, cause: str | None, stderr: list[str]) -> Exit:
        """From the return code of `subprocess`, which is negative for a signal."""
        if returncode is None or returncode >= 0:
            return cls(returncode, None, cause, stderr)
        return cls(None, -returncode, cause, stderr)

    @property
    def success(self) -> bool:
        """Whether the child ended by itself with exit code 0."""
        return self.code == 0

    @property
    def status(self) -> str:
        """The status as a sentence's part."""
        if self.signal is not None:
            try:
                name = f" ({signal.Signals(self.signal).name})"
            except ValueError:
                name = ""
            return f"signal: {self.signal}{name}"
        return "its exit status is not known" if self.code is None else f"exit status: {self.code}"

    def __str__(self) -> str:
        cause = f", ended by its parent: {self.cause}" if self.cause is not None else ""
        return f"{self.status}{cause}{last_lines(self.stderr)}"


def last_lines(lines: list[str]) -> str:
    """The last lines of stderr, as a message ends with them."""
    if not lines:
        return ""
    return "; its last lines on stderr:" + "".join(f"\n    {line}" for line in lines)
