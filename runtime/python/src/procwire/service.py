"""What generated code says of a service, as data. How calls travel is not known here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from .codec import Codec
from .error import Throws
from .schema import Schema

Response = Literal["result", "ack", "none", "stream"]
"""How a method answers."""
Parameters = Literal["none", "bare", "named"]
"""Whether a payload has no value, one value, or a record of named ones."""

Request = TypeVar("Request")
Answer = TypeVar("Answer")
Payload = TypeVar("Payload")


@dataclass(frozen=True, eq=False)
class Method(Generic[Request, Answer]):
    """A method of a service."""

    name: str
    """The name in Python."""
    wire: str
    """The name on the wire."""
    response: Response
    parameters: Parameters
    request: Codec[Request]
    answer: Codec[Answer]
    """The codec of the result, of the ack, or of one item."""
    throws: Throws = field(default=None, kw_only=True)
    """The errors that it declares."""
    raw: bool = field(default=False, kw_only=True)
    """Whether payloads are bytes as they are; then the two codecs are not asked."""
    timeout: float | None = field(default=None, kw_only=True)
    """How long a call may take where the caller does not say, in seconds; a stream until its end."""
    idempotent: bool = field(default=False, kw_only=True)
    """Whether a call may be sent again within its deadline."""
    since: str | None = field(default=None, kw_only=True)
    """The version that brought it, where a peer without it is fine."""
    fp: str | None = field(default=None, kw_only=True)
    """The fingerprint of its shape; `None` where nobody can describe a part of it."""


@dataclass(frozen=True, eq=False)
class Event(Generic[Payload]):
    """An event of a service."""

    name: str
    """The name in Python."""
    wire: str
    """The name on the wire."""
    parameters: Parameters
    payload: Codec[Payload]
    raw: bool = field(default=False, kw_only=True)
    since: str | None = field(default=None, kw_only=True)
    """The version that brought it, where a peer without it is fine."""
    fp: str | None = field(default=None, kw_only=True)
    """The fingerprint of its shape; `None` where nobody can describe a part of it."""


@dataclass(frozen=True, eq=False)
class Service:
    """A service: what a worker serves and a client calls."""

    name: str
    methods: tuple[Method[Any, Any], ...] = ()
    events: tuple[Event[Any], ...] = ()
    schema: Schema | None = field(default=None, kw_only=True)
    """What it was generated from, which a worker tells whoever asks."""


@dataclass(frozen=True, eq=False)
class Callbacks:
    """A namespace of callbacks: what a parent answers for its worker."""

    name: str
    """The namespace, which may have dots; a callback's name on the wire is its whole path."""
    methods: tuple[Method[Any, Any], ...] = ()
    schema: Schema | None = field(default=None, kw_only=True)
    """What it was generated from."""
