"""Pools over HTTP. {said} is the id or the code of a pool."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.chain import PoolState, Step, StepDone, StepGate
from nanopore_tracking.contracts.api.sample.pools import NewPool, Pool, PoolListed, PoolPatch
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
from nanopore_tracking.services.sample.barcodes.model import Shelf
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.chain import store as chain_store
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.pools import commands, model, store
from nanopore_tracking.services.sample.samples import store as sample_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (P26-000123) of a pool.")]
OfSample = Annotated[str, Meta(max_length=40, description="The id or the code of a sample that is in it.")]
OfLibrary = Annotated[str, Meta(max_length=40, description="The id or the code of a library that is in it.")]
Text = Annotated[str, Meta(min_length=1, max_length=60, description="How the code begins, or part of the name.")]
Ids = Annotated[list[UUID], Meta(max_length=200, description="Only these.")]


@get("/api/pools", policy="samples.read")
async def list_pools(
    request: Ask,
    state: list[PoolState] | None = None,
    sample: OfSample | None = None,
    library: OfLibrary | None = None,
    ids: Ids | None = None,
    q: Text | None = None,
    sort: Literal["updated", "-updated", "code", "-code"] = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[PoolListed]]:
    """List pools, last changed first unless asked otherwise."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample_id = None if sample is None else await sample_store.find_sample(db, scope, sample)
    library_id = None if library is None else await library_store.find_library(db, scope, library)
    filters = {"state": state, "sample_id": sample_id, "library_id": library_id, "ids": ids, "q": q}
    return page(await store.list_pools(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/pools", policy="samples.write", status_code=201)
async def create_pool(request: Ask, data: NewPool) -> Response[Pool]:
    """Begin a pool; it is a draft until it is fixed."""
    return await write(request, lambda tx: commands.create_pool(tx, data))


@get("/api/pools/{said:str}", policy="samples.read")
async def show_pool(request: Ask, said: Said) -> Response[Pool]:
    """Show one pool; of libraries of other labs only that they are there."""
    item, version = await store.show_pool(runtime_of(request).db, call_of(request).scope, said)
    return answer(item, version=version)


@patch("/api/pools/{said:str}", policy="samples.write", match=True)
async def change_pool(request: Ask, said: Said, data: PoolPatch) -> Response[Pool]:
    """Change a draft pool: what is said of it, or all of its libraries anew."""
    seen = match_of(request)
    pool_id = await store.find_pool(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.change_pool(tx, pool_id, data, seen=seen))


@get("/api/pools/{said:str}/gate", policy="samples.move")
async def show_gate(request: Ask, said: Said) -> Response[StepGate]:
    """Tell where a pool may go, and what each way needs."""
    db, call = runtime_of(request).db, call_of(request)
    pool = await store.read_pool(db, await store.find_pool(db, call.scope, said))
    day = call.at.date()
    shelf = Shelf(catalogue=await catalogue_store.current(db, day), sets=await catalogue_store.barcode_sets(db, day))
    facts = model.Facts(pool=pool, shelf=shelf, loads=await store.loads(db, pool.id))
    return answer(chain.gate(pool.stands, model.WAYS, facts), version=None)


@post("/api/pools/{said:str}/transitions", policy="samples.move", status_code=200, match=True, also=202)
async def move_pool(request: Ask, said: Said, data: Step) -> Response[Pool]:
    """Move a pool to another state. A refused one answers with what is allowed and what is missing.

    The answer is 202 where an override waits for a second person from now on; Location says where that is decided.
    """
    seen = match_of(request)
    may_override = may(request, "samples.override")
    pool_id = await store.find_pool(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.move_pool(tx, pool_id, data, seen=seen, may_override=may_override))


@get("/api/pools/{said:str}/transitions", policy="samples.read")
async def list_transitions(
    request: Ask,
    said: Said,
    sort: Literal["changed", "-changed"] = "-changed",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[StepDone]]:
    """List the transitions of a pool, the last one first."""
    db = runtime_of(request).db
    pool_id = await store.find_pool(db, call_of(request).scope, said)
    return page(await chain_store.list_changes(db, pool_id, sort=sort, after=after, limit=limit))


ROUTES = [list_pools, create_pool, show_pool, change_pool, show_gate, move_pool, list_transitions]
