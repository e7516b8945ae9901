"""From the methods of a worker object to what a connection serves."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ..connection import EmittedEvent, Served, Style, Table
from ..constants import ID_RESERVED
from ..error import Code, ProcwireError
from ..handler import DECLARED
from ..service import Method

if TYPE_CHECKING:
    from .worker import Worker

Function = TypeVar("Function", bound=Callable[..., Any])

_INLINE = "_procwire_inline"


def inline(function: Function) -> Function:
    """Marks a plain handler, which would run in a thread, to run on the loop: it is fast, and never waits."""
    setattr(function, _INLINE, True)
    return function


def bind(workers: Sequence[Worker[Any]]) -> Table:
    """Numbers the methods and events of the workers, from 1 on, and finds their handlers."""
    table = Table()
    id = 0
    if not workers:
        raise _wrong("a worker needs at least one service")
    for worker in workers:
        service = worker._service
        emit = worker._emit
        for method in service.methods:
            id += 1
            if method.wire in table.announced_methods:
                raise _wrong(f"two services have the method `{method.wire}`")
            table.methods[id] = _served(worker, method, id, emit)
            announced: dict[str, object] = {"id": id, "response": method.response}
            if method.raw:
                announced["codec"] = "raw"
            table.announced_methods[method.wire] = announced
        for event in service.events:
            id += 1
            if event.wire in table.announced_events:
                raise _wrong(f"two services have the event `{event.wire}`")
            table.events[event] = EmittedEvent(service, event, id)
            table.announced_events[event.wire] = {"id": id}
    if id >= ID_RESERVED:
        raise _wrong(f"a worker serves at most {ID_RESERVED - 1} methods and events, these services have {id}")
    return table


def _wrong(message: str) -> ProcwireError:
    return ProcwireError(Code.INVALID_ARGUMENT, message)


def _served(worker: Worker[Any], method: Method[Any, Any], id: int, emit: Callable[[Any], Any]) -> Served:
    service = worker._service
    name = f"{type(worker).__name__}.{method.name}"
    handler = getattr(worker, method.name, None)
    if handler is None or getattr(handler, DECLARED, False):
        raise _wrong(f"{name} is not written; the service {service.name} has that method")
    positional, wants_context = _parameters(name, handler)
    return Served(
        service,
        method,
        id,
        handler=handler if positional else partial(_by_keyword, handler),
        style=_style(handler, method),
        spread=_spread(method, positional=positional),
        wants_context=wants_context,
        emit=emit,
    )


def _parameters(name: str, handler: Callable[..., Any]) -> tuple[bool, bool]:
    """Whether arguments may be given by position, and whether there is a `cx`."""
    try:
        parameters = inspect.signature(handler).parameters
    except (TypeError, ValueError):
        return True, False
    wants_context = False
    positional = True
    for parameter in parameters.values():
        if parameter.name == "cx":
            wants_context = True
            if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
                raise _wrong(f"the parameter `cx` of {name} cannot be given by name; write it after a `*`")
        elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
            wants_context = True
        elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            positional = False
    return positional, wants_context


def _style(handler: Callable[..., Any], method: Method[Any, Any]) -> Style:
    if inspect.iscoroutinefunction(handler) or inspect.isasyncgenfunction(handler):
        return Style.TASK
    return Style.INLINE if getattr(handler, _INLINE, False) else Style.THREAD


def _spread(method: Method[Any, Any], *, positional: bool) -> Callable[[Any], tuple[Any, ...]]:
    match method.parameters:
        case "none":
            return _nothing
        case "named" if positional:
            return msgspec.structs.astuple
        case _:
            return _single


def _nothing(_: object) -> tuple[Any, ...]:
    return ()


def _single(value: Any) -> tuple[Any, ...]:
    return (value,)


def _by_keyword(handler: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Calls a handler that has parameters after a `*`, with the record of them."""
    if len(arguments) == 1 and isinstance(arguments[0], msgspec.Struct):
        return handler(**msgspec.structs.asdict(arguments[0]), **more)
    return handler(*arguments, **more)
