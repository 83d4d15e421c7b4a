"""What the sample service tells dashboards about the laboratory, counted anew every minute."""

import math
from datetime import UTC, datetime
from typing import get_args

from prometheus_client import Gauge

from nanopore_tracking.contracts.api.sample.samples import Exit
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.board import model, store
from nanopore_tracking.services.sample.board.model import Figures

_QUEUED = Gauge("laboratory_samples", "Open samples.", ("service", "stage", "status"))
_LONGEST_S = Gauge(
    "laboratory_longest_stay_seconds",
    "How long an open sample has been in its stage, at the most.",
    ("service", "stage"),
)
_SUBMISSIONS = Gauge("laboratory_submissions", "Open submissions.", ("service", "status"))
_ENDED = Gauge("laboratory_ended_samples", "Samples that ended within 30 days.", ("service", "outcome"))
_TURNAROUND_S = Gauge(
    "laboratory_turnaround_seconds",
    "From receipt to delivery, of samples delivered within 30 days; not a number where there are none.",
    ("service", "quantile"),
)
_READ = Gauge("laboratory_basecalled_samples", "Samples that were basecalled within 30 days.", ("service",))
_BASES = Gauge("laboratory_passed_bases", "Bases of the passed reads of these samples.", ("service",))
_MEAN_Q = Gauge(
    "laboratory_mean_qscore", "Their mean Q-score, each sample's weighted by its bases; 0 without any.", ("service",)
)


async def measure(runtime: Runtime) -> None:
    """Count; every replica does, so that none goes on telling what it knew while it led."""
    now = datetime.now(UTC)
    tell(runtime.name, await store.figures(runtime.db, now), now)


def tell(service: str, figures: Figures, now: datetime) -> None:
    """Set the metrics; what has become empty is 0."""
    for stage in model.BOARD:
        for status in model.OPEN:
            queue = figures.queues.get((stage, status))
            _QUEUED.labels(service, stage, status).set(queue.samples if queue else 0)
        _LONGEST_S.labels(service, stage).set(figures.longest_s(stage, now))
    for waiting in model.OPEN_SUBMISSIONS:
        _SUBMISSIONS.labels(service, waiting).set(figures.submissions.get(waiting, 0))
    for outcome in ("delivered", *get_args(Exit)):
        found = figures.ended.get(outcome)
        _ENDED.labels(service, outcome).set(found.samples if found else 0)
    delivered = figures.ended.get("delivered")
    took_s = (delivered and delivered.took_s) or (math.nan, math.nan)
    for quantile, seconds in zip(("0.5", "0.9"), took_s, strict=True):
        _TURNAROUND_S.labels(service, quantile).set(seconds)
    _READ.labels(service).set(figures.read.samples)
    _BASES.labels(service).set(figures.read.bases_bp)
    _MEAN_Q.labels(service).set(figures.read.mean_q)


JOBS = [Job(name="laboratory-figures", interval_s=60.0, run=measure, everywhere=True)]
