"""Lets released deliveries expire whose link has ended."""

from datetime import UTC, datetime

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.deliveries import commands, model, store


async def expire(runtime: Runtime) -> None:
    """Expire each on its own, so that one that cannot keeps no other waiting."""
    for delivery_id in await store.over(runtime.db, datetime.now(UTC)):
        async with runtime.db.transaction(runtime.call()) as tx:
            await commands.expire(tx, delivery_id)


JOBS = [Job(name=model.JOB, interval_s=60.0, run=expire)]
