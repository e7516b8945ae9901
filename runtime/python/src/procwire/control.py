"""The control plane: one JSON-RPC 2.0 notification a line, as functions over bytes.

Nothing here reads or writes a descriptor. `Lines` cuts what came into lines, `parse` says what a line means, and the
`print_*` functions give the bytes that go out in one write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from .constants import CONTROL_VERSION, ID_RESERVED, LINE_LIMIT, RESPONSES


@dataclass(frozen=True)
class AnnouncedMethod:
    """A method as `$init` announces it."""

    id: int
    response: str
    raw: bool = False
    timeout: float | None = None
    """Seconds that a call may take; 0 is for ever."""


@dataclass(frozen=True)
class Init:
    """What a child announces: where it listens and what it serves."""

    pipe: str
    methods: dict[str, AnnouncedMethod] = field(default_factory=dict[str, AnnouncedMethod])
    events: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class BadInit:
    """An `$init` that cannot be used, with the reason."""

    reason: str


@dataclass(frozen=True)
class Ping:
    """Asks whether the child is alive."""


@dataclass(frozen=True)
class Pong:
    """Says that the child is alive."""


@dataclass(frozen=True)
class Shutdown:
    """Asks the child to end."""

    grace: float | None
    """Seconds that handlers may go on, where the parent said so."""


@dataclass(frozen=True)
class StartFailed:
    """The child says why it cannot start."""

    message: str


Message = Init | BadInit | Ping | Pong | Shutdown | StartFailed


def parse(line: bytes) -> Message | None:
    """Says what a line means; `None` for anything else: a print of the program, or a message of another protocol."""
    # Most noise is told apart without a JSON parser, since programs print a lot.
    if not line.lstrip().startswith(b"{"):
        return None
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not _is_object(value):
        return None
    params = value.get("params")
    if not _is_object(params):
        params = {}
    match value.get("method"):
        case "$init":
            try:
                return _init(params)
            except _Unusable as reason:
                return BadInit(str(reason))
        case "$ping":
            return Ping()
        case "$pong":
            return Pong()
        case "$shutdown":
            grace = _count(params.get("grace_ms"))
            return Shutdown(None if grace is None else grace / 1000)
        case "$error":
            message = params.get("message")
            return StartFailed(message if isinstance(message, str) else "no message was given")
        case _:
            return None


class _Unusable(Exception):
    pass


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _count(value: object) -> int | None:
    """A whole number that is not negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _init(params: dict[str, object]) -> Init:
    pipe = params.get("pipe")
    if not isinstance(pipe, str) or not pipe:
        raise _Unusable("`params.pipe` must be a path")
    schema = params.get("schema")
    if not _is_object(schema):
        raise _Unusable("`params.schema` must be an object")
    methods = {name: _method(name, entry) for name, entry in _entries(schema, "methods")}
    events = {name: _id("event", name, entry) for name, entry in _entries(schema, "events")}
    return Init(pipe, methods, events)


def _entries(schema: dict[str, object], key: str) -> Iterator[tuple[str, dict[str, object]]]:
    entries = schema.get(key, {})
    if not _is_object(entries):
        raise _Unusable(f"`params.schema.{key}` must be an object")
    for name, entry in entries.items():
        yield name, entry if _is_object(entry) else {}


def _method(name: str, entry: dict[str, object]) -> AnnouncedMethod:
    response = entry.get("response")
    if not isinstance(response, str):
        raise _Unusable(f"method `{name}` has no response kind")
    if response not in RESPONSES:
        raise _Unusable(f"method `{name}` has the response kind `{response}`, expected result, stream, ack or none")
    timeout = _count(entry.get("timeout"))
    return AnnouncedMethod(
        _id("method", name, entry),
        response,
        raw=entry.get("codec") == "raw",
        timeout=None if timeout is None else timeout / 1000,
    )


def _id(what: str, name: str, entry: dict[str, object]) -> int:
    id = _count(entry.get("id"))
    if id is None:
        raise _Unusable(f"{what} `{name}` has no id")
    if not 1 <= id < ID_RESERVED:
        raise _Unusable(f"{what} `{name}` has the id {id}, expected 1 to {ID_RESERVED - 1}")
    return id


def _line(method: str, params: Mapping[str, Any] | None = None) -> bytes:
    """A line between two line ends, in one piece: a print without an end cannot glue to it."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    if params is not None:
        message["params"] = params
    return b"\n" + json.dumps(message, separators=(",", ":")).encode() + b"\n"


def print_ping() -> bytes:
    """Asks the child whether it is alive."""
    return _line("$ping")


def print_pong() -> bytes:
    """Says that the child is alive."""
    return _line("$pong")


def print_shutdown(grace: float) -> bytes:
    """Asks the child to end within so many seconds."""
    return _line("$shutdown", {"grace_ms": int(grace * 1000)})


def print_error(message: str) -> bytes:
    """Says why the child cannot start."""
    return _line("$error", {"message": message})


def print_init(
    pipe: str, methods: Mapping[str, Mapping[str, object]], events: Mapping[str, Mapping[str, object]]
) -> bytes:
    """Announces the socket, and the methods and events in the order given."""
    schema = {"methods": methods, "events": events}
    return _line("$init", {"pipe": pipe, "schema": schema, "version": CONTROL_VERSION})


@dataclass(frozen=True)
class Piece:
    """One piece of what came: a whole line without its end, or a part of a line that is longer than any control line."""

    data: bytes
    is_line: bool


class Lines:
    """Cuts bytes into lines; holds no more than the longest line."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._overlong = False

    def push(self, data: bytes) -> list[Piece]:
        """Takes the bytes that came, and gives every piece that they complete."""
        pieces: list[Piece] = []
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            line = data[start : end + 1]
            start = end + 1
            if self._overlong or len(self._held) + len(line) > LINE_LIMIT + 1:
                self._flush(line, pieces)
                self._overlong = False
                continue
            whole = bytes(self._held) + line[:-1]
            self._held.clear()
            pieces.append(Piece(whole.removesuffix(b"\r"), is_line=True))
        rest = data[start:]
        if self._overlong or len(self._held) + len(rest) > LINE_LIMIT:
            self._flush(rest, pieces)
            self._overlong = True
        else:
            self._held += rest
        return pieces

    def finish(self) -> bytes:
        """Gives the line that had no end when the stream ended; empty where there is none."""
        held = bytes(self._held)
        self._held.clear()
        return held

    def _flush(self, more: bytes, pieces: list[Piece]) -> None:
        whole = bytes(self._held) + more
        self._held.clear()
        if whole:
            pieces.append(Piece(whole, is_line=False))
