"""Changing many samples over HTTP: preview, job, results, undo."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post

from nanopore_tracking.contracts.api.sample.bulk import (
    BulkChange,
    BulkJob,
    BulkPreview,
    BulkResult,
    BulkUndo,
    Move,
    Outcome,
    Receive,
    ScannedSamples,
    Scans,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    match_of,
    page,
    principal_of,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.bulk import commands, model, store

#: What is needed besides `samples.write`, and what it lets one do.
_NEEDS: dict[type, tuple[str, str]] = {
    Move: ("samples.move", "move samples"),
    Receive: ("custody.write", "record custody"),
}


def _allowed(request: Ask, data: BulkChange) -> bool:
    """Return whether the caller may pass over missing requirements; Forbidden where the change is not theirs."""
    permissions = principal_of(request).permissions
    needed, doing = _NEEDS.get(type(data.operation), ("samples.write", "change samples"))
    if needed not in permissions:
        raise errors.Forbidden(f"Your account may not {doing}. Nothing was changed.", permission=needed)
    return "samples.override" in permissions


@post("/api/samples/bulk/scans", policy="samples.write", status_code=200)
async def find_scanned(request: Ask, data: Scans) -> Response[ScannedSamples]:
    """Find the samples of scanned codes; what is unknown and what was scanned twice is named."""
    codes = [code.strip() for code in data.codes if code.strip()]
    return answer(await store.scanned(runtime_of(request).db, call_of(request).scope, codes))


@post("/api/samples/bulk/preview", policy="samples.write", status_code=200)
async def preview_bulk(request: Ask, data: BulkChange) -> Response[BulkPreview]:
    """Tell which of the selected samples would be changed, which not and why; nothing is changed."""
    may_override, call = _allowed(request, data), call_of(request)
    return answer(await commands.preview(runtime_of(request).db, data, call=call, may_override=may_override))


@post("/api/samples/bulk", policy="samples.write", status_code=202)
async def begin_bulk(request: Ask, data: BulkChange) -> Response[BulkJob]:
    """Change the selected samples, each by itself, as one job in the background; what is refused stays as it is."""
    may_override = _allowed(request, data)
    response = await write(request, lambda tx: commands.begin(tx, data, may_override=may_override), status=202)
    runtime_of(request).wake(model.JOB)
    return response


@get("/api/samples/bulk", policy="samples.write")
async def list_bulk(
    request: Ask, sort: Literal["created", "-created"] = "-created", after: After | None = None, limit: Limit = 50
) -> Response[Paged[BulkJob]]:
    """List the jobs, the last one first."""
    call = call_of(request)
    found = await store.list_jobs(
        runtime_of(request).db, call.scope, call.actor.id, sort=sort, after=after, limit=limit
    )
    return page(found)


@get("/api/samples/bulk/{job_id:uuid}", policy="samples.write")
async def show_bulk(request: Ask, job_id: UUID) -> Response[BulkJob]:
    """Show one job and how far it is."""
    call = call_of(request)
    item = await store.show_job(runtime_of(request).db, call.scope, call.actor.id, job_id=job_id)
    return answer(item, version=msgspec.json.decode(item)["version"])


@get("/api/samples/bulk/{job_id:uuid}/results", policy="samples.write")
async def list_bulk_results(
    request: Ask,
    job_id: UUID,
    outcome: list[Outcome] | None = None,
    sort: Literal["place", "-place"] = "place",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[BulkResult]]:
    """List what became of each sample of a job, in the order in which they were changed."""
    db, call = runtime_of(request).db, call_of(request)
    await store.show_job(db, call.scope, call.actor.id, job_id=job_id)
    filters = {"outcome": outcome}
    return page(await store.list_results(db, call.scope, job_id, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/samples/bulk/{job_id:uuid}/undo", policy="samples.move", status_code=202, match=True)
async def undo_bulk(request: Ask, job_id: UUID, data: BulkUndo) -> Response[BulkJob]:
    """Take back what a job changed, of every sample that was not changed since, within the rules; once."""
    seen = match_of(request)
    response = await write(request, lambda tx: commands.undo(tx, job_id, data, seen=seen), status=202)
    runtime_of(request).wake(model.JOB)
    return response


ROUTES = [find_scanned, preview_bulk, begin_bulk, list_bulk, show_bulk, list_bulk_results, undo_bulk]
