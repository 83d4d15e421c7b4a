"""Basecallings and reads by sample over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.acquisitions import Basecall, ModelNamed, ReadSetKind, ReadSetOfSample
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.read_sets import commands, store
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.samples import store as sample_store

OfRun = Annotated[str, Meta(min_length=1, max_length=40, description="The id or the code of a run.")]
OfSample = Annotated[str, Meta(min_length=1, max_length=40, description="The id or the code of a sample.")]


@get("/api/runs/basecalls", policy="inventory.read")
async def list_basecalls(
    request: Ask,
    acquisition_id: UUID | None = None,
    sort: Literal["created", "-created"] = "-created",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Basecall]]:
    """List basecallings, the last first; of one acquisition the one that was read last counts."""
    filters = {"acquisition_id": acquisition_id}
    return page(
        await store.list_basecalls(runtime_of(request).db, filters=filters, sort=sort, after=after, limit=limit)
    )


@get("/api/runs/read-sets", policy="inventory.read")
async def list_read_sets(
    request: Ask,
    run: OfRun | None = None,
    sample: OfSample | None = None,
    acquisition_id: UUID | None = None,
    kind: list[ReadSetKind] | None = None,
    sort: Literal["barcode", "-barcode"] = "barcode",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[ReadSetOfSample]]:
    """List the reads of barcodes: of a run, of a sample over all its runs, of an acquisition."""
    db, scope = runtime_of(request).db, call_of(request).scope
    filters = {
        "run_id": await run_store.find_run(db, run) if run else None,
        "sample_id": await sample_store.find_sample(db, scope, sample) if sample else None,
        "acquisition_id": acquisition_id,
        "kind": kind,
    }
    return page(await store.list_read_sets(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/runs/basecalls/{basecall_id:uuid}/model", policy="inventory.write", status_code=200)
async def name_model(request: Ask, basecall_id: UUID, data: ModelNamed) -> Response[Basecall]:
    """Say which model a summary was called with, where nothing in its folder says it."""
    return await write(request, lambda tx: commands.name(tx, basecall_id, data))


ROUTES = [list_basecalls, list_read_sets, name_model]
