"""Removes what was counted of questions on days that are over."""

from datetime import UTC, datetime

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.ai.proposals import store


async def forget(runtime: Runtime) -> None:
    """Do it once."""
    async with runtime.db.transaction(runtime.call()) as tx:
        await store.forget(tx, datetime.now(UTC).date())


JOBS = [Job(name="language-model-askers", interval_s=3600.0, run=forget)]
