"""What a process tells: metrics under their names, log lines without secrets, traces that pass through."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from nanopore_tracking.kernel.telemetry import logs, metrics, trace

HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_the_metrics_have_the_names_that_others_rely_on() -> None:
    found: list[Any] = [
        metrics.EVENTS,
        metrics.QUEUE_SIZE,
        metrics.DEAD_LETTERS,
        metrics.PROCESSING_S,
        metrics.POOL_ACTIVE,
        metrics.POOL_SIZE,
        metrics.QUERY_S,
        metrics.SAGAS_ACTIVE,
        metrics.SAGAS_FAILED,
        metrics.BREAKER_STATE,
        metrics.BREAKER_FAILURES,
    ]
    names = {family.name for metric in found for family in metric.collect()}

    assert names == {
        "event_bus_events",
        "event_bus_queue_size",
        "event_bus_dead_letter_queue_size",
        "event_bus_processing_seconds",
        "database_connection_pool_active",
        "database_connection_pool_size",
        "database_query_duration",
        "saga_active_transactions",
        "saga_failed_transactions",
        "circuit_breaker_state",
        "circuit_breaker_failures",
    }
    metrics.labelled(metrics.EVENTS, "things", "published", "things.made", "done").inc()
    assert b"\nevent_bus_events_total{" in metrics.exposition()


def test_a_labelled_metric_is_looked_up_once() -> None:
    found = metrics.labelled(metrics.QUEUE_SIZE, "things")

    assert metrics.labelled(metrics.QUEUE_SIZE, "things") is found
    assert metrics.labelled(metrics.QUEUE_SIZE, "others") is not found


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.level, list(root.handlers), structlog.get_config()
    found = io.StringIO()
    logs.configure("info", stream=found)
    yield found
    structlog.configure(**before[2])
    root.setLevel(before[0])
    root.handlers[:] = before[1]


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_an_object_with_the_ids_of_its_work(stream: io.StringIO) -> None:
    with logs.bound(request_id="request-1"), trace.within(HEADER) as place:
        structlog.get_logger("things").info("made", n=1, time=None)
    structlog.get_logger("things").debug("not told")

    (line,) = lines(stream)
    assert line["time"].startswith("20")
    assert {name: line[name] for name in line if name != "time"} == {
        "event": "made",
        "level": "info",
        "n": 1,
        "request_id": "request-1",
        "trace_id": place.trace_id,
    }


def test_lines_of_libraries_have_the_same_form(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("cannot reach %s", "nats://alice:pw@nats:4222")
    logging.getLogger("asyncpg.pool").warning("not told")

    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == (
        "cannot reach nats://alice:[hidden]@nats:4222",
        "warning",
        "uvicorn.error",
    )


def test_an_exception_is_told_with_its_traceback(stream: io.StringIO) -> None:
    try:
        raise ValueError("npt_abcdefghijklmnop")
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("things").exception("failed")

    for line in lines(stream):
        assert (line["level"], "ValueError: [hidden]" in line["exception"]) == ("error", True)


def test_secrets_are_hidden(stream: io.StringIO) -> None:
    structlog.get_logger().info(
        "signed in with Bearer abc.def.ghi",
        password="pw",
        api_key="pw",
        header={"x": "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiI3In0.c2lnbmF0dXJl"},
        token_id="7",
        url="postgresql://alice:p%40w@db/things",
    )

    (line,) = lines(stream)
    del line["time"]
    assert line == {
        "event": "signed in with Bearer [hidden]",
        "level": "info",
        "password": "[hidden]",
        "api_key": "[hidden]",
        "header": {"x": "[hidden]"},
        "token_id": "7",
        "url": "postgresql://alice:[hidden]@db/things",
    }


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00",
        HEADER + "-00",
        HEADER.upper(),
        HEADER.replace("00-", "ff-", 1),
        HEADER[:-1],
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
    ],
)
def test_what_is_no_traceparent_is_not_taken(header: str | None) -> None:
    assert trace.parse(header) is None


def test_a_traceparent_passes_through() -> None:
    assert trace.traceparent() is None
    with trace.within(HEADER):
        assert trace.traceparent() == HEADER
        with trace.span("nothing"):
            assert trace.traceparent() == HEADER
    assert trace.parse("01-" + HEADER[3:] + "-more") == trace.parse(HEADER)


def test_new_traces_differ_and_are_not_kept_without_an_exporter() -> None:
    first, second = trace.new(), trace.new()

    assert first != second
    assert trace.parse(first.traceparent) == first
    assert not first.sampled


def test_a_span_that_is_off_costs_nothing() -> None:
    assert not trace.on()
    with trace.within(HEADER):
        assert trace.span("one") is trace.span("two") is trace.NOTHING
        assert trace.exemplar() is None


async def test_every_task_has_its_own_place() -> None:
    async def work() -> tuple[str | None, str]:
        with trace.within(None) as place:
            await asyncio.sleep(0)
            return trace.traceparent(), place.traceparent

    found = await asyncio.gather(*(work() for _ in range(5)))

    assert len({mine for mine, _ in found}) == 5
    assert all(mine == place for mine, place in found)


def test_what_is_no_json_is_told_all_the_same(stream: io.StringIO) -> None:
    structlog.get_logger().info("odd", path="\ud800", names={("a", "b"): 1}, kind=str)

    (line,) = lines(stream)
    assert (line["event"], line["kind"]) == ("odd", "<class 'str'>")
