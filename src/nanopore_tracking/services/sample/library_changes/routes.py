"""Changes of many libraries over HTTP: what was done, what became of each, undo."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post

from nanopore_tracking.contracts.api.sample.library_changes import (
    LibraryBulk,
    LibraryBulkResult,
    LibraryOutcome,
    LibraryUndo,
)
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    match_of,
    page,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.library_changes import commands, store


@get("/api/libraries/bulk", policy="samples.write")
async def list_library_bulks(
    request: Ask, sort: Literal["created", "-created"] = "-created", after: After | None = None, limit: Limit = 50
) -> Response[Paged[LibraryBulk]]:
    """List the changes of many libraries, the last one first."""
    db, call = runtime_of(request).db, call_of(request)
    return page(await store.list_bulks(db, call.scope, call.actor.id, sort=sort, after=after, limit=limit))


@get("/api/libraries/bulk/{bulk_id:uuid}", policy="samples.write")
async def show_library_bulk(request: Ask, bulk_id: UUID) -> Response[LibraryBulk]:
    """Show one change of many libraries."""
    call = call_of(request)
    item = await store.show_bulk(runtime_of(request).db, call.scope, call.actor.id, bulk_id=bulk_id)
    return answer(item, version=msgspec.json.decode(item)["version"])


@get("/api/libraries/bulk/{bulk_id:uuid}/results", policy="samples.write")
async def list_library_results(
    request: Ask,
    bulk_id: UUID,
    outcome: list[LibraryOutcome] | None = None,
    sort: Literal["place", "-place"] = "place",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[LibraryBulkResult]]:
    """List what became of each library of a change, in the order in which they were changed."""
    db, call = runtime_of(request).db, call_of(request)
    await store.show_bulk(db, call.scope, call.actor.id, bulk_id=bulk_id)
    filters = {"outcome": outcome}
    return page(await store.list_results(db, call.scope, bulk_id, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/libraries/bulk/{bulk_id:uuid}/undo", policy="samples.move", status_code=200, match=True)
async def undo_library_bulk(request: Ask, bulk_id: UUID, data: LibraryUndo) -> Response[LibraryBulk]:
    """Take back what was done, of every library that was not changed since, within the rules; once."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.undo(tx, bulk_id, data, seen=seen))


ROUTES = [list_library_bulks, show_library_bulk, list_library_results, undo_library_bulk]
