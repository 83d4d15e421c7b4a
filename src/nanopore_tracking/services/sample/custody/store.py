"""Custody events in the database: they are only added."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.sample.samples import CustodyState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.custody import model
from nanopore_tracking.services.sample.custody.model import Held

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_events(db: Reads, scope: Scope, sample_id: UUID, **asked: Any) -> Page:
    """Return one page of the custody events of a sample; asked: filters, sort, after, limit."""
    found: Page = await Q.custody_events.page(db, scope=scope, sample_id=sample_id, **asked)
    return found


async def show_event(tx: Transaction, sample_id: UUID, event_id: UUID) -> str:
    """Return one custody event as JSON text; NotFound."""
    found = await list_events(tx, tx.call.scope, sample_id, filters={"id": event_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such custody event of this sample.")
    return found.items[0]


async def held(db: Reads, sample_id: UUID) -> Held:
    """Return what custody says of the tube of a sample now."""
    return model.held([(row["kind"], row["condition"]) for row in await db.rows(Q.all_events, sample_id=sample_id)])


async def insert_event(tx: Transaction, sample_id: UUID, said: CustodyState) -> None:
    """Store a new custody event."""
    await tx.execute(Q.insert_event, sample_id=sample_id, at=tx.call.at, **msgspec.structs.asdict(said))
