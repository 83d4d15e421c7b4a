"""The forecast of the yield is tried on the laboratory's own finished runs whenever there are new ones."""

import asyncio
from datetime import UTC, datetime

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.forecasts import model, store


async def look_back(runtime: Runtime) -> None:
    """Make the backtest of each type of flow cell that has other finished runs than last time."""
    for product_code, fingerprint in await store.outdated(runtime.db):
        courses = await store.finished(runtime.db, product_code)
        found = await asyncio.to_thread(model.backtest, courses)
        at = datetime.now(UTC)
        await store.keep(runtime.db, product_code, found, courses=courses, fingerprint=fingerprint, at=at)


JOBS = [Job(name="yield-backtests", interval_s=300.0, run=look_back)]
