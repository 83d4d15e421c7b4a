"""What dashboards are told about how well forms are read, counted anew every minute."""

from prometheus_client import Gauge

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.ai.outcomes import model, store

_WORSE = Gauge("form_reading_drift", "1 where the last forms needed more corrections than those before.", ("service",))
_CORRECTED = Gauge(
    "form_reading_corrected_ratio", "Mean share of values that were corrected in the last accepted forms.", ("service",)
)


async def measure(runtime: Runtime) -> None:
    """Count; every replica does, so that none goes on telling what it knew while it led."""
    drift = model.drift(await store.corrected_shares(runtime.db))
    _WORSE.labels(runtime.name).set(drift.worse)
    _CORRECTED.labels(runtime.name).set(drift.last)


JOBS = [Job(name="form-figures", interval_s=60.0, run=measure, everywhere=True)]
