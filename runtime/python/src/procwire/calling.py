"""What both clients do alike: requests to bytes, and functions that hear events."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .codec import DecodeError, EncodeError
from .connection import Counts, RemoteMethod
from .connection.subscriptions import Listener
from .error import Code, ProcwireError
from .metadata import EventContext
from .payload import event_coder
from .service import Event, Service


def encoded(remote: RemoteMethod, request: object, limit: int) -> bytes:
    """The payload of a request. Raises `ProcwireError` where it cannot be sent."""
    try:
        payload: bytes = remote.request.encode(request)
    except EncodeError as problem:
        raise ProcwireError(Code.INVALID_ARGUMENT, f"{remote.name} request cannot be encoded: {problem}") from None
    if len(payload) > limit:
        message = f"{remote.name} request has {len(payload)} bytes, above the {limit} that the peer takes"
        raise ProcwireError(Code.RESOURCE_EXHAUSTED, message)
    return payload


def known_events(service: Service, on: Mapping[str, Callable[..., object]]) -> list[Event[Any]]:
    """The events that functions are to hear. Raises `TypeError` where one is none of the service, or cannot hear."""
    events = {event.name: event for event in service.events}
    unknown = [name for name in on if name not in events]
    if unknown:
        known = ", ".join(events) or "none"
        raise TypeError(f"on= names no event of {service.name}: {', '.join(unknown)}; there are: {known}")
    for name, function in on.items():
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"the function that hears the event {name} is to be a plain one, which may start a task")
    return [events[name] for name in on]


def listener(
    event: Event[Any],
    function: Callable[..., object],
    counts: Counts,
    report: Callable[[str, Exception], None],
) -> Listener:
    """Hears an event with a function of the program, whose errors end nothing."""
    coder = event_coder(event)
    bare = event.parameters == "none"
    wants_context = _wants_context(function)

    def listen(payload: memoryview, context: EventContext) -> None:
        try:
            value = coder.decode(payload)
        except DecodeError:
            counts.events_undecodable += 1
            return
        try:
            values = () if bare else (value,)
            function(*values, cx=context) if wants_context else function(*values)
        except Exception as error:  # noqa: BLE001
            counts.panics += 1
            report(f"the function that hears the event {event.name} failed", error)

    return listen


def _wants_context(function: Callable[..., object]) -> bool:
    try:
        return "cx" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
