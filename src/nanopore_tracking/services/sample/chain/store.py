"""Codes and transitions of the chain in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.chain import model
from nanopore_tracking.services.sample.chain.model import Asked, Stands

Q = sql.load(Path(__file__).with_name("queries.sql"))

_LETTERS = {"aliquot": "A", "library": "L", "pool": "P", "run": "R", "batch": "B"}


async def take_codes(tx: Transaction, series: str, many: int = 1) -> list[str]:
    """Return so many new codes of the year, like L26-000001; series: aliquot, library, pool, run or batch."""
    year = tx.call.at.year
    last: int = await tx.value(Q.take_numbers, series=series, year=year, many=many)
    return [f"{_LETTERS[series]}{year % 100:02d}-{number:06d}" for number in range(last - many + 1, last + 1)]


async def insert_change(tx: Transaction, thing: Stands, asked: Asked, *, missing: list[str]) -> UUID:
    """Store a transition and return its id."""
    change_id = uuid7()
    await tx.execute(
        Q.insert_change,
        id=change_id,
        library_id=thing.id if thing.noun == "library" else None,
        pool_id=thing.id if thing.noun == "pool" else None,
        before_state=thing.state,
        state=asked.to,
        reason=asked.reason.strip(),
        missing=missing,
        changed_by=tx.call.by,
        asked_by=model.asker(asked, missing),
        at=tx.call.at,
    )
    return change_id


async def list_changes(db: Reads, part_id: UUID, **asked: Any) -> Page:
    """Return one page of the transitions of a library or a pool; asked: sort, after, limit."""
    found: Page = await Q.changes.page(db, part_id=part_id, **asked)
    return found
