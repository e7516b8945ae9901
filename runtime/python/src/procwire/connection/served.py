"""A method as this side serves it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from ..constants import ACK_ANSWER, ERROR_ANSWER, RESULT_ANSWER, STREAM_ERROR, TO_PARENT
from ..payload import answer_coder, event_coder, request_coder
from ..service import Event, Method, Service


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
        "emit",
        "error_flags",
        "handler",
        "id",
        "is_none",
        "is_stream",
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
        service: Service,
        method: Method[Any, Any],
        id: int,
        *,
        handler: Callable[..., Any],
        style: Style,
        spread: Callable[[Any], tuple[Any, ...]],
        wants_context: bool,
        emit: Callable[[Any], Any],
    ) -> None:
        self.id = id
        self.service = service.name
        self.name = f"{service.name}.{method.name}"
        self.wire = method.wire
        self.response = method.response
        self.is_none = method.response == "none"
        self.is_stream = method.response == "stream"
        self.throws = method.throws
        self.request = request_coder(method)
        self.answer = answer_coder(method)
        self.answer_flags = TO_PARENT | (ACK_ANSWER if method.response == "ack" else RESULT_ANSWER)
        self.error_flags = TO_PARENT | (STREAM_ERROR if self.is_stream else ERROR_ANSWER)
        self.handler = handler
        self.style = style
        self.spread = spread
        """The arguments of the handler, from what a request decodes to."""
        self.wants_context = wants_context
        self.emit = emit
        """Makes the typed emitter of the service."""


class EmittedEvent:
    """An event and its number on this connection."""

    __slots__ = ("id", "name", "payload")

    def __init__(self, service: Service, event: Event[Any], id: int) -> None:
        self.id = id
        self.name = f"{service.name}.{event.name}"
        self.payload = event_coder(event)


class Table:
    """What one side serves: its methods by number, and the numbers of its events."""

    __slots__ = ("announced_events", "announced_methods", "events", "methods")

    def __init__(self) -> None:
        self.methods: dict[int, Served] = {}
        self.events: dict[Event[Any], EmittedEvent] = {}
        self.announced_methods: dict[str, dict[str, object]] = {}
        """What `$init` says of the methods, by name."""
        self.announced_events: dict[str, dict[str, object]] = {}
