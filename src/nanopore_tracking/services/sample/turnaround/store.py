"""How long the stages took, counted by the database."""

from datetime import date
from pathlib import Path
from uuid import UUID

from nanopore_tracking.contracts.api.sample.clocks import Turnaround
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.turnaround import model

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def report(db: Reads, labs: Scope, *, first: date, last: date) -> Turnaround:
    """Return the report of the clocks that stopped on these days. labs: whose, None for all."""
    begins, ends = model.moments(first, last)
    times = await db.rows(Q.stage_times, scope=labs, begins=begins, ends=ends)
    causes = await db.rows(Q.breach_causes, scope=labs, begins=begins, ends=ends)
    return model.report(first, last, times=[dict(row) for row in times], causes=[dict(row) for row in causes])
