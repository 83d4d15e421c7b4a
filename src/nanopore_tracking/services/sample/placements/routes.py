"""Boxes over HTTP. {said} is the id or the barcode of a box."""

from typing import Annotated

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.storage import BoxMap, PlacementResult, Placements
from nanopore_tracking.kernel.http import Ask, answer, runtime_of, write
from nanopore_tracking.services.sample.locations import store as locations
from nanopore_tracking.services.sample.placements import commands, store

Said = Annotated[str, Meta(max_length=100, description="The id or the barcode of a box.")]


@get("/api/storage/locations/{said:str}/map", policy="storage.read")
async def show_map(request: Ask, said: Said) -> Response[BoxMap]:
    """Show a box with what stands in it."""
    item, _ = await store.show_map(runtime_of(request).db, said)
    return answer(item)


@post("/api/storage/locations/{said:str}/placements", policy="custody.write", status_code=200)
async def place_tubes(request: Ask, said: Said, data: Placements) -> Response[PlacementResult]:
    """Put scanned tubes into a box in one transaction; what becomes of each is told by row."""
    location_id = await locations.find_place(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.place_tubes(tx, location_id, data))


ROUTES = [show_map, place_tubes]
