"""Lots of reagents in the database."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.kit_lots import model
from nanopore_tracking.services.sample.kit_lots.model import KitLot

Q = sql.load(Path(__file__).with_name("queries.sql"))

MISSING = "There is no such lot."


async def list_lots(db: Reads, today: date, **asked: Any) -> Page:
    """Return one page of lots; asked: filters, sort, after, limit."""
    found: Page = await Q.kit_lots.page(db, today=today, low_share=model.LOW_SHARE, **asked)
    return found


async def show_lot(db: Reads, today: date, lot_id: UUID) -> tuple[str, int]:
    """Return a lot as JSON text, and its version; NotFound."""
    found = await list_lots(db, today, filters={"id": lot_id}, limit=1)
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0], msgspec.json.decode(found.items[0])["version"]


async def lock_lot(tx: Transaction, lot_id: UUID) -> KitLot:
    """Return a lot that is about to be changed, locked; NotFound."""
    row = await tx.row(Q.lock_lot, lot_id=lot_id)
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    return KitLot(**row)


async def find_lot(db: Reads, *, kit_code: str, lot: str) -> UUID | None:
    """Return the id of the lot of a kit with that number; None where it was never received."""
    found: UUID | None = await db.value(Q.find_lot, kit_code=kit_code, lot=lot)
    return found


async def insert_lot(tx: Transaction, lot_id: UUID, values: Mapping[str, Any]) -> None:
    """Store a new lot; Violation `kit_lot_number` when it is there already."""
    await tx.execute(Q.insert_lot, id=lot_id, created_by=tx.call.by, at=tx.call.at, **values)


async def update_lot(tx: Transaction, lot: KitLot) -> None:
    """Store the changed lot."""
    names = ("expires_on", "reactions_total", "reactions_used", "opened_on", "location", "note", "state")
    values = {name: getattr(lot, name) for name in names}
    await tx.execute(Q.update_lot, lot_id=lot.id, at=tx.call.at, **values)


async def list_uses(db: Reads, lot_id: UUID, **asked: Any) -> Page:
    """Return one page of what a lot was used for; asked: filters, sort, after, limit."""
    found: Page = await Q.lot_uses.page(db, lot_id=lot_id, **asked)
    return found


async def insert_use(
    tx: Transaction, lot_id: UUID, values: Mapping[str, Any], *, library_id: UUID | None = None, asked_by: str = ""
) -> None:
    """Store what a lot was used for; library_id: the library that its reactions went into.

    asked_by: who asked for an override that the caller confirmed.
    """
    said = {**values, "library_id": library_id, "asked_by": asked_by}
    await tx.execute(Q.insert_use, id=uuid7(), lot_id=lot_id, used_by=tx.call.by, at=tx.call.at, **said)


async def lot_of_kit(db: Reads, *, kit_code: str, lot: str) -> KitLot | None:
    """Return the lot of a kit with that number, however it is written; None where it was never received."""
    row = await db.row(Q.lot_of_kit, kit_code=kit_code, lot=lot.strip())
    return None if row is None else KitLot(**row)


async def taken_for_library(db: Reads, library_id: UUID) -> dict[UUID, int]:
    """Return how many reactions of which lots went into a library and were not given back."""
    rows = await db.rows(Q.taken_for_library, library_id=library_id)
    return {row["lot_id"]: row["reactions"] for row in rows}
