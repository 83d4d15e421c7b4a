"""Overrides that wait for a second person, in the database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.overrides.model import Override

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such override, or none that you may see."


async def list_overrides(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of overrides; asked: filters, sort, after, limit."""
    found: Page = await Q.overrides.page(db, scope=scope, **asked)
    return found


async def show_override(db: Reads, scope: Scope, override_id: UUID) -> str:
    """Return an override as JSON text; NotFound."""
    found = await list_overrides(db, scope, filters={"id": override_id})
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0]


async def read_override(db: Reads, scope: Scope, override_id: UUID) -> Override:
    """Return an override as it is now; NotFound."""
    row = await db.row(Q.read_override, id=override_id, scope=scope)
    if row is None:
        raise errors.NotFound(MISSING)
    return Override(**row)


async def lock_override(tx: Transaction, override_id: UUID) -> Override:
    """Return an override in the caller's scope, locked; NotFound."""
    row = await tx.row(Q.lock_override, id=override_id, scope=tx.call.scope)
    if row is None:
        raise errors.NotFound(MISSING)
    return Override(**row)


async def second_person(db: Reads) -> bool:
    """Return whether the facility wants a second person for an override."""
    return bool(await db.value(Q.second_person))


async def waiting_of(db: Reads, sample_ids: Sequence[UUID], now: datetime) -> dict[UUID, str]:
    """Return who asked for an override that still waits, by sample."""
    rows = await db.rows(Q.waiting_of, sample_ids=list(sample_ids), at=now)
    return {row["sample_id"]: row["asked_by"] for row in rows}


async def insert_override(tx: Transaction, values: dict[str, Any]) -> None:
    """Store an override that the caller asked for."""
    await tx.execute(
        Q.insert_override, asked_by=tx.call.actor.name, asked_by_id=tx.call.actor.id, at=tx.call.at, **values
    )


async def settle(tx: Transaction, override_id: UUID, *, state: str, note: str) -> None:
    """Store what became of an override that waited."""
    actor = tx.call.actor
    await tx.execute(
        Q.settle_override, id=override_id, state=state, note=note, by=actor.name, by_id=actor.id, at=tx.call.at
    )


async def overtake(tx: Transaction, sample_ids: Sequence[UUID]) -> None:
    """Store that the overrides of samples that were moved do not count any more."""
    actor = tx.call.actor
    await tx.execute(Q.overtake, sample_ids=list(sample_ids), by=actor.name, by_id=actor.id, at=tx.call.at)


async def too_late(db: Reads, now: datetime, sample_ids: Sequence[UUID] | None = None) -> list[UUID]:
    """Return the overrides that nobody confirmed in time. sample_ids: only of these, None of all."""
    rows = await db.rows(Q.too_late, at=now, sample_ids=None if sample_ids is None else list(sample_ids))
    return [row["id"] for row in rows]
