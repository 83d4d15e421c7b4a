"""Takes ended spans from the loop without holding it up, and hands them on in a thread: to a collector, to the ring."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from nanopore_tracking.kernel.telemetry import trace
from nanopore_tracking.kernel.telemetry.trace import Span

_INTERVAL_S = 0.5
#: What comes faster than it can be handed on pushes out the oldest.
_MOST = 20_000
_CLOSE_S = 8.0

_log = structlog.get_logger("trace")


class Outlet:
    """Collects spans and gives them, all that came in half a second, to a function in a thread of its own."""

    def __init__(self, name: str, take: Callable[[Sequence[Span]], None], *, wants_all: bool = False) -> None:
        """take: called again and again, without spans too; what it raises is told once and ends nothing."""
        self.wants_all = wants_all
        self._name = name
        self._take = take
        self._waiting: deque[Span] = deque(maxlen=_MOST)
        self._stopping = threading.Event()
        self._in_trouble = False
        self._thread = threading.Thread(target=self._run, name=f"traces: {name}", daemon=True)
        self._thread.start()

    def put(self, span: Span) -> None:
        """Take a span, at once."""
        self._waiting.append(span)

    def close(self) -> None:
        """Hand on what is left."""
        self._stopping.set()
        self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        while not self._stopping.wait(_INTERVAL_S):
            self._hand_on()
        self._hand_on()

    def _hand_on(self) -> None:
        spans = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            self._take(spans)
        except Exception as failure:  # noqa: BLE001 (this is the edge of a thread: telling must not end what is told)
            if not self._in_trouble:
                _log.warning("traces are not kept", outlet=self._name, reason=str(failure))
            self._in_trouble = True
        else:
            if self._in_trouble and spans:
                _log.info("traces are kept again", outlet=self._name)
                self._in_trouble = False


def begin(endpoint: str, *, ratio: float, ring: Path | None = None, ring_bytes: int = 0) -> None:
    """Make spans from now on, for whatever is there to take them; without an endpoint and a ring, none.

    endpoint: the base address of a collector, as in OTEL_EXPORTER_OTLP_ENDPOINT; ring: a folder on this machine.
    """
    outlets = []
    if endpoint:
        from nanopore_tracking.kernel.telemetry.otlp import Exporter

        outlets.append(Outlet("collector", Exporter(endpoint).take))
    if ring is not None and ring_bytes:
        from nanopore_tracking.kernel.telemetry.ring import Ring

        outlets.append(Outlet("ring", Ring(ring, ring_bytes).take, wants_all=True))
    trace.configure(outlets, ratio=ratio)
