"""Confirmed criteria in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.stops import NewStopCriteria, StopSuggestion
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def insert(tx: Transaction, run_id: UUID, asked: NewStopCriteria, *, suggestion: StopSuggestion) -> UUID:
    """Store what a person confirmed beside what was suggested, and return its id."""
    new_id = uuid7()
    await tx.execute(
        Q.insert_criteria,
        id=new_id,
        run_id=run_id,
        criteria=msgspec.json.encode(asked.criteria).decode(),
        proposed=msgspec.json.encode(suggestion.criteria).decode(),
        sentence=suggestion.sentence,
        note=asked.note.strip(),
        confirmed_by=tx.call.by,
        at=tx.call.at,
    )
    return new_id


async def list_criteria(db: Reads, **asked: Any) -> Page:
    """Return one page of what was confirmed; asked: filters, sort, after, limit."""
    found: Page = await Q.criteria.page(db, **asked)
    return found
