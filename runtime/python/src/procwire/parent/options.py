"""What a parent may choose, and what a child is started with."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypedDict

from ..connection import Limits
from ..connection.terms import FD
from ..constants import (
    CALL_TIMEOUT,
    CONNECT_TIMEOUT,
    DESCRIPTOR_VARIABLE,
    EXTENSIONS,
    INIT_TIMEOUT,
    MODULE_VARIABLE,
    SHUTDOWN_GRACE,
    TOKEN_VARIABLE,
    VARIABLE_PREFIX,
)
from ..tracing import Tracing
from .callbacks import CallbacksOption
from .keeper import StderrSink
from .process import Heartbeat

Command: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""A program and its arguments; a single text is a program without arguments, and no shell reads it."""

_TOKEN_BYTES = 32


class SpawnOptions(TypedDict, total=False):
    """What a parent may say when it starts a worker; `Client.spawn` says what each means."""

    callbacks: CallbacksOption | None
    name: str | None
    env: Mapping[str, str] | None
    inherit_env: Sequence[str] | None
    cwd: str | os.PathLike[str] | None
    call_timeout: float | None
    init_timeout: float
    connect_timeout: float
    shutdown_grace: float
    heartbeat: tuple[float, float] | None
    token: bool
    limits: Limits | None
    spin: bool
    allow_missing: bool
    check_sent: bool
    tracing: Tracing | None
    check_schema: bool
    extensions: Sequence[str]
    tracebacks: bool
    on_stderr: StderrSink | None


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a parent may choose; the asynchronous and the synchronous one share it."""

    name: str
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    inherit_env: Sequence[str] | None = None
    cwd: str | os.PathLike[str] | None = None
    token: bool = True
    call_timeout: float | None = CALL_TIMEOUT
    init_timeout: float = INIT_TIMEOUT
    connect_timeout: float = CONNECT_TIMEOUT
    shutdown_grace: float = SHUTDOWN_GRACE
    heartbeat: Heartbeat | None = None
    limits: Limits = field(default_factory=Limits)
    spin: bool = True
    callbacks: CallbacksOption | None = None
    extensions: Sequence[str] = EXTENSIONS
    allow_missing: bool = False
    check_sent: bool = False
    tracing: Tracing | None = None
    check_schema: bool = True
    tracebacks: bool = False
    on_stderr: StderrSink | None = None

    @classmethod
    def of(cls, usual_name: str, given: SpawnOptions) -> Options:
        """From what a program said."""
        heartbeat = given.get("heartbeat")
        return cls(
            name=given.get("name") or usual_name,
            env=given.get("env") or {},
            inherit_env=given.get("inherit_env"),
            cwd=given.get("cwd"),
            token=given.get("token", True),
            init_timeout=given.get("init_timeout", INIT_TIMEOUT),
            connect_timeout=given.get("connect_timeout", CONNECT_TIMEOUT),
            shutdown_grace=given.get("shutdown_grace", SHUTDOWN_GRACE),
            heartbeat=None if heartbeat is None else Heartbeat(*heartbeat),
            call_timeout=given.get("call_timeout", CALL_TIMEOUT),
            limits=given.get("limits") or Limits(),
            spin=given.get("spin", True),
            callbacks=given.get("callbacks"),
            allow_missing=given.get("allow_missing", False),
            check_sent=given.get("check_sent", False),
            tracing=given.get("tracing"),
            check_schema=given.get("check_schema", True),
            extensions=tuple(given.get("extensions", EXTENSIONS)),
            tracebacks=given.get("tracebacks", False),
            on_stderr=given.get("on_stderr"),
        )

    @property
    def offers_pair(self) -> bool:
        """Whether the child is given one end of a socket pair."""
        return FD in self.extensions

    def environment(self, pair: int | None) -> tuple[dict[str, str], str | None]:
        """The child's environment, and the token that it was given; `pair` is the descriptor that is left to it."""
        # A child of ours may itself have a parent; what that one said is not for this child.
        inherits = os.environ if self.inherit_env is None else set(self.inherit_env)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name in inherits and not name.startswith(VARIABLE_PREFIX)
        }
        environment.update(self.env)
        environment[MODULE_VARIABLE] = self.name
        environment.pop(TOKEN_VARIABLE, None)
        environment.pop(DESCRIPTOR_VARIABLE, None)
        if pair is not None:
            environment[DESCRIPTOR_VARIABLE] = f"{pair}:{os.getpid()}"
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
