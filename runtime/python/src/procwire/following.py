"""Calls that are followed with spans, on their way out."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from .asking import PLAIN, Asking
from .connection import Calls, RemoteMethod
from .connection.terms import Terms
from .tracing import ClientSpan, Origin, Tracing, failed_with, method_name


class Following:
    """Follows the calls that one connection makes."""

    __slots__ = ("_tracing", "_worker")

    def __init__(self, tracing: Tracing, worker: str | None) -> None:
        """`worker` is the name of the worker that is called; a child calls its parent, which has none."""
        self._tracing = tracing
        self._worker = worker

    def begin(self, remote: RemoteMethod, asking: Asking | None) -> ClientSpan:
        """Begins the span of a call."""
        said = asking or PLAIN
        context = said.context
        served = None if context is None or context._extra is None else context._extra.span
        outer = None if context is None else context.trace
        origin = Origin(served, said.trace or outer, said.trace is not None, self._worker)
        return self._tracing.call(method_name(remote.name, is_callback=self._worker is None), origin)

    @contextmanager
    def around(self, terms: Terms, remote: RemoteMethod, asking: Asking | None) -> Generator[Asking | None, None, None]:
        """Follows a call that is made here; gives what it is to be made with."""
        span = self.begin(remote, asking)
        try:
            yield told(terms, span, asking)
        except BaseException as error:
            span.end(failed_with(error))
            raise
        span.end()


def told(terms: Terms, span: ClientSpan, asking: Asking | None) -> Asking | None:
    """What a call is made with so that the peer knows of the span, where it can."""
    if span.trace is None or not terms.meta:
        return asking
    return replace(asking or PLAIN, trace=span.trace)


def following(calls: Calls[Any, Any], remote: RemoteMethod) -> Following | None:
    """What follows a call; the runtime's own questions are not followed."""
    found = calls.following
    return None if found is None or remote.name.startswith("$") else found
