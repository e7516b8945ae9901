"""Spans of calls for OpenTelemetry, by its conventions for RPC.

It needs the package `opentelemetry-api` (`pip install procwire[opentelemetry]`), and does something where the program
has set an SDK up.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry import baggage, context, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from .metadata import Trace
from .tracing import Ending, Origin

__all__ = ["Tracing"]

_MESSAGE_EVENTS = 128
"""The events that a span of the usual SDK keeps."""
_CANCELLED = "cancelled"
_W3C = TraceContextTextMapPropagator()
_BAGGAGE = W3CBaggagePropagator()


class Tracing:
    """Follows calls with spans, for `tracing=` of `spawn` and of `run`.

    A call has a client span where it is made and a server span where its handler runs, in one trace. The server span is
    current while the handler runs. No argument and no answer ever stands in a span.
    """

    def __init__(self, tracer_provider: TracerProvider | None = None, *, message_events: int = _MESSAGE_EVENTS) -> None:
        """`tracer_provider` is the one that the program set, by default.

        `message_events` is how many items of a stream are events of its span, the first ones; all are counted.
        """
        self._provider = tracer_provider
        self._message_events = message_events
        self._tracer: Tracer | None = None

    def _begin(self, method: str, kind: SpanKind, parent: Context, server: str | None = None) -> Span:
        if self._tracer is None:
            # The provider may be set after this was made.
            self._tracer = trace.get_tracer("procwire", tracer_provider=self._provider)
        attributes = {"rpc.system.name": "procwire", "rpc.method": method, "network.transport": "unix"}
        if server is not None:
            attributes["server.address"] = server
        return self._tracer.start_span(method, parent, kind, attributes)

    def call(self, method: str, origin: Origin) -> _ClientSpan:
        """Begins the span of a call of this side."""
        parent = _parent(origin)
        span = self._begin(method, SpanKind.CLIENT, parent, origin.worker)
        return _ClientSpan(span, self._message_events, _trace(span, parent) or origin.trace)

    def serve(self, method: str, trace: Trace | None) -> _ServerSpan:
        """Begins the span of a call that this side serves."""
        parent = _remote(Context(), trace)
        return _ServerSpan(self._begin(method, SpanKind.SERVER, parent), self._message_events, parent)


class _CallSpan:
    __slots__ = ("_ended", "_limit", "_lock", "_messages", "_span")
    _type: str

    def __init__(self, span: Span, limit: int) -> None:
        self._span = span
        self._limit = limit
        self._messages = 0
        self._ended = False
        self._lock = threading.Lock()

    def message(self, size: int) -> None:
        self._messages += 1
        if self._messages <= self._limit:
            self._span.add_event(
                "rpc.message",
                {
                    "rpc.message.type": self._type,
                    "rpc.message.id": self._messages,
                    "rpc.message.uncompressed_size": size,
                },
            )

    def end(self, ending: Ending | None = None) -> None:
        # A garbage collection may end it in another thread.
        with self._lock:
            if self._ended:
                return
            self._ended = True
        span = self._span
        code = "ok" if ending is None else str(ending.code)
        span.set_attribute("rpc.status_code", code)
        if self._messages > 0:
            span.set_attribute("procwire.stream.messages", self._messages)
        if ending is not None and code != _CANCELLED:
            span.set_attribute("error.type", str(ending.type))
            span.set_status(Status(StatusCode.ERROR, ending.message))
        span.end()


class _ClientSpan(_CallSpan):
    __slots__ = ("trace",)
    _type = "RECEIVED"

    def __init__(self, span: Span, limit: int, told: Trace | None) -> None:
        super().__init__(span, limit)
        self.trace = told


class _ServerSpan(_CallSpan):
    __slots__ = ("context",)
    _type = "SENT"

    def __init__(self, span: Span, limit: int, parent: Context) -> None:
        super().__init__(span, limit)
        self.context = trace.set_span_in_context(span, parent)

    @contextmanager
    def current(self) -> Generator[None, None, None]:
        token = context.attach(self.context)
        try:
            yield
        finally:
            context.detach(token)


def _parent(origin: Origin) -> Context:
    """Where the span of a call belongs."""
    active = context.get_current()
    if origin.is_named:
        return _remote(active, origin.trace)
    served = origin.served
    if not isinstance(served, _ServerSpan):
        return active if _context(active).is_valid else _remote(active, origin.trace)
    # A span that the handler itself began is nearer than the one of its call.
    return active if _context(active).trace_id == _context(served.context).trace_id else served.context


def _context(of: Context) -> trace.SpanContext:
    return trace.get_current_span(of).get_span_context()


def _remote(base: Context, told: Trace | None) -> Context:
    """A context whose span is one of another process."""
    bare = trace.set_span_in_context(trace.INVALID_SPAN, base)
    if told is None:
        return bare
    carrier = {"traceparent": told.traceparent}
    if told.tracestate is not None:
        carrier["tracestate"] = told.tracestate
    found = _W3C.extract(carrier, bare)
    if told.baggage is None:
        return found
    return _BAGGAGE.extract({"baggage": told.baggage}, found)


def _trace(span: Span, parent: Context) -> Trace | None:
    """What tells the peer of a span; `None` where there is none that anybody could know."""
    if not span.get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, trace.set_span_in_context(span, parent))
    if baggage.get_all(parent):
        _BAGGAGE.inject(carrier, parent)
    return Trace(carrier["traceparent"], carrier.get("tracestate"), carrier.get("baggage"))
