"""The last of three processes of one trace: a worker that calls its parent."""

import asyncio
from collections.abc import Iterator
from typing import Any

from chain import ChainWorker, ParentCalls, Step
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from procwire import Context
from procwire.opentelemetry import Tracing

provider = TracerProvider(resource=Resource.create({"service.name": "last"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("interop")


class Last(ChainWorker):
    """Serves what the second process asks."""

    async def total(self, count: int, *, cx: Context[Any, ParentCalls]) -> int:
        # A span of the program's own belongs to the call that it serves, and calls made in it belong to the span.
        with tracer.start_as_current_span("add up"):
            return sum([step.at async for step in cx.callbacks.desk.steps(count)])

    def steps(self, count: int, *, cx: Context[Any, ParentCalls]) -> Iterator[Step]:
        # A plain generator runs in a thread.
        with tracer.start_as_current_span("pass on"):
            yield from cx.callbacks.desk.steps(count)

    async def check(self, account: str) -> int:
        return len(account)

    async def tell(self, text: str) -> None:
        pass

    async def on_shutdown(self) -> None:
        await asyncio.to_thread(provider.shutdown)


if __name__ == "__main__":
    Last().run(tracing=Tracing())
