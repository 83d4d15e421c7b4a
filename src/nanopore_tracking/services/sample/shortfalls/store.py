"""Which samples of a run may be short, in the database."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.shortfalls.model import Asked

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def samples_of_run(db: Reads, run_id: UUID) -> list[Asked]:
    """Return the samples whose reads a run has and that are still worked on, by code."""
    return [Asked(**row) for row in await db.rows(Q.samples_of_run, run_id=run_id)]
