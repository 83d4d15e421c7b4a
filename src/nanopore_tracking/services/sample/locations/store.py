"""Places in the database; nobody else writes their table."""

from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import parsed
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.locations import model
from nanopore_tracking.services.sample.locations.model import Location, Spot

Q = sql.load(Path(__file__).with_name("queries.sql"))

MISSING = "There is no such place."


async def list_places(db: Reads, **asked: Any) -> Page:
    """Return one page of places; asked: filters, sort, after, limit."""
    found: Page = await Q.places.page(db, **asked)
    return found


async def show_place(db: Reads, said: str) -> tuple[str, int]:
    """Return a place, named by its id or its barcode, as JSON text, and its version; NotFound."""
    location_id, barcode = named(said)
    row = await db.row(Q.show_place, location_id=location_id, barcode=barcode)
    if row is None:
        raise errors.NotFound(MISSING)
    return row["item"], row["version"]


async def find_place(db: Reads, said: str) -> UUID:
    """Return the id of a place that is named by its id or its barcode; NotFound."""
    location_id, barcode = named(said)
    found: UUID | None = await db.value(Q.find_place, location_id=location_id, barcode=barcode)
    if found is None:
        raise errors.NotFound(MISSING)
    return found


def named(said: str) -> tuple[UUID | None, str]:
    """Return the id, or else the barcode, that a text is."""
    found = parsed(said)
    return found, "" if found else said


async def lock_place(tx: Transaction, location_id: UUID) -> Location:
    """Return a place, locked; NotFound."""
    return _location(await tx.row(Q.lock_place, location_id=location_id))


async def hold_place(tx: Transaction, location_id: UUID) -> Location:
    """Return a place that stays as it is until the transaction ends; NotFound."""
    return _location(await tx.row(Q.hold_place, location_id=location_id))


def _location(row: Record | None) -> Location:
    if row is None:
        raise errors.NotFound(MISSING)
    return Location(**row)


async def resolve(db: Reads, said: str, position: str = "") -> Spot | None:
    """Return where a scanned barcode or a written path leads; None for a blank text.

    What does not begin in any modelled place stays free text. Invalid for a path that begins in a modelled place and
    leads nowhere, and for a position that is missing or is not there.
    """
    text, head, top = model.parts(said)
    if not text:
        return None
    row = await db.row(Q.resolve, said=text, head=head, top=top)
    if row is None:
        if position:
            raise model.unscanned(text)
        return Spot(text=text)
    values = dict(row)
    how = values.pop("how")
    location = Location(**values)
    if how == 4:
        raise model.unknown(text, location.path)
    return model.spot(location, text.rpartition("/")[2] if how == 3 else position)


async def inside(tx: Transaction, location_id: UUID) -> tuple[int, int]:
    """Return how many places and containers are directly in a place."""
    row = await tx.row(Q.inside, location_id=location_id)
    return (row["children"], row["containers"]) if row else (0, 0)


async def insert_place(tx: Transaction, location_id: UUID, values: dict[str, Any]) -> None:
    """Store a new place; Violation where its code beside others or its barcode is taken."""
    await tx.execute(Q.insert_place, location_id=location_id, at=tx.call.at, **values)


async def update_place(tx: Transaction, location_id: UUID, values: dict[str, Any]) -> None:
    """Store a changed place; Violation where its code beside others or its barcode is taken."""
    await tx.execute(Q.update_place, location_id=location_id, at=tx.call.at, **values)
