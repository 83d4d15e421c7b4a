"""Instruments over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.instruments import (
    Instrument,
    InstrumentKind,
    InstrumentPatch,
    InstrumentState,
    NewInstrument,
    NewInstrumentKind,
    PositionPatch,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.instruments import commands, store

Text = Annotated[str, Meta(max_length=100, description="Text in the name, the serial number or the kind.")]


@get("/api/inventory/instrument-kinds", policy="inventory.read")
async def list_kinds(request: Ask, after: After | None = None, limit: Limit = 50) -> Response[Paged[InstrumentKind]]:
    """List the kinds of instruments by their code."""
    return page(await store.list_kinds(runtime_of(request).db, sort="code", after=after, limit=limit))


@post("/api/inventory/instrument-kinds", policy="inventory.write", status_code=201)
async def add_kind(request: Ask, data: NewInstrumentKind) -> Response[InstrumentKind]:
    """Add a kind of instrument of the facility's own."""
    return await write(request, lambda tx: commands.add_kind(tx, data))


@get("/api/inventory/instruments", policy="inventory.read")
async def list_instruments(
    request: Ask,
    state: list[InstrumentState] | None = None,
    kind: Annotated[str, Meta(max_length=40, description="The code of a kind.")] | None = None,
    q: Text | None = None,
    sort: Literal["name", "-name", "updated", "-updated"] = "name",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Instrument]]:
    """List instruments with their positions."""
    filters = {"state": state, "kind": kind, "q": q}
    db = runtime_of(request).db
    return page(await store.list_instruments(db, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/inventory/instruments", policy="inventory.write", status_code=201)
async def add_instrument(request: Ask, data: NewInstrument) -> Response[Instrument]:
    """Add an instrument with the positions of its kind."""
    return await write(request, lambda tx: commands.add_instrument(tx, data))


@get("/api/inventory/instruments/{instrument_id:uuid}", policy="inventory.read")
async def show_instrument(request: Ask, instrument_id: UUID) -> Response[Instrument]:
    """Show one instrument."""
    item, version = await store.show_instrument(runtime_of(request).db, instrument_id)
    return answer(item, version=version)


@patch("/api/inventory/instruments/{instrument_id:uuid}", policy="inventory.write", match=True)
async def change_instrument(request: Ask, instrument_id: UUID, data: InstrumentPatch) -> Response[Instrument]:
    """Change an instrument."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.change_instrument(tx, instrument_id, data, seen=seen))


@patch(
    "/api/inventory/instruments/{instrument_id:uuid}/positions/{position_id:uuid}", policy="inventory.write", match=True
)
async def change_position(
    request: Ask, instrument_id: UUID, position_id: UUID, data: PositionPatch
) -> Response[Instrument]:
    """Say whether a position can be used."""
    seen = match_of(request)
    return await write(
        request, lambda tx: commands.change_position(tx, instrument_id, position_id, asked=data, seen=seen)
    )


ROUTES = [
    list_kinds,
    add_kind,
    list_instruments,
    add_instrument,
    show_instrument,
    change_instrument,
    change_position,
]
