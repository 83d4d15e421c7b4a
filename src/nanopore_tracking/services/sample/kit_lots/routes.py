"""Lots of reagents over HTTP."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.kit_lots import (
    KitLot,
    KitLotPatch,
    LotCategory,
    LotState,
    LotUse,
    NewKitLot,
    NewLotUse,
    UseKind,
)
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    match_of,
    may,
    page,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.kit_lots import commands, store

Sort = Literal["updated", "-updated", "expires", "-expires", "kit", "-kit"]
Text = Annotated[str, Meta(max_length=100, description="Text in the kit, the lot number or the place.")]


@get("/api/inventory/kit-lots", policy="inventory.read")
async def list_lots(
    request: Ask,
    kit_code: Annotated[str, Meta(max_length=40, description="The code of the kit, as it is kept.")] | None = None,
    state: list[LotState] | None = None,
    category: LotCategory | None = None,
    expires_by: Annotated[date, Meta(description="Usable lots that expire on that day or before.")] | None = None,
    low: Annotated[bool, Meta(description="Whether few reactions are left.")] | None = None,
    q: Text | None = None,
    sort: Sort = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[KitLot]]:
    """List lots of reagents, last changed first unless asked otherwise."""
    filters = {"kit_code": kit_code, "state": state, "category": category, "expires_by": expires_by, "low": low, "q": q}
    today = call_of(request).at.date()
    found = await store.list_lots(runtime_of(request).db, today, filters=filters, sort=sort, after=after, limit=limit)
    return page(found)


@post("/api/inventory/kit-lots", policy="inventory.write", status_code=201)
async def receive_lot(request: Ask, data: NewKitLot) -> Response[KitLot]:
    """Receive a lot of a kit."""
    return await write(request, lambda tx: commands.receive_lot(tx, data))


@get("/api/inventory/kit-lots/{lot_id:uuid}", policy="inventory.read")
async def show_lot(request: Ask, lot_id: UUID) -> Response[KitLot]:
    """Show one lot."""
    item, version = await store.show_lot(runtime_of(request).db, call_of(request).at.date(), lot_id)
    return answer(item, version=version)


@patch("/api/inventory/kit-lots/{lot_id:uuid}", policy="inventory.write", match=True)
async def change_lot(request: Ask, lot_id: UUID, data: KitLotPatch) -> Response[KitLot]:
    """Change what is known of a lot."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.change_lot(tx, lot_id, data, seen=seen))


@post("/api/inventory/kit-lots/{lot_id:uuid}/uses", policy="inventory.write", status_code=201, also=202)
async def use_lot(request: Ask, lot_id: UUID, data: NewLotUse) -> Response[KitLot]:
    """Use reactions of a lot; an expired one needs a reason by a facility manager.

    The answer is 202, with the lot as it stays, where that waits for a second person from now on; Location says where
    it is decided.
    """
    may_override = may(request, "inventory.override")
    return await write(request, lambda tx: commands.use_lot(tx, lot_id, data, may_override=may_override))


@get("/api/inventory/kit-lots/{lot_id:uuid}/uses", policy="inventory.read")
async def list_uses(
    request: Ask,
    lot_id: UUID,
    kind: list[UseKind] | None = None,
    sort: Literal["used", "-used"] = "-used",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[LotUse]]:
    """List what a lot was used for, the last use first."""
    db = runtime_of(request).db
    await store.show_lot(db, call_of(request).at.date(), lot_id)
    return page(await store.list_uses(db, lot_id, filters={"kind": kind}, sort=sort, after=after, limit=limit))


ROUTES = [list_lots, receive_lot, show_lot, change_lot, use_lot, list_uses]
