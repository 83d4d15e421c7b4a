"""Sends spans to a collector over OTLP/HTTP with OpenTelemetry's own exporter; each service is a resource."""

import functools
import logging
import socket
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from nanopore_tracking import __version__
from nanopore_tracking.kernel.telemetry.trace import Span, Trace

_TIMEOUT_S = 5
_BATCH = 2000
_SCOPE = InstrumentationScope("nanopore-tracking", __version__)
_KINDS = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
# It tells of each batch that a collector did not take; the outlet tells it once.
logging.getLogger("opentelemetry.exporter.otlp").setLevel(logging.CRITICAL)


class Exporter:
    """Sends what is sampled."""

    def __init__(self, endpoint: str) -> None:
        """endpoint: the base address of a collector."""
        self._endpoint = endpoint.rstrip("/") + "/v1/traces"
        self._exporter = OTLPSpanExporter(endpoint=self._endpoint, timeout=_TIMEOUT_S)

    def take(self, spans: Sequence[Span]) -> None:
        """Send the spans; ConnectionError when the collector did not take them."""
        ready = [_readable(span) for span in spans if span.sampled]
        for first in range(0, len(ready), _BATCH):
            if self._exporter.export(ready[first : first + _BATCH]) is not SpanExportResult.SUCCESS:
                raise ConnectionError(f"{self._endpoint} did not take them")


@functools.cache
def _resource(service: str) -> Resource:
    """Return what a service of this process is called; one process may run several."""
    return Resource(
        {
            "service.name": service,
            "service.namespace": "nanopore-tracking",
            "service.version": __version__,
            "service.instance.id": socket.gethostname(),
            "telemetry.sdk.language": "python",
        }
    )


def _place(place: Trace, *, is_remote: bool) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED if place.sampled else TraceFlags.DEFAULT)
    return SpanContext(int(place.trace_id, 16), int(place.span_id, 16), is_remote=is_remote, trace_flags=flags)


def _readable(span: Span) -> ReadableSpan:
    parent = Trace(span.trace_id, span.parent_id, span.sampled) if span.parent_id else None
    return ReadableSpan(
        name=span.name,
        context=_place(span, is_remote=False),
        parent=None if parent is None else _place(parent, is_remote=span.kind in ("server", "consumer")),
        resource=_resource(span.service),
        attributes=span.attributes,
        links=[Link(_place(other, is_remote=True)) for other in span.links],
        kind=_KINDS[span.kind],
        status=Status(StatusCode.ERROR, span.error_text or None) if span.error else Status(),
        start_time=span.started_ns,
        end_time=span.ended_ns,
        instrumentation_scope=_SCOPE,
    )
