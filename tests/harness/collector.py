"""A collector that speaks OTLP over HTTP: takes what is exported, compressed or not, and answers properly."""

import contextlib
import gzip
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class Told:
    """A span as it arrived. service: of its resource; error: whether its status says so; links: (trace, span)."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    resource: dict[str, Any]
    error: bool
    status_message: str
    links: tuple[tuple[str, str], ...]
    took_s: float


class Collector:
    """What arrived so far. base_url: what OTEL_EXPORTER_OTLP_ENDPOINT is to be set to."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.spans: list[Told] = []

    def trace(self, trace_id: str) -> list[Told]:
        """Return the spans of a trace."""
        return [span for span in self.spans if span.trace_id == trace_id]

    def until(self, predicate: Callable[[], Any], within_s: float = 90) -> Any:
        """Return what the predicate gives as soon as it is true; to be called in a thread of its own."""
        deadline = time.monotonic() + within_s
        while not (found := predicate()):
            assert time.monotonic() < deadline, f"it did not come true; there are {self.spans}"
            time.sleep(0.05)
        return found


class _Handler(http.server.BaseHTTPRequestHandler):
    collector: Collector

    def do_POST(self) -> None:
        """Take an export."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/v1/traces":
            return self._answer(404, b"")
        if self.headers.get("Content-Type") != PROTOBUF:
            return self._answer(415, b"")
        try:
            plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            self.collector.spans += _told(ExportTraceServiceRequest.FromString(plain))
        except (DecodeError, OSError):
            return self._answer(400, b"")
        return self._answer(200, ExportTraceServiceResponse().SerializeToString())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", PROTOBUF)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Tell nothing."""


@contextlib.contextmanager
def running_collector() -> Iterator[Collector]:
    """Run a collector on a free port."""
    collector = Collector("")
    handler = type("Handler", (_Handler,), {"collector": collector})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    collector.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _told(request: ExportTraceServiceRequest) -> list[Told]:
    found = []
    for group in request.resource_spans:
        resource = {entry.key: _value(entry.value) for entry in group.resource.attributes}
        found += [_span(span, resource) for scope in group.scope_spans for span in scope.spans]
    return found


def _span(span: Span, resource: dict[str, Any]) -> Told:
    return Told(
        service=resource["service.name"],
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        attributes={entry.key: _value(entry.value) for entry in span.attributes},
        resource=resource,
        error=span.status.code == Status.STATUS_CODE_ERROR,
        status_message=span.status.message,
        links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
        took_s=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
    )


def _value(value: AnyValue) -> Any:
    return getattr(value, str(value.WhichOneof("value")))
