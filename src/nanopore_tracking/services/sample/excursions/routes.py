"""Excursions and findings over HTTP. {said} is the id or the barcode of a place."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.containers import Excursion, ExcursionFinding, Judgement, NewExcursion
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
from nanopore_tracking.services.sample.excursions import commands, store
from nanopore_tracking.services.sample.locations import store as locations

Said = Annotated[str, Meta(max_length=100, description="The id or the barcode of a place.")]
Open = Annotated[bool, Meta(description="Only those that nobody judged yet, or only the others.")]


@post("/api/storage/locations/{said:str}/excursions", policy="storage.write", status_code=201)
async def record_excursion(request: Ask, said: Said, data: NewExcursion) -> Response[Excursion]:
    """Record that a place was too warm; every container that was in it then has a custody event of it."""
    location_id = await locations.find_place(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.record_excursion(tx, location_id, data))


@get("/api/storage/excursions", policy="storage.read")
async def list_excursions(
    request: Ask,
    location_id: UUID | None = None,
    sort: Literal["recorded", "-recorded"] = "-recorded",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Excursion]]:
    """List excursions, the last recorded first."""
    filters = {"location_id": location_id}
    return page(
        await store.list_excursions(runtime_of(request).db, filters=filters, sort=sort, after=after, limit=limit)
    )


@get("/api/storage/excursions/{excursion_id:uuid}", policy="storage.read")
async def show_excursion(request: Ask, excursion_id: UUID) -> Response[Excursion]:
    """Show one excursion."""
    return answer(await store.show_excursion(runtime_of(request).db, excursion_id))


@get("/api/storage/findings", policy="samples.read")
async def list_findings(
    request: Ask,
    sample_id: UUID | None = None,
    excursion_id: UUID | None = None,
    open: Open | None = None,
    sort: Literal["created", "-created"] = "-created",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[ExcursionFinding]]:
    """List what excursions mean for samples, the newest first."""
    filters = {"sample_id": sample_id, "excursion_id": excursion_id, "open": open}
    db, scope = runtime_of(request).db, call_of(request).scope
    return page(await store.list_findings(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/storage/findings/{finding_id:uuid}/judgement", policy="samples.write", match=True, status_code=200)
async def judge_finding(request: Ask, finding_id: UUID, data: Judgement) -> Response[ExcursionFinding]:
    """Judge what an excursion means for a sample."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.judge_finding(tx, finding_id, data, seen=seen))


ROUTES = [record_excursion, list_excursions, show_excursion, list_findings, judge_finding]
