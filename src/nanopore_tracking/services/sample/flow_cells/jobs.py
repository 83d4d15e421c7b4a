"""What happens to flow cells by the clock: one that was not used in time has expired."""

from datetime import UTC, datetime

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.flow_cells import commands, store


async def expire(runtime: Runtime) -> None:
    """Let the flow cells expire whose shelf life is over."""
    today = datetime.now(UTC).date()
    for cell_id in await store.past_shelf_life(runtime.db, today):
        async with runtime.db.transaction(runtime.call()) as tx:
            await commands.expire_cell(tx, cell_id)


JOBS = [Job(name="expire-flow-cells", interval_s=3600.0, run=expire)]
