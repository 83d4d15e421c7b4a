"""What can be done with places: create one; rename, move or retire one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.storage import LocationPatch, NewLocation
from nanopore_tracking.contracts.events.sample import StorageLocationChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.locations import model, store


async def create_place(tx: Transaction, asked: NewLocation) -> Written:
    """Create a place; NotFound, Invalid, or Conflict when its code or barcode is taken."""
    location_id, values = uuid7(), labs.asked(asked)
    labs.require(values, "code")
    model.grid(asked.kind, asked.grid_rows, asked.grid_columns)
    model.fits(asked.kind, await store.hold_place(tx, asked.parent_id) if asked.parent_id else None)
    async with _free(values):
        await store.insert_place(tx, location_id, values)
    await _announce(tx, location_id, before={}, after=values)
    return await _written(tx, location_id)


async def change_place(tx: Transaction, location_id: UUID, asked: LocationPatch, *, seen: int) -> Written:
    """Rename, move or retire a place; NotFound, Stale, Invalid, or Conflict: a name that is taken, a full place."""
    location = await store.lock_place(tx, location_id)
    labs.match(location.version, seen, "place")
    before = {name: getattr(location, name) for name in model.CHANGEABLE}
    after = before | labs.asked(asked)
    labs.require(after, "code")
    if after == before:
        return await _written(tx, location_id)
    if after["parent_id"] != location.parent_id:
        model.fits(location.kind, await store.hold_place(tx, after["parent_id"]))
    if after["status"] == "retired" and location.status == "active":
        children, containers = await store.inside(tx, location_id)
        model.retired(location, children=children, containers=containers)
    async with _free(after):
        await store.update_place(tx, location_id, after)
    await _announce(tx, location_id, before=before, after=after)
    return await _written(tx, location_id)


@asynccontextmanager
async def _free(values: dict[str, Any]) -> AsyncIterator[None]:
    try:
        yield
    except postgres.Violation as violation:
        refusals = {
            "storage_location_code": ("code", f"There is a place {values['code']} beside it already."),
            "storage_location_barcode": ("barcode", f"Another place has the barcode {values['barcode']}."),
            "storage_location_open": ("parent_id", "The place that it would stand in is retired."),
        }
        if violation.constraint not in refusals:
            raise
        field, message = refusals[violation.constraint]
        raise errors.Conflict(
            f"{message} Nothing was changed; choose another one.",
            type="already-exists",
            fields=[errors.FieldError(field, message)],
        ) from None


async def _announce(tx: Transaction, location_id: UUID, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    location = await store.hold_place(tx, location_id)
    event = StorageLocationChanged(**model.told(location))
    tx.announce(event, subject=model.subject(location), changes=labs.changes(before, after))


async def _written(tx: Transaction, location_id: UUID) -> Written:
    item, version = await store.show_place(tx, str(location_id))
    return Written(item=item, version=version, location=f"/api/storage/locations/{location_id}")
