"""The courses of acquisitions, made by the clock, so that taking a reading stays quick."""

from datetime import UTC, datetime

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.traces import model, store

#: A reading may have some MB.
_AT_ONCE = 8


async def follow(runtime: Runtime) -> None:
    """Make the course of each acquisition that was read since, a few at a time, until none is left."""
    while found := await store.untraced(runtime.db, _AT_ONCE):
        for acquisition_id, content_hash, reading in found:
            at = datetime.now(UTC)
            await store.keep(runtime.db, acquisition_id, model.trace(reading), content_hash=content_hash, at=at)


JOBS = [Job(name="acquisition-traces", interval_s=30.0, run=follow)]
