"""From the methods of a worker object to what a connection serves."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ..callbacks import CallbackScope
from ..codec import NOTHING, Codec
from ..connection import EmittedEvent, RemoteMethod, Served, Style, Table
from ..constants import BUILTINS, CALL_TIMEOUT
from ..context import Context
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


def bind(workers: Sequence[Worker[Any, Any]], lists: Lists | None = None, *, check: bool = False) -> Table:
    """Numbers the methods, events and callbacks of the workers, from 1 on, and finds their handlers.

    `lists` are the callbacks that a module names, instead of what its workers do.
    """
    table = Table()
    id = 0
    if not workers and lists is None:
        raise _wrong("a worker needs at least one service")
    for worker in workers:
        service = worker._service
        emit = worker._emit
        for method in service.methods:
            id += 1
            if method.wire in table.announced_methods:
                raise _wrong(f"two services have the method `{method.wire}`")
            table.methods[id] = served(
                worker,
                service.name,
                method,
                id,
                name=f"{service.name}.{method.name}",
                emit=emit,
                calls=partial(_calls, worker._calls),
                to_parent=True,
                check=check,
            )
            announced = _announced(method, id)
            if method.timeout is not None:
                announced["timeout"] = round(method.timeout * 1000)
            table.announced_methods[method.wire] = announced
        for event in service.events:
            id += 1
            if event.wire in table.announced_events:
                raise _wrong(f"two services have the event `{event.wire}`")
            table.events[event] = EmittedEvent(service, event, id, check=check)
            table.announced_events[event.wire] = {"id": id} if event.fp is None else {"id": id, "fp": event.fp}
    required, optional = lists or _lists(workers)
    for method, is_required in [*((one, True) for one in required), *((one, False) for one in optional)]:
        if method.wire in table.announced_callbacks:
            continue
        id += 1
        usual = CALL_TIMEOUT if method.response in ("result", "ack") else None
        timeout = usual if method.timeout is None else method.timeout
        table.callbacks[method] = RemoteMethod(method.wire, method, id, timeout, check=check)
        announced = _announced(method, id)
        if is_required:
            announced["required"] = True
        table.announced_callbacks[method.wire] = announced
    least = min(BUILTINS.values())
    if id >= least:
        raise _wrong(f"a worker has at most {least - 1} methods, events and callbacks, these services have {id}")
    return table


Lists = tuple[Sequence[Method[Any, Any]], Sequence[Method[Any, Any]]]
"""The callbacks that a worker cannot do without, and those that it can."""


def _lists(workers: Sequence[Worker[Any, Any]]) -> Lists:
    return (
        [method for worker in workers for method in worker._requires],
        [method for worker in workers for method in worker._optional],
    )


def _announced(method: Method[Any, Any], id: int) -> dict[str, object]:
    announced: dict[str, object] = {"id": id, "response": method.response}
    if method.raw:
        announced["codec"] = "raw"
    if method.fp is not None:
        announced["fp"] = method.fp
    return announced


def _calls(make: Callable[[Any], Any], context: Context[Any, Any]) -> Any:
    return make(CallbackScope(context._serving.connection, context))


class Health(msgspec.Struct, frozen=True):
    """How a worker is."""

    ready: bool
    """Whether it takes work."""
    running: int
    """Handlers that run."""
    waiting: int
    """Requests that wait for one to end."""


HEALTH: Method[None, Health] = Method("health", "$health", "result", "none", NOTHING, Codec(Health))
"""Asks a worker of ours how it is."""


def add_health(table: Table, healthy: Callable[[], bool]) -> None:
    """Lets a table answer `$health`."""

    def health(*, cx: Context[Any, Any]) -> Health:
        serving = cx._serving
        running = serving.live - serving.waiting
        return Health(not serving.refuses and healthy(), running, serving.waiting)

    _add_builtin(table, HEALTH, health)


SCHEMA: Method[None, Any] = Method("schema", "$schema", "result", "none", NOTHING, Codec(Any))
"""Asks a worker of ours what it was generated from."""


def add_schema(table: Table, form: Callable[[], object]) -> None:
    """Lets a table answer `$schema`."""

    def schema(*, cx: Context[Any, Any]) -> object:
        return form()

    _add_builtin(table, SCHEMA, schema)


def _add_builtin(table: Table, method: Method[Any, Any], handler: Callable[..., Any]) -> None:
    id = BUILTINS[method.wire]
    table.methods[id] = Served(
        "procwire",
        method,
        id,
        name=method.wire,
        handler=handler,
        style=Style.INLINE,
        spread=_nothing,
        wants_context=True,
        emit=_nothing,
        calls=_nothing,
        is_builtin=True,
    )
    table.announced_methods[method.wire] = _announced(method, id)


def _wrong(message: str) -> ProcwireError:
    return ProcwireError(Code.INVALID_ARGUMENT, message)


def served(
    owner: object,
    service: str,
    method: Method[Any, Any],
    id: int,
    *,
    name: str,
    emit: Callable[[Any], Any],
    calls: Callable[[Any], Any],
    to_parent: bool,
    check: bool,
) -> Served:
    """A method of an object, as a connection serves it. Raises `ProcwireError` where it is not written."""
    written = f"{type(owner).__name__}.{method.name}"
    handler = getattr(owner, method.name, None)
    if handler is None or getattr(handler, DECLARED, False):
        raise _wrong(f"{written} is not written; the service {service} has that method")
    positional, wants_context = _parameters(written, handler)
    return Served(
        service,
        method,
        id,
        name=name,
        handler=handler if positional else partial(_by_keyword, handler),
        style=_style(handler, method),
        spread=_spread(method, positional=positional),
        wants_context=wants_context,
        emit=emit,
        calls=calls,
        to_parent=to_parent,
        check=check,
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
