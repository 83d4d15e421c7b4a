"""What happens to live runs by the clock: pages hear that nothing new comes, and old minutes are dropped."""

from datetime import UTC, datetime, timedelta

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.live_ticks import commands, store
from nanopore_tracking.services.sample.settings import Settings


async def drop_old(runtime: Runtime) -> None:
    """Delete the minutes of runs that got nothing new for LIVE_MINUTES_DAYS, in pieces so that nothing waits."""
    settings: Settings = runtime.settings
    before = datetime.now(UTC) - timedelta(days=settings.live_minutes_days)
    while not runtime.stopping:
        async with runtime.db.transaction(runtime.call()) as tx:
            if not await store.drop_old(tx, before):
                return


async def tell_quiet(runtime: Runtime) -> None:
    """Tell pages of the runs of which nothing new has come for LIVE_QUIET_S; each once, until something comes."""
    settings: Settings = runtime.settings
    quiet_at = datetime.now(UTC) - timedelta(seconds=settings.live_quiet_s)
    for run_id in await store.gone_quiet(runtime.db, quiet_at=quiet_at, quiet_s=settings.live_quiet_s):
        async with runtime.db.transaction(runtime.call()) as tx:
            await commands.tell(tx, run_id)


JOBS = [
    Job(name="tell-quiet-runs", interval_s=15.0, run=tell_quiet),
    Job(name="drop-live-minutes", interval_s=3600.0, run=drop_old),
]
