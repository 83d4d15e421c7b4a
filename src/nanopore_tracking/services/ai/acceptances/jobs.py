"""Makes calibrations anew, once enough new readings were looked at or another error rate is asked for."""

import asyncio

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.ai.acceptances import model, store
from nanopore_tracking.services.ai.outcomes import store as outcomes

#: The job that makes calibrations.
JOB = "form-calibrations"


async def calibrate(runtime: Runtime) -> None:
    """Make a calibration where one is due."""
    count, last = await outcomes.count(runtime.db), await store.last(runtime.db)
    asked = (await store.policy(runtime.db)).error_rate
    other = count > 0 and last is not None and last.error_rate != asked
    if not other and not model.due(count, last.outcome_count if last else None):
        return
    made = await asyncio.to_thread(model.make, await outcomes.seen(runtime.db), asked)
    async with runtime.db.transaction(runtime.call()) as tx:
        await store.keep(tx, last.version + 1 if last else 1, made, outcome_count=count, error_rate=asked)


JOBS = [Job(name=JOB, interval_s=30.0, run=calibrate)]
