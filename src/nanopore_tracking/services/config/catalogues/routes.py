"""Catalogues over HTTP."""

from typing import Annotated

from litestar import Response, get, put
from msgspec import Meta

from nanopore_tracking.contracts.api.config import Catalogue, CatalogueName, CatalogueSummary, NewCatalogueVersion
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.config.catalogues import commands, store

Version = Annotated[int, Meta(ge=1, le=1_000_000_000, description="A version; today's if left out.")]


@get("/api/catalogues", policy="catalogues.read")
async def list_catalogues(
    request: Ask, after: After | None = None, limit: Limit = 50
) -> Response[Paged[CatalogueSummary]]:
    """List the catalogues, by name, with the version of each that counts today."""
    day = call_of(request).at.date()
    return page(await store.current_catalogues(runtime_of(request).db, day, after=after, limit=limit))


@get("/api/catalogues/{name:str}", policy="catalogues.read")
async def show_catalogue(request: Ask, name: CatalogueName, version: Version | None = None) -> Response[Catalogue]:
    """Show one catalogue with all entries: the version that counts today, or the named one."""
    day = call_of(request).at.date()
    found = await store.show_catalogue(runtime_of(request).db, name, version=version, day=day)
    if found is None:
        raise errors.NotFound("There is no such version of this catalogue.")
    return answer(found[0], version=found[1])


@put("/api/catalogues/{name:str}", policy="catalogues.write", match=True)
async def publish(request: Ask, name: CatalogueName, data: NewCatalogueVersion) -> Response[Catalogue]:
    """Publish the next version of a catalogue: all of its entries. Earlier versions stay as they are."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.publish(tx, name, data, seen=seen))


ROUTES = [list_catalogues, show_catalogue, publish]
