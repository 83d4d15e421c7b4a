"""Samples over HTTP. {said} is the id or the code of a sample."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.samples import (
    Priority,
    Sample,
    SampleCount,
    SampleListed,
    SamplePatch,
    SampleRegistration,
    Stage,
    Status,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.samples import commands, store
from nanopore_tracking.services.sample.spans import model as spans

Sort = Literal["updated", "-updated", "code", "-code", "name", "-name", "priority", "-priority", "due", "-due"]
Text = Annotated[
    str,
    Meta(
        min_length=1, max_length=100, description="How a code begins, how words of the name begin, or a tube's barcode."
    ),
]
Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]
Ids = Annotated[list[UUID], Meta(max_length=200, description="Only these.")]
Service = Annotated[str, Meta(max_length=100, description="The code of a service.")]
Span = Annotated[
    str, Meta(max_length=22, description="Days (UTC), both included, like 2026-10-01..2026-10-31; one may be left out.")
]
Substance = Literal["DNA", "RNA"]
Person = Annotated[str, Meta(max_length=100, description="Who works on it.")]


@get("/api/samples", policy="samples.read")
async def list_samples(
    request: Ask,
    stage: list[Stage] | None = None,
    status: list[Status] | None = None,
    priority: list[Priority] | None = None,
    assignee: Person | None = None,
    lab_id: UUID | None = None,
    project_id: UUID | None = None,
    submission_id: UUID | None = None,
    ids: Ids | None = None,
    overdue: bool | None = None,
    q: Text | None = None,
    substance: Substance | None = None,
    service_type: Service | None = None,
    entered: Span | None = None,
    created: Span | None = None,
    sort: Sort = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[SampleListed]]:
    """List samples, last changed first unless asked otherwise; by priority the most urgent come first.

    By `due` it is the queue: those with a running clock, what is due first, then the more urgent, then what came first.
    entered: when they came to the stage where they are; substance: what their material is.
    """
    filters = {
        "stage": stage, "status": status, "priority": priority, "assignee": assignee, "lab_id": lab_id,
        "project_id": project_id, "submission_id": submission_id, "ids": ids, "overdue": overdue, "q": q,
        "rna": None if substance is None else substance == "RNA", "service_type": service_type,
        "entered": spans.moments("entered", entered), "created": spans.moments("created", created),
    }  # fmt: skip
    db, scope = runtime_of(request).db, call_of(request).scope
    return page(await store.list_samples(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/samples/count", policy="samples.read")
async def count_samples(
    request: Ask,
    stage: list[Stage] | None = None,
    status: list[Status] | None = None,
    priority: list[Priority] | None = None,
    assignee: Person | None = None,
    lab_id: UUID | None = None,
    project_id: UUID | None = None,
    submission_id: UUID | None = None,
    ids: Ids | None = None,
    overdue: bool | None = None,
    q: Text | None = None,
    substance: Substance | None = None,
    service_type: Service | None = None,
    entered: Span | None = None,
    created: Span | None = None,
) -> Response[SampleCount]:
    """Count the samples that the list with the same filters has, exactly up to 100,000."""
    filters = {
        "stage": stage, "status": status, "priority": priority, "assignee": assignee, "lab_id": lab_id,
        "project_id": project_id, "submission_id": submission_id, "ids": ids, "overdue": overdue, "q": q,
        "rna": None if substance is None else substance == "RNA", "service_type": service_type,
        "entered": spans.moments("entered", entered), "created": spans.moments("created", created),
    }  # fmt: skip
    found = await store.count_samples(runtime_of(request).db, call_of(request).scope, filters)
    return answer(SampleCount(count=min(found, store.COUNTED), exact=found <= store.COUNTED))


@post("/api/samples", policy="samples.write", status_code=201)
async def register_sample(request: Ask, data: SampleRegistration) -> Response[Sample]:
    """Register one sample by hand; it is expected from now on."""
    return await write(request, lambda tx: commands.register_sample(tx, data))


@get("/api/samples/{said:str}", policy="samples.read")
async def show_sample(request: Ask, said: Said) -> Response[Sample]:
    """Show one sample."""
    item, version = await store.show_sample(runtime_of(request).db, call_of(request).scope, said)
    return answer(item, version=version)


@patch("/api/samples/{said:str}", policy="samples.write", match=True)
async def change_sample(request: Ask, said: Said, data: SamplePatch) -> Response[Sample]:
    """Change what the laboratory says of a sample; what was submitted cannot be changed."""
    seen = match_of(request)
    sample_id = await store.find_sample(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.change_sample(tx, sample_id, data, seen=seen))


ROUTES = [list_samples, count_samples, register_sample, show_sample, change_sample]
