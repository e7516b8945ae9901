"""A method as this side serves it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from ..constants import ACK_ANSWER, END, ERROR_ANSWER, ITEM, RESULT_ANSWER, STREAM_ERROR, TO_PARENT
from ..payload import answer_coder, event_coder, request_coder
from ..service import Event, Method, Service
from .calls import RemoteMethod


class Style(Enum):
    """Where a handler runs, and what calling it gives."""

    TASK = auto()
    """A coroutine function, or for a stream anything that gives an asynchronous iterator: a task on the loop."""
    THREAD = auto()
    """A plain function or generator: a thread."""
    INLINE = auto()
    """A plain function or generator that was marked to run on the loop."""


class Served:
    """A method, its number on this connection and its handler."""

    __slots__ = (
        "answer",
        "answer_flags",
        "calls",
        "emit",
        "end_flags",
        "error_flags",
        "handler",
        "id",
        "is_builtin",
        "is_none",
        "is_stream",
        "item_flags",
        "name",
        "request",
        "response",
        "service",
        "spread",
        "style",
        "throws",
        "wants_context",
        "wire",
    )

    def __init__(
        self,
        service: str,
        method: Method[Any, Any],
        id: int,
        *,
        name: str,
        handler: Callable[..., Any],
        style: Style,
        spread: Callable[[Any], tuple[Any, ...]],
        wants_context: bool,
        emit: Callable[[Any], Any],
        calls: Callable[[Any], Any],
        to_parent: bool = True,
        check: bool = False,
        is_builtin: bool = False,
    ) -> None:
        direction = TO_PARENT if to_parent else 0
        self.id = id
        self.service = service
        """The service, or the namespace of a callback."""
        self.name = name
        """What the method is called in messages."""
        self.wire = method.wire
        self.response = method.response
        self.is_none = method.response == "none"
        self.is_stream = method.response == "stream"
        self.throws = method.throws
        self.request = request_coder(method)
        self.answer = answer_coder(method, check=check)
        self.answer_flags = direction | (ACK_ANSWER if method.response == "ack" else RESULT_ANSWER)
        self.item_flags = direction | ITEM
        self.end_flags = direction | END
        self.error_flags = direction | error_flags(method.response)
        self.handler = handler
        self.style = style
        self.spread = spread
        """The arguments of the handler, from what a request decodes to."""
        self.wants_context = wants_context
        self.emit = emit
        """Makes the typed emitter of the service."""
        self.calls = calls
        """Makes what calls the parent for a call."""
        self.is_builtin = is_builtin
        """Whether it is answered however busy this side is."""


def error_flags(response: str) -> int:
    """The flags of an error that answers a call of this kind."""
    return STREAM_ERROR if response == "stream" else ERROR_ANSWER


class EmittedEvent:
    """An event and its number on this connection."""

    __slots__ = ("id", "name", "payload")

    def __init__(self, service: Service, event: Event[Any], id: int, *, check: bool = False) -> None:
        self.id = id
        self.name = f"{service.name}.{event.name}"
        self.payload = event_coder(event, check=check)


class Table:
    """What one side serves: its methods by number, and the numbers of its events and of the callbacks it makes."""

    __slots__ = (
        "announced_callbacks",
        "announced_events",
        "announced_methods",
        "callbacks",
        "events",
        "methods",
        "missing",
    )

    def __init__(self) -> None:
        self.methods: dict[int, Served] = {}
        self.events: dict[Event[Any], EmittedEvent] = {}
        self.announced_methods: dict[str, dict[str, object]] = {}
        """What `$init` says of the methods, by name."""
        self.announced_events: dict[str, dict[str, object]] = {}
        self.callbacks: dict[Method[Any, Any], RemoteMethod] = {}
        """What a child calls at its parent."""
        self.announced_callbacks: dict[str, dict[str, object]] = {}
        self.missing: Callable[[int], tuple[int, str] | None] = _never
        """Of an id that no method has: the flags of the error that answers it and a sentence, where the peer may ask."""


def _never(_: int) -> None:
    return None
