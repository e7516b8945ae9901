"""The serving side of a connection whose calls are followed."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import Any

from ..context import Context
from ..error import ProcwireError
from ..tracing import LEFT, Tracing, failed_with, method_name
from .served import Served
from .serving import Serving
from .telling import told


class TracedServing(Serving):
    """Gives each call a span, which is current while the handler runs.

    It is a class of its own so that a connection whose calls nobody follows asks nothing at all.
    """

    tracing: Tracing
    _beginning: Context[Any] | None = None
    """The call that is about to start, or to wait."""

    def _wait(self, call: Context[Any], payload: memoryview) -> None:
        self._follow(call)
        self._beginning = call
        try:
            super()._wait(call, payload)
        finally:
            self._beginning = None

    def _start(self, call: Context[Any], payload: bytes | memoryview, *, at_once: bool = False) -> None:
        self._follow(call)
        extra = call._extra
        if extra is None or extra.span is None:
            super()._start(call, payload, at_once=at_once)
            return
        self._beginning = call
        try:
            # A task and a thread take what is current along.
            with extra.span.current():
                super()._start(call, payload, at_once=at_once)
        finally:
            self._beginning = None

    def _follow(self, call: Context[Any]) -> None:
        method = call._method
        extra = call._more()
        if extra.span is None and not method.is_builtin:
            name = method_name(method.name, is_callback=method.name == method.wire)
            extra.span = self.tracing.serve(name, call.trace)

    def _refuse(self, method: Served, request: int, error: ProcwireError) -> None:
        call = self._beginning
        if call is not None and call._extra is not None and call._extra.span is not None:
            call._extra.span.end(failed_with(error))
        super()._refuse(method, request, error)

    def _run_inline(self, call: Context[Any], arguments: tuple[Any, ...]) -> None:
        try:
            super()._run_inline(call, arguments)
        finally:
            self._end_span(call)

    def _failed(self, call: Context[Any], raised: BaseException) -> None:
        error = told(call, raised, tracebacks=False)
        if call._extra is not None and call._extra.span is not None:
            call._extra.span.end(LEFT if error is None else failed_with(error))
        super()._failed(call, raised)

    def _ended(self, call: Context[Any]) -> None:
        self._end_span(call)
        super()._ended(call)

    def abort(self, request: int) -> None:
        call = self._served.get(request)
        super().abort(request)
        if call is not None and not call._started:
            self._end_span(call)

    def mute_all(self) -> None:
        waiting = [call for call, _ in self._waiting]
        super().mute_all()
        for call in waiting:
            self._end_span(call)

    def _end_span(self, call: Context[Any]) -> None:
        if call._extra is not None and call._extra.span is not None:
            call._extra.span.end(LEFT if call._aborted else None)
