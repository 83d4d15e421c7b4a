"""Looks every quarter of an hour whether the log is whole: no number is missing in it, nor among those of any source.

It tells that an entry is gone or never came, not that one was forged.
"""

import structlog
from prometheus_client import Gauge

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.audit.entries import store

_VERIFIED = Gauge("audit_verified_timestamp_seconds", "When the log was last found to be whole.", ("service",))
_MISSING = Gauge("audit_missing_entries", "Entries that were missing when it was looked last.", ("service",))
_log = structlog.get_logger(__name__)


async def verify(runtime: Runtime) -> None:
    """Look once; every replica does, so that none goes on telling what it knew while it led."""
    holes = await store.find_holes(runtime.db)
    for hole in holes:
        _log.error("audit.entries_missing", source=hole.source, epoch=hole.epoch, missing=hole.missing)
    name = runtime.name
    _MISSING.labels(name).set(sum(hole.missing for hole in holes))
    if not holes:
        _VERIFIED.labels(name).set_to_current_time()


JOBS = [Job(name="verify-log", interval_s=900.0, run=verify, everywhere=True)]
