"""Batches at the bench over HTTP. {said} is the id or the code of a batch."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.bench_batches import (
    BenchBatch,
    BenchBatchListed,
    BenchBatchPatch,
    NewBenchBatch,
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
from nanopore_tracking.services.sample.bench_batches import commands, store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (B26-000001) of a batch.")]


@get("/api/batches", policy="storage.read")
async def list_batches(
    request: Ask,
    closed: Annotated[bool, Meta(description="Whether the work on it is over.")] | None = None,
    sample_id: Annotated[UUID, Meta(description="Those that this sample is in.")] | None = None,
    library_id: Annotated[UUID, Meta(description="Those that this library is in.")] | None = None,
    sort: Literal["updated", "-updated"] = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[BenchBatchListed]]:
    """List batches at the bench, last changed first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    filters = {"closed": closed, "sample_id": sample_id, "library_id": library_id}
    return page(await store.list_batches(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/batches", policy="custody.write", status_code=201)
async def make_batch(request: Ask, data: NewBenchBatch) -> Response[BenchBatch]:
    """Put up to 96 tubes together, and say what is done with each of them."""
    return await write(request, lambda tx: commands.make_batch(tx, data))


@get("/api/batches/{said:str}", policy="storage.read")
async def show_batch(request: Ask, said: Said) -> Response[BenchBatch]:
    """Show one batch with its tubes and what became of each."""
    db, scope = runtime_of(request).db, call_of(request).scope
    item, version = await store.show_batch(db, scope, await store.find_batch(db, scope, said))
    return answer(item, version=version)


@patch("/api/batches/{said:str}", policy="custody.write", match=True)
async def change_batch(request: Ask, said: Said, data: BenchBatchPatch) -> Response[BenchBatch]:
    """Say which lot is used for a batch, or that the work on it is over."""
    batch_id = await store.find_batch(runtime_of(request).db, call_of(request).scope, said)
    seen = match_of(request)
    return await write(request, lambda tx: commands.change_batch(tx, batch_id, data, seen=seen))


ROUTES = [list_batches, make_batch, show_batch, change_batch]
