"""W3C trace context: which trace the present work belongs to, and spans over OTLP when an endpoint is configured.

Without an endpoint a span is nothing and OpenTelemetry is not even imported; trace ids still pass through.
"""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

_HEADER = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_NOTHING: AbstractContextManager[None] = nullcontext()


@dataclass(frozen=True, slots=True)
class Trace:
    """A place in a trace: 32 and 16 hexadecimal digits, and whether spans of it are kept."""

    trace_id: str
    span_id: str
    sampled: bool = True

    @property
    def traceparent(self) -> str:
        """As the header `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


class _Export:
    """What makes spans; nothing until `configure`."""

    tracer: "Tracer | None" = None
    provider: "TracerProvider | None" = None
    ratio: float = 0.0


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def parse(header: str | None) -> Trace | None:
    """Return the place that a `traceparent` header names; None without one or for one that is not well formed."""
    found = _HEADER.fullmatch(header) if header else None
    if found is None or (header and header.startswith("00") and len(header) != 55):
        return None
    return Trace(found[1], found[2], bool(int(found[3], 16) & 1))


def new() -> Trace:
    """Return a new trace; of all of them, the configured share is kept."""
    digits = os.urandom(24).hex()
    return Trace(digits[:32], digits[32:], sampled=int(digits[:8], 16) < _Export.ratio * 2**32)


def current() -> Trace | None:
    """Return where the present work stands; None outside of any trace."""
    return _current.get()


def traceparent() -> str | None:
    """Return the header for what is sent on from here; None outside of any trace."""
    found = _current.get()
    return None if found is None else found.traceparent


@contextmanager
def within(header: str | None) -> Iterator[Trace]:
    """Do what follows in the trace that the header names, or in a new one."""
    place = parse(header) or new()
    token = _current.set(place)
    try:
        yield place
    finally:
        _current.reset(token)


def on() -> bool:
    """Return whether spans are made."""
    return _Export.tracer is not None


def span(name: str, **attributes: str | int | float | bool) -> AbstractContextManager[None]:
    """Return a context that is told as a span of the present trace; one that costs nothing when spans are off."""
    tracer = _Export.tracer
    return _NOTHING if tracer is None else _recorded(tracer, name, attributes)


@contextmanager
def _recorded(tracer: "Tracer", name: str, attributes: dict[str, Any]) -> Iterator[None]:
    from opentelemetry import trace as api

    parent = _current.get() or new()
    flags = api.TraceFlags(api.TraceFlags.SAMPLED if parent.sampled else api.TraceFlags.DEFAULT)
    place = api.SpanContext(int(parent.trace_id, 16), int(parent.span_id, 16), is_remote=True, trace_flags=flags)
    context = api.set_span_in_context(api.NonRecordingSpan(place))
    with tracer.start_as_current_span(name, context=context, attributes=attributes) as made:
        mine = made.get_span_context()
        token = _current.set(Trace(f"{mine.trace_id:032x}", f"{mine.span_id:016x}", mine.trace_flags.sampled))
        try:
            yield
        finally:
            _current.reset(token)


def configure(endpoint: str, service: str, *, ratio: float = 1.0) -> None:
    """Make spans from now on and export them over OTLP/HTTP; an empty endpoint leaves them off.

    endpoint: the base address of a collector, as in OTEL_EXPORTER_OTLP_ENDPOINT; service: names this process; ratio:
    the share of the traces begun here that is kept; for others, who began them decides.
    """
    shutdown()
    if not endpoint:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _Export.provider, _Export.tracer, _Export.ratio = provider, provider.get_tracer("nanopore-tracking"), ratio


def shutdown() -> None:
    """Export what is left and make no more spans."""
    provider = _Export.provider
    _Export.provider, _Export.tracer, _Export.ratio = None, None, 0.0
    if provider is not None:
        provider.shutdown()
