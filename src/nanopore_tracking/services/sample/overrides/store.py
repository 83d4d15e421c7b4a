"""Overrides that wait for a second person, in the database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
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
    return _override(await db.row(Q.read_override, id=override_id, scope=scope))


async def lock_override(tx: Transaction, override_id: UUID) -> Override:
    """Return an override in the caller's scope, locked; NotFound."""
    return _override(await tx.row(Q.lock_override, id=override_id, scope=tx.call.scope))


def _override(row: Record | None) -> Override:
    if row is None:
        raise errors.NotFound(MISSING)
    return Override(**{**row, "asked": msgspec.json.decode(row["asked"])})


async def second_person(db: Reads) -> bool:
    """Return whether the facility wants a second person for an override."""
    return bool(await db.value(Q.second_person))


async def signed(db: Reads, run_id: UUID, *, flow_cell_id: UUID, reason: str) -> frozenset[str] | None:
    """Return the codes that a second person let a run pass over on a flow cell for that reason.

    None where the facility wants no second person.
    """
    found = await db.value(Q.signed, run_id=run_id, flow_cell=str(flow_cell_id), reason=reason)
    return None if found is None else frozenset(found)


async def waiting_of(db: Reads, thing_ids: Sequence[UUID], now: datetime) -> dict[UUID, tuple[str, int]]:
    """Return who asked for an override that still waits, and of which version, by what it is of."""
    rows = await db.rows(Q.waiting_of, thing_ids=list(thing_ids), at=now)
    return {row["thing_id"]: (row["asked_by"], row["seen"]) for row in rows}


async def insert_override(tx: Transaction, found: Override, *, messages: Sequence[str]) -> None:
    """Store an override that the caller asked for. messages: what each of the missing codes says."""
    left_out = ("kind", "thing_id", "code", "lab_id", "state", "version", "asked")
    values = {name: getattr(found, name) for name in Override.__slots__ if name not in left_out}
    await tx.execute(
        Q.insert_override,
        kind=found.kind,
        thing_id=found.thing_id,
        messages=list(messages),
        asked=msgspec.json.encode(found.asked).decode(),
        at=tx.call.at,
        **values,
    )


async def settle(tx: Transaction, override_id: UUID, *, state: str, note: str) -> None:
    """Store what became of an override that waited."""
    doer = tx.call.doer or tx.call.actor
    await tx.execute(
        Q.settle_override, id=override_id, state=state, note=note, by=doer.name, by_id=doer.id, at=tx.call.at
    )


async def overtake(tx: Transaction, thing_ids: Sequence[UUID]) -> None:
    """Store that the overrides of things that went on otherwise do not count any more."""
    doer = tx.call.doer or tx.call.actor
    await tx.execute(Q.overtake, thing_ids=list(thing_ids), by=doer.name, by_id=doer.id, at=tx.call.at)


async def too_late(db: Reads, now: datetime, thing_ids: Sequence[UUID] | None = None) -> list[UUID]:
    """Return the overrides that nobody confirmed in time. thing_ids: only of these, None of all."""
    rows = await db.rows(Q.too_late, at=now, thing_ids=None if thing_ids is None else list(thing_ids))
    return [row["id"] for row in rows]
