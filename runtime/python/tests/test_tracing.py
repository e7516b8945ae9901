"""Spans of calls with the SDK itself, as the calling side makes them; the test of three processes has the others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from desk import DeskClient, Trouble
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from procwire.opentelemetry import Tracing

PROGRAM = [sys.executable, str(Path(__file__).with_name("desk.py"))]


def quiet(data: bytes) -> None:
    """What workers say on stderr is of no interest here."""


OPTIONS: dict[str, Any] = {
    "env": {"PYTHONPATH": str(Path(__file__).parents[1] / "src")},
    "on_stderr": quiet,
    "name": "clerk",
}


class Spans:
    """What was exported."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracing = Tracing(self.provider, message_events=2)

    def take(self) -> ReadableSpan:
        """The one span that has ended since the last time."""
        (span,) = self.exporter.get_finished_spans()
        self.exporter.clear()
        return span


def told(span: ReadableSpan) -> tuple[str, str, str, object]:
    """The name, the code, the status and the error of a span."""
    assert span.kind is SpanKind.CLIENT
    attributes = dict(span.attributes or {})
    assert attributes["rpc.system.name"] == "procwire"
    assert attributes["rpc.method"] == span.name
    assert attributes["server.address"] == "clerk"
    method = span.name.partition("/")[2]
    return method, str(attributes["rpc.status_code"]), span.status.status_code.name, attributes.get("error.type")


def counted(span: ReadableSpan) -> tuple[object, int]:
    """How many items came, and how many of them are events."""
    assert {event.name for event in span.events} <= {"rpc.message"}
    return (span.attributes or {}).get("procwire.stream.messages"), len(span.events)


OK = ("ok", StatusCode.UNSET.name, None)
TROUBLE = ("declared", StatusCode.ERROR.name, "Trouble.OutOfLuck")
LEFT = ("cancelled", StatusCode.UNSET.name, None)


async def test_calls_of_an_asynchronous_client_have_spans() -> None:
    spans = Spans()
    async with DeskClient.spawn(PROGRAM, tracing=spans.tracing, **OPTIONS) as desk:
        await desk.add(2, 3)
        assert told(spans.take()) == ("add", *OK)
        await desk.poke()
        assert told(spans.take()) == ("poke", *OK)
        with pytest.raises(Trouble):
            await desk.fail("declared")
        assert told(spans.take()) == ("fail", *TROUBLE)
        assert [item.i async for item in desk.count(5)] == [0, 1, 2, 3, 4]
        span = spans.take()
        assert (told(span), counted(span)) == (("count", *OK), (5, 2))
        async with desk.count(100_000) as items:
            await anext(items)
        span = spans.take()
        assert (told(span), counted(span)) == (("count", *LEFT), (1, 1))
        with spans.provider.get_tracer("test").start_as_current_span("outer") as outer:
            await desk.add(2, 3)
            inner = spans.take()
        assert inner.parent is not None
        assert inner.parent.span_id == outer.get_span_context().span_id
        spans.take()
    # Nothing of the runtime's own is followed.
    assert spans.exporter.get_finished_spans() == ()


def test_calls_of_a_synchronous_client_have_spans() -> None:
    spans = Spans()
    with DeskClient.spawn_sync(PROGRAM, tracing=spans.tracing, **OPTIONS) as desk:
        desk.add(2, 3)
        assert told(spans.take()) == ("add", *OK)
        desk.poke()
        assert told(spans.take()) == ("poke", *OK)
        with pytest.raises(Trouble):
            desk.fail("declared")
        assert told(spans.take()) == ("fail", *TROUBLE)
        assert [item.i for item in desk.count(5)] == [0, 1, 2, 3, 4]
        span = spans.take()
        assert (told(span), counted(span)) == (("count", *OK), (5, 2))
        with desk.count(100_000) as items:
            next(items)
        span = spans.take()
        assert told(span) == ("count", *LEFT)
        assert desk.peer.health().ready
    assert spans.exporter.get_finished_spans() == ()
