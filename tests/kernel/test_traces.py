"""Spans reach a collector with the right parents, and only what failed, was slow or was chosen stays in the ring."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.telemetry import conventions, metrics, outlets, ring, trace
from nanopore_tracking.kernel.telemetry.trace import Span
from tests.harness.collector import Collector, Told, running_collector

HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = HEADER[:-1] + "0"
TRACE_ID = HEADER[3:35]


@pytest.fixture(autouse=True)
def off_again() -> Iterator[None]:
    yield
    trace.shutdown()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as found:
        yield found


def exported(collector: Collector) -> dict[str, Told]:
    trace.shutdown()
    return {span.name: span for span in collector.spans}


def test_spans_are_exported_as_children_of_who_called(collector: Collector) -> None:
    outlets.begin(collector.base_url, ratio=1)
    with conventions.serving("things", "GET", HEADER) as place:
        with trace.span("inner"):
            header = trace.traceparent()
        conventions.served(place, route="/things", status=200, request_id="request-1")
    with conventions.serving("things", "GET", UNSAMPLED):
        pass
    found = exported(collector)

    outer, inner = found["GET /things"], found["inner"]
    assert found.keys() == {"GET /things", "inner"}
    assert (outer.service, outer.kind, outer.trace_id) == ("things-service", "server", TRACE_ID)
    assert outer.attributes == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/things",
        "nanopore.request_id": "request-1",
    }
    assert (outer.parent_id, inner.parent_id) == (HEADER[36:52], outer.span_id)
    assert (inner.service, inner.kind, inner.error) == ("things-service", "internal", False)
    assert header == f"00-{TRACE_ID}-{inner.span_id}-01"
    assert not trace.on()


def test_the_first_span_of_a_trace_has_no_parent(collector: Collector) -> None:
    outlets.begin(collector.base_url, ratio=1)
    with conventions.serving("web", "BREW", ""):
        pass

    found = exported(collector)["HTTP"]
    assert (found.parent_id, found.service, found.attributes["http.request.method"]) == ("", "web", "_OTHER")


def test_a_stream_is_told_when_it_begins(collector: Collector) -> None:
    outlets.begin(collector.base_url, ratio=1)
    with conventions.serving("things", "GET", HEADER) as place:
        conventions.streaming(place, route="/changes", request_id="request-1")
        collector.until(lambda: collector.spans)
        conventions.served(place, route="/changes", status=500, request_id="request-1")
    (found,) = exported(collector).values()

    assert (found.name, found.error, found.attributes["http.response.status_code"]) == ("GET /changes", False, 200)


def test_a_failure_is_told_by_its_type_alone(collector: Collector) -> None:
    outlets.begin(collector.base_url, ratio=1)
    with trace.within(HEADER):
        with pytest.raises(ValueError, match="alice"), trace.span("raised"):
            raise ValueError("alice@example.org")
        with trace.span("answered"):
            trace.failed(errors.Unavailable("Alice is not here.", type="away"))
        with conventions.calling("others", "GET", "http://others:8000") as place:
            conventions.answered(place, 404)
        with pytest.raises(asyncio.CancelledError), trace.span("went away"):
            raise asyncio.CancelledError
    found = exported(collector)

    assert (found["raised"].error, found["raised"].attributes["error.type"]) == (True, "ValueError")
    assert found["answered"].attributes["error.type"] == "nanopore_tracking.kernel.errors.Unavailable"
    assert found["answered"].status_message == "away"
    assert (found["GET"].error, found["GET"].attributes["peer.service"]) == (False, "others-service")
    assert not found["went away"].error
    assert "alice" not in str(collector.spans).lower()


def test_events_go_on_in_the_trace_that_they_come_from(collector: Collector) -> None:
    outlets.begin(collector.base_url, ratio=1)
    message = conventions.Message("nanopore.things.made", "event-1", HEADER)
    with conventions.publishing("things", [message]) as (carried,):
        assert carried is not None
    with conventions.processing("others", [conventions.Message(message.subject, "event-1", carried)]), trace.span("in"):
        pass
    found = exported(collector)

    published, processed = found["publish nanopore.things.made"], found["process nanopore.things.made"]
    assert (published.kind, published.parent_id, published.service) == ("producer", HEADER[36:52], "things-service")
    assert (processed.kind, processed.parent_id, processed.service) == ("consumer", published.span_id, "others-service")
    assert published.attributes["messaging.operation.type"] == "send"
    assert processed.attributes["messaging.system"] == "nats"
    assert (found["in"].trace_id, found["in"].parent_id) == (TRACE_ID, processed.span_id)


def test_each_event_of_a_batch_is_told_in_its_own_trace(collector: Collector) -> None:
    outlets.begin(collector.base_url, ratio=1)
    other = HEADER.replace("4bf9", "5bf9")
    messages = [conventions.Message("nanopore.things.made", str(n), at) for n, at in enumerate([HEADER, other, None])]
    with conventions.processing("others", messages), trace.span("statement for all"):
        pass
    found = exported(collector)

    batch = found["process batch"]
    processed = [span for span in collector.spans if span.kind == "consumer"]
    assert {(span.trace_id, span.parent_id) for span in processed} == {(h[3:35], h[36:52]) for h in (HEADER, other)}
    assert all(span.links == ((batch.trace_id, batch.span_id),) for span in processed)
    assert set(batch.links) == {(span.trace_id, span.span_id) for span in processed}
    assert found["statement for all"].parent_id == batch.span_id
    assert batch.trace_id not in {span.trace_id for span in processed}


def test_a_collector_that_is_away_stops_nothing() -> None:
    outlets.begin("http://127.0.0.1:9", ratio=1)
    started_s = time.perf_counter()
    with trace.within(HEADER), trace.span("lost"):
        pass

    assert time.perf_counter() - started_s < 5


def test_a_share_of_new_traces_is_kept(collector: Collector) -> None:
    outlets.begin(collector.base_url, ratio=0.5)
    kept = sum(trace.new().sampled for _ in range(400))

    assert 100 < kept < 300


def test_measurements_lead_to_their_traces(collector: Collector) -> None:
    outlets.begin(collector.base_url, ratio=1)
    histogram = metrics.labelled(metrics.QUERY_S, "exemplary", "things.made")
    with trace.within(HEADER):
        histogram.observe(0.003, trace.exemplar())
    with trace.within(UNSAMPLED):
        histogram.observe(0.3, trace.exemplar())
    accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3"
    told = metrics.exposition(accept).decode()

    families = {family.name: family for family in text_string_to_metric_families(told)}  # type: ignore[no-untyped-call]
    samples = families["database_query_duration"].samples
    linked = [sample.exemplar for sample in samples if sample.labels["service"] == "exemplary" and sample.exemplar]
    assert [(one.labels, one.value) for one in linked] == [({"trace_id": TRACE_ID}, 0.003)]
    assert metrics.content_type(accept).startswith("application/openmetrics-text; version=1.0.0")
    assert metrics.content_type("*/*").startswith("text/plain")
    assert TRACE_ID.encode() not in metrics.exposition("*/*")
    assert REGISTRY.get_sample_value("database_query_duration_count", {"service": "exemplary", "query": "things.made"})


def test_without_an_outlet_a_measurement_leads_nowhere() -> None:
    with trace.within(HEADER):
        assert trace.exemplar() is None
        assert trace.exemplar_of([HEADER]) is None


class Clock:
    """Makes spans that began and ended when the test says so."""

    def __init__(self, folder: Path, most_bytes: int = 1 << 20) -> None:
        self.ring = ring.Ring(folder, most_bytes)
        self.folder = folder

    def span(
        self, trace_id: str, *, at_s: float, took_s: float = 0.01, kind: trace.Kind = "server", **more: str
    ) -> Span:
        """Return a span of a trace. more: whether it is sampled, and its error."""
        parent = trace.Trace(trace_id, "00f067aa0ba902b7", sampled=bool(more.get("sampled")))
        found = Span(
            f"at {at_s}", kind, parent, service="things-service", attributes={conventions.REQUEST_ID: f"r-{trace_id}"}
        )
        found.started_ns = int(at_s * 1e9)
        found.ended_ns = int((at_s + took_s) * 1e9)
        if more.get("error"):
            found.fail(more["error"])
        return found

    def names(self, name: str) -> list[str]:
        """Return what is found under an id."""
        return [span.name for spans in ring.find(self.folder, name) for span in spans]


def test_what_failed_or_was_slow_or_chosen_is_kept_as_a_whole(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "traces")
    usual, failed, slow, chosen = ("1" * 32, "2" * 32, "3" * 32, "4" * 32)
    clock.ring.take([clock.span(one, at_s=1) for one in (usual, failed, slow)])
    clock.ring.take(
        [
            clock.span(usual, at_s=2, took_s=9, kind="client"),
            clock.span(failed, at_s=2, kind="consumer", error="ValueError"),
            clock.span(slow, at_s=2, took_s=ring.SLOW_S * 2),
            clock.span(chosen, at_s=2, sampled="yes"),
        ]
    )
    clock.ring.take([clock.span(failed, at_s=4)])

    assert clock.names(usual) == []
    assert clock.names(failed) == ["at 1", "at 2", "at 4"]
    assert clock.names(slow) == ["at 1", "at 2"]
    assert clock.names(chosen) == clock.names(f"r-{chosen}") == ["at 2"]
    assert clock.names("r-none") == []
    assert (tmp_path / "traces").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "traces").iterdir()} == {0o600}


def test_a_trace_that_nothing_came_of_is_forgotten(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    one, other = "1" * 32, "2" * 32
    clock.ring.take([clock.span(one, at_s=1)])
    clock.ring.take([clock.span(other, at_s=30)])
    clock.ring.take([clock.span(one, at_s=31, error="ValueError"), clock.span(other, at_s=31, error="ValueError")])

    assert clock.names(one) == ["at 31"]
    assert clock.names(other) == ["at 30", "at 31"]


def test_the_files_stay_within_their_bounds_and_the_latest_are_there(tmp_path: Path) -> None:
    clock = Clock(tmp_path, most_bytes=64_000)
    ids = [f"{number:032x}" for number in range(1, 1001)]
    for number, trace_id in enumerate(ids):
        clock.ring.take([clock.span(trace_id, at_s=number, sampled="yes")])
    again = Clock(tmp_path, most_bytes=64_000)
    again.ring.take([again.span("f" * 32, at_s=2000, sampled="yes")])

    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 64_000
    assert clock.names(ids[0]) == []
    assert clock.names(ids[-1]) == ["at 999"]
    assert clock.names("f" * 32) == ["at 2000"]


def test_a_torn_line_hides_no_other(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.ring.take([clock.span("1" * 32, at_s=1, sampled="yes")])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes() + b'{"trace_id":"' + b"1" * 32)
    again = Clock(tmp_path)
    again.ring.take([again.span("1" * 32, at_s=2, sampled="yes")])

    assert clock.names("1" * 32) == ["at 1", "at 2"]
    assert list(tmp_path.iterdir()) == [file]
    assert ring.find(tmp_path / "nothing", "1" * 32) == []


def test_a_disk_that_is_full_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outlets.begin("", ratio=1, ring=tmp_path / "file" / "traces", ring_bytes=1 << 20)
    with trace.within(HEADER), trace.span("lost"):
        pass
    trace.shutdown()

    assert not trace.on()


def test_who_has_a_ring_alone_does_not_load_the_exporter(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from nanopore_tracking.kernel.telemetry import conventions, outlets, trace\n"
        f"outlets.begin('', ratio=1, ring=Path({str(tmp_path)!r}), ring_bytes=1 << 20)\n"
        "with conventions.serving('things', 'GET', ''): pass\n"
        "trace.shutdown(); print(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout == "False\n"
    assert list(tmp_path.iterdir())
