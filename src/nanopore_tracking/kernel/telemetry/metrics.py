"""The metrics that dashboards and alerts rely on by name, each with the label `service`; HTTP keeps its own."""

import functools
from typing import TypeVar

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder

_Metric = TypeVar("_Metric", Counter, Gauge, Histogram)
_QUICK_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)

#: direction: published (by the relay) or handled; outcome: done, failed, duplicate, parked.
EVENTS = Counter("event_bus_events_total", "Events published or handled.", ("service", "direction", "type", "outcome"))
QUEUE_SIZE = Gauge("event_bus_queue_size", "Events in the outbox that are not published yet.", ("service",))
QUEUE_AGE_S = Gauge("event_bus_queue_age_seconds", "Age of the oldest event that is not published.", ("service",))
DEAD_LETTERS = Gauge(
    "event_bus_dead_letter_queue_size", "Events that could not be handled and wait for a person.", ("service",)
)
WAITING_LETTERS = Gauge("event_bus_waiting_letter_queue_size", "Events that will be tried again.", ("service",))
PROCESSING_S = Histogram(
    "event_bus_processing_seconds", "Time to handle events of a source.", ("service", "source"), buckets=_QUICK_S
)
LAG = Gauge("event_bus_consumer_lag", "Events of a source that are not handled yet.", ("service", "source"))

POOL_ACTIVE = Gauge("database_connection_pool_active", "Connections in use.", ("service",))
POOL_SIZE = Gauge("database_connection_pool_size", "Open connections.", ("service",))
POOL_LIMIT = Gauge("database_connection_pool_limit", "Connections that are opened at the most.", ("service",))
POOL_WAITING = Gauge("database_connection_pool_waiting", "Uses that wait for a connection.", ("service",))
QUERY_S = Histogram("database_query_duration", "Seconds of one statement.", ("service", "query"), buckets=_QUICK_S)

SAGAS_ACTIVE = Gauge("saga_active_transactions", "Sagas that are neither done nor undone.", ("service",))
SAGAS_FAILED = Gauge("saga_failed_transactions", "Sagas that could be neither done nor undone.", ("service",))

#: 0 closed, 1 half open, 2 open.
BREAKER_STATE = Gauge("circuit_breaker_state", "0 closed, 1 half open, 2 open.", ("service", "breaker"))
BREAKER_FAILURES = Gauge(
    "circuit_breaker_failures", "Failed calls through a breaker since the start.", ("service", "breaker")
)


@functools.lru_cache(maxsize=10_000)
def labelled(metric: _Metric, *values: str) -> _Metric:
    """Return the metric for these label values; looked up once, as looking up costs more than counting."""
    return metric.labels(*values)


def exposition(accept: str = "") -> bytes:
    """Return all metrics of this process, as `content_type` says for the same header.

    accept: what the scraper asks for: OpenMetrics, which has exemplars, or else Prometheus' text format.
    """
    return choose_encoder(accept)[0](REGISTRY)


def content_type(accept: str = "") -> str:
    """Return the media type of `exposition`."""
    return choose_encoder(accept)[1]
