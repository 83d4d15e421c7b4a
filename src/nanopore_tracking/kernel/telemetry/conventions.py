"""What spans are called and what they tell, by OpenTelemetry's semantic conventions: no values, nothing of a person."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from nanopore_tracking.kernel.telemetry import trace
from nanopore_tracking.kernel.telemetry.trace import Attributes, Span, Trace

#: What problems and error pages show, so that a trace is found by it.
REQUEST_ID = "nanopore.request_id"

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_NAMES = {"web": "web", "process": "nanopore-tracking"}
_databases: dict[str, str] = {}


def service_name(service: str) -> str:
    """Return what a service is called where others see it: as its Deployment."""
    return _NAMES.get(service, f"{service}-service")


def serving(service: str, method: str, traceparent: str) -> AbstractContextManager[Trace]:
    """Answer a request: of the trace that its header names, or the first of a new one."""
    if not trace.on():
        return trace.within(traceparent)
    known = method if method in _METHODS else "_OTHER"
    attributes: Attributes = {"http.request.method": known}
    return trace.continued(
        traceparent, known.replace("_OTHER", "HTTP"), "server", service=service_name(service), attributes=attributes
    )


def served(place: Trace | None, *, route: str | None, status: int, request_id: str) -> None:
    """Tell how a request was answered. route: the declared path, None when there is none."""
    if not isinstance(place, Span) or place.ended_ns:
        return
    place.note({"http.response.status_code": status, REQUEST_ID: request_id})
    if route:
        place.name = f"{place.name} {route}"
        place.note({"http.route": route})
    if status >= 500:
        place.fail(str(status))


def streaming(place: Trace | None, *, route: str | None, request_id: str) -> None:
    """Tell of a request whose answer begins now and goes on as long as somebody listens, which says nothing."""
    served(place, route=route, status=200, request_id=request_id)
    if isinstance(place, Span):
        place.end()


def calling(peer: str, method: str, base_url: str) -> AbstractContextManager[Trace]:
    """Ask another service over HTTP; its answer's status is told by `answered`."""
    if not trace.recorded(trace.current()):
        return trace.NOTHING
    parts = urlsplit(base_url)
    attributes: Attributes = {
        "http.request.method": method,
        "server.address": parts.hostname or "",
        "server.port": parts.port or (443 if parts.scheme == "https" else 80),
        "peer.service": service_name(peer),
    }
    return trace.span(method, "client", attributes=attributes)


def answered(place: Trace, status: int) -> None:
    """Tell what another service answered; that it refused is an answer as well, and no failure of the call."""
    place.note({"http.response.status_code": status})
    if status >= 500:
        place.fail(str(status))


def know_database(service: str, url: str) -> None:
    """Learn the name of a service's database, which spans of its statements tell."""
    _databases[service] = urlsplit(url).path.strip("/")


def statement(service: str, query: str) -> AbstractContextManager[Trace]:
    """Run a statement of that name; neither its text nor its values are told."""
    attributes: Attributes = {
        "db.system.name": "postgresql",
        "db.query.summary": query,
        "db.namespace": _databases.get(service, service),
    }
    return trace.span(query, "client", service=service_name(service), attributes=attributes)


def working(service: str, job: str) -> AbstractContextManager[Trace]:
    """Do one run of a job, in a trace of its own."""
    return trace.continued(None, f"job {job}", "internal", service=service_name(service))


def stepping(service: str, step: str, traceparent: str | None) -> AbstractContextManager[Trace]:
    """Do or undo a step of a saga, in the trace in which it was started. step: its saga, its name, and which it is."""
    return trace.continued(traceparent, f"saga {step}", "internal", service=service_name(service))


@dataclass(frozen=True, slots=True)
class Message:
    """An event on the bus, as spans tell of it. traceparent: where the work that it comes from stood."""

    subject: str
    event_id: str
    traceparent: str | None
    request_id: str = ""


@contextmanager
def publishing(service: str, messages: Sequence[Message]) -> Iterator[list[str | None]]:
    """Publish messages at once; gives the header `traceparent` that each of them carries to who handles it."""
    spans: list[Span] = []
    carried = [message.traceparent for message in messages]
    for number, message in enumerate(messages):
        place = trace.parse(message.traceparent)
        if place is not None and trace.recorded(place):
            attributes = _of_message(message, "publish", "send", count=len(messages))
            span = Span(
                f"publish {message.subject}", "producer", place, service=service_name(service), attributes=attributes
            )
            carried[number] = span.traceparent
            spans.append(span)
    with _ended(spans):
        yield carried


def processing(service: str, messages: Sequence[Message]) -> AbstractContextManager[object]:
    """Handle messages: one in the trace that it comes from; several at once in a trace of their own.

    Of several, each is told in its own trace too, linked to that one: a statement for all of them has no single parent.
    """
    if len(messages) == 1:
        (message,) = messages
        attributes = _of_message(message, "process", "process", count=1)
        attributes["messaging.consumer.group.name"] = service_name(service)
        return trace.continued(
            message.traceparent,
            f"process {message.subject}",
            "consumer",
            service=service_name(service),
            attributes=attributes,
        )
    return _processing_many(service, messages)


@contextmanager
def _processing_many(service: str, messages: Sequence[Message]) -> Iterator[None]:
    name = service_name(service)
    spans = []
    for message in messages:
        place = trace.parse(message.traceparent)
        if place is not None and trace.recorded(place):
            attributes = _of_message(message, "process", "process", count=len(messages))
            attributes["messaging.consumer.group.name"] = name
            spans.append(Span(f"process {message.subject}", "consumer", place, service=name, attributes=attributes))
    if not spans:
        with trace.within(None):
            yield
        return
    attributes = {"messaging.system": "nats", "messaging.batch.message_count": len(messages)}
    batch = Span("process batch", "internal", trace.new(), service=name, attributes=attributes, is_root=True)
    batch.links = spans
    for span in spans:
        span.links = (batch,)
    with _ended(spans), batch:
        yield


@contextmanager
def _ended(spans: Sequence[Span]) -> Iterator[None]:
    """End the spans with what goes on within; when it fails, all of them failed."""
    try:
        yield
    except Exception as failure:
        for span in spans:
            span.fail(failure)
        raise
    finally:
        for span in spans:
            span.end()


def _of_message(message: Message, name: str, kind: str, *, count: int) -> Attributes:
    attributes: Attributes = {
        "messaging.system": "nats",
        "messaging.operation.name": name,
        "messaging.operation.type": kind,
        "messaging.destination.name": message.subject,
        "messaging.message.id": message.event_id,
    }
    if message.request_id:
        attributes[REQUEST_ID] = message.request_id
    if count > 1:
        attributes["messaging.batch.message_count"] = count
    return attributes
