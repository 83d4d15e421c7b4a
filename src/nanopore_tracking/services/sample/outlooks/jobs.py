"""How long it took from each stage to the delivery, counted anew by the clock."""

import asyncio
from datetime import UTC, datetime

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.outlooks import model, store


async def count(runtime: Runtime) -> None:
    """Keep how long it took the latest delivered samples from each stage on, and how forecasts of that did."""
    now = datetime.now(UTC)
    moves = await store.moves(runtime.db, now)
    for place, past in (await asyncio.to_thread(model.stays, moves)).items():
        made = await asyncio.to_thread(model.pace, past)
        await store.keep(runtime.db, place, made, count=len(past), at=now)


JOBS = [Job(name="stage-paces", interval_s=3600.0, run=count)]
