"""What came of readings in the database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.calibrations.model import Seen
from nanopore_tracking.services.ai.outcomes.model import BEFORE, LAST, By, Measured

Q = sql.load(Path(__file__).with_name("queries.sql"))

#: How many readings a calibration looks back at most.
_MOST_SEEN = 6000


async def keep(tx: Transaction, extraction_id: UUID) -> None:
    """Store what came of a form that is accepted now."""
    await tx.execute(Q.keep_outcomes, extraction_id=extraction_id, at=tx.call.at)


async def count(db: Reads) -> int:
    """Return of how many readings it is known whether they were right."""
    return int(await db.value(Q.count_outcomes))


async def count_most_seen(db: Reads) -> int:
    """Return how many readings of fields, or of columns if there are more, people looked at."""
    return int(await db.value(Q.count_most_seen))


async def seen(db: Reads) -> list[Seen]:
    """Return the last readings that people looked at."""
    return [Seen(**row) for row in await db.rows(Q.seen, most=_MOST_SEEN)]


async def measured(db: Reads, by: Sequence[By], since: datetime) -> list[Measured]:
    """Return what came of readings since a moment, the newest week first."""
    return [Measured(**row) for row in await db.rows(Q.measured, by=list(by), since=since)]


async def corrected_shares(db: Reads) -> list[float]:
    """Return the share of corrected values of each of the last accepted forms, the newest first."""
    return [row["share"] for row in await db.rows(Q.corrected_shares, most=LAST + BEFORE)]


async def list_corrections(db: Reads, scope: list[UUID] | None, **asked: Any) -> Page:
    """Return one page of decisions in a scope; asked: filters, sort, after, limit."""
    found: Page = await Q.corrections.page(db, scope=scope, **asked)
    return found
