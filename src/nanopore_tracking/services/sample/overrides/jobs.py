"""What happens to overrides by the clock: one that nobody confirmed in time has expired."""

from datetime import UTC, datetime

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.overrides import commands, store


async def expire(runtime: Runtime) -> None:
    """Let the overrides expire whose time is over."""
    for override_id in await store.too_late(runtime.db, datetime.now(UTC)):
        async with runtime.db.transaction(runtime.call()) as tx:
            await commands.expire(tx, override_id)


JOBS = [Job(name="expire-overrides", interval_s=60.0, run=expire)]
