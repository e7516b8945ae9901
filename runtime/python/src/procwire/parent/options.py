"""What a parent may choose, and what a child is started with."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..connection import Limits
from ..constants import (
    CALL_TIMEOUT,
    CONNECT_TIMEOUT,
    INIT_TIMEOUT,
    MODULE_VARIABLE,
    SHUTDOWN_GRACE,
    TOKEN_VARIABLE,
    VARIABLE_PREFIX,
)
from .keeper import StderrSink
from .process import Heartbeat

Command: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""A program and its arguments; a single text is a program without arguments, and no shell reads it."""

_TOKEN_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a parent may choose; the asynchronous and the synchronous one share it."""

    name: str
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    cwd: str | os.PathLike[str] | None = None
    token: bool = True
    call_timeout: float | None = CALL_TIMEOUT
    init_timeout: float = INIT_TIMEOUT
    connect_timeout: float = CONNECT_TIMEOUT
    shutdown_grace: float = SHUTDOWN_GRACE
    heartbeat: Heartbeat | None = None
    limits: Limits = field(default_factory=Limits)
    spin: bool = True
    on_stderr: StderrSink | None = None

    def environment(self) -> tuple[dict[str, str], str | None]:
        """The child's environment, and the token that it was given."""
        # A child of ours may itself have a parent; what that one said is not for this child.
        environment = {name: value for name, value in os.environ.items() if not name.startswith(VARIABLE_PREFIX)}
        environment.update(self.env)
        environment[MODULE_VARIABLE] = self.name
        environment.pop(TOKEN_VARIABLE, None)
        token = secrets.token_hex(_TOKEN_BYTES) if self.token else None
        if token is not None:
            environment[TOKEN_VARIABLE] = token
        return environment, token


def words(command: Command) -> list[str]:
    """The program and its arguments as texts."""
    parts = [command] if isinstance(command, (str, os.PathLike)) else list(command)
    if not parts:
        raise ValueError("a command has at least a program")
    return [os.fspath(part) for part in parts]
