"""What the report of a run is made of, in the database."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.services.sample.run_reports.model import ReadSet, Source

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def sources(db: Reads, run_id: UUID) -> Sequence[Source]:
    """Return what was read of a run, the largest acquisitions first."""
    found = []
    for row in await db.rows(Q.sources, run_id=run_id):
        reading = msgspec.json.decode(row["reading"], type=Reading)
        found.append(Source(**{**row, "reading": reading}))
    return found


async def sets(db: Reads, scope: Scope, run_id: UUID) -> Sequence[ReadSet]:
    """Return the reads of each barcode of a run that are of the labs in a scope."""
    return [ReadSet(**row) for row in await db.rows(Q.sets, run_id=run_id, scope=scope)]


async def reading(db: Reads, acquisition_id: UUID) -> Reading:
    """Return all that was read last of an acquisition; NotFound."""
    found: str | None = await db.value(Q.figure_source, acquisition_id=acquisition_id)
    if found is None:
        raise errors.NotFound("There is no such run folder, or nothing was read of it yet.")
    return msgspec.json.decode(found, type=Reading)
