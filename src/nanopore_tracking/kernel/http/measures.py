"""Counts requests and their time for Prometheus; a labelled metric is looked up once and kept."""

from prometheus_client import Counter, Histogram

from nanopore_tracking.kernel.telemetry import trace

_REQUESTS = Counter("http_requests_total", "Answered requests.", ("service", "method", "route", "status"))
_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ("service", "method", "route"),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Measures:
    """The metrics of one service's HTTP side."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._histograms: dict[tuple[str, str], Histogram] = {}

    def count(self, method: str, route: str, status: int, *, took_s: float | None) -> None:
        """Count one request. took_s: None for a stream, whose length says nothing."""
        if method not in _METHODS:
            method = "other"
        counter = self._counters.get((method, route, status))
        if counter is None:
            counter = _REQUESTS.labels(self._service, method, route, str(status))
            self._counters[method, route, status] = counter
            self._histograms[method, route] = _SECONDS.labels(self._service, method, route)
        counter.inc()
        if took_s is not None:
            self._histograms[method, route].observe(took_s, trace.exemplar())
