"""Takes spans as a collector does: OTLP over HTTP, as protobuf, by the official definitions.

It says `listening PORT` once it does; `GET /spans` gives all that came, as JSON.
"""

import json
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

Json = dict[str, object]
lock = Lock()
spans: list[Json] = []


def plain(value: AnyValue) -> object:
    """The value of an attribute."""
    kind = value.WhichOneof("value")
    found: object = None if kind is None else getattr(value, kind)
    return found if isinstance(found, (str, int, float, bool)) else str(found)


def attributes(of: list[KeyValue]) -> Json:
    """Attributes by their keys."""
    return {entry.key: plain(entry.value) for entry in of}


def read(body: bytes) -> list[Json]:
    """The spans of one request."""
    request = ExportTraceServiceRequest.FromString(body)
    return [
        {
            "service": attributes(list(resource.resource.attributes)).get("service.name"),
            "scope": scope.scope.name,
            "name": span.name,
            "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
            "trace": span.trace_id.hex(),
            "span": span.span_id.hex(),
            "parent": span.parent_span_id.hex(),
            "status": Status.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_"),
            "message": span.status.message,
            "attributes": attributes(list(span.attributes)),
            "events": [{"name": event.name, **attributes(list(event.attributes))} for event in span.events],
            "dropped": span.dropped_events_count + span.dropped_attributes_count,
            "took": span.end_time_unix_nano - span.start_time_unix_nano,
        }
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


class Receiver(BaseHTTPRequestHandler):
    """One connection of an exporter, or of the test."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Takes spans."""
        length = self.headers["Content-Length"]
        body = self.chunks() if length is None else self.rfile.read(int(length))
        if self.headers["Content-Encoding"] == "gzip":
            body = decompress(body)
        if self.path != "/v1/traces" or self.headers["Content-Type"] != "application/x-protobuf":
            self.answer(404, b"", "text/plain")
            return
        found = read(body)
        with lock:
            spans.extend(found)
        self.answer(200, ExportTraceServiceResponse().SerializeToString(), "application/x-protobuf")

    def chunks(self) -> bytes:
        """A body that comes in pieces, each with its length before it."""
        body = b""
        while length := int(self.rfile.readline(), 16):
            body += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def do_GET(self) -> None:
        """Tells what came."""
        with lock:
            body = json.dumps(spans).encode()
        self.answer(200, body, "application/json")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        """Sends a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(f"listening {server.server_port}", flush=True)
    server.serve_forever()
