"""Places over HTTP. {said} is the id or the barcode of a place."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.storage import (
    Location,
    LocationKind,
    LocationPatch,
    LocationStatus,
    NewLocation,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.locations import commands, store

Said = Annotated[str, Meta(max_length=100, description="The id or the barcode of a place.")]
Text = Annotated[str, Meta(max_length=100, description="Text in the path, the name or the barcode.")]
Top = Annotated[bool, Meta(description="Only places that stand in none, or only the others.")]


@get("/api/storage/locations", policy="storage.read")
async def list_places(
    request: Ask,
    parent_id: UUID | None = None,
    top: Top | None = None,
    kind: list[LocationKind] | None = None,
    status: list[LocationStatus] | None = None,
    q: Text | None = None,
    sort: Literal["path", "-path", "updated", "-updated"] = "path",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Location]]:
    """List places with how full they are, by their path unless asked otherwise."""
    filters = {"parent_id": parent_id, "top": top, "kind": kind, "status": status, "q": q}
    db = runtime_of(request).db
    return page(await store.list_places(db, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/storage/locations", policy="storage.write", status_code=201)
async def create_place(request: Ask, data: NewLocation) -> Response[Location]:
    """Create a place."""
    return await write(request, lambda tx: commands.create_place(tx, data))


@get("/api/storage/locations/{said:str}", policy="storage.read")
async def show_place(request: Ask, said: Said) -> Response[Location]:
    """Show one place."""
    item, version = await store.show_place(runtime_of(request).db, said)
    return answer(item, version=version)


@patch("/api/storage/locations/{said:str}", policy="storage.write", match=True)
async def change_place(request: Ask, said: Said, data: LocationPatch) -> Response[Location]:
    """Rename, move or retire a place; what is in it goes with it."""
    seen = match_of(request)
    location_id = await store.find_place(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.change_place(tx, location_id, data, seen=seen))


ROUTES = [list_places, create_place, show_place, change_place]
