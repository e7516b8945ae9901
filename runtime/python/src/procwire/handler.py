"""How a generated worker declares its handlers: a signature, not a method.

A class of the user's overrides the declaration, with or without `cx`, as a plain function or as a coroutine. As a method
of a base class it could not be overridden in both ways: an overriding method may not ask for a keyword that the base
does not have, nor lack one that it has. So a declaration is a value, of the type of everything that may stand for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeAlias, TypeVar, TypeVarTuple

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Ts = TypeVarTuple("Ts")

DECLARED = "_procwire_declared"
"""The attribute of a declaration that nothing has overridden."""


class _WithContext(Protocol[R_co, *Ts]):
    def __call__(self, *args: *Ts, cx: Any) -> R_co: ...


# Pyright compares the function itself, with `self` in front; mypy compares the method.
Handler: TypeAlias = Callable[[Any, *Ts], R] | Callable[[*Ts], R] | _WithContext[R, Any, *Ts] | _WithContext[R, *Ts]
"""What may stand for a handler: with `cx` as a keyword, or without."""


def handler(declared: Callable[[Any, *Ts], R]) -> Handler[*Ts, Awaitable[R] | R]:
    """Declares a handler that answers once."""
    made: Handler[*Ts, Awaitable[R] | R] = _declared(declared)
    return made


def stream_handler(declared: Callable[[Any, *Ts], R]) -> Handler[*Ts, AsyncIterable[R] | Iterable[R]]:
    """Declares a handler that answers with a stream; `declared` returns one item."""
    made: Handler[*Ts, AsyncIterable[R] | Iterable[R]] = _declared(declared)
    return made


def _declared(function: Any) -> Any:
    setattr(function, DECLARED, True)
    return function
