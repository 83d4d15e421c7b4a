"""What was read of run folders over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.acquisitions import (
    Acquisition,
    AcquisitionDetail,
    AsideAsked,
    MatchAsked,
    NewAcquisition,
    PastReading,
    Standing,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, match_of, page, runtime_of, write
from nanopore_tracking.runfolders.readings import State
from nanopore_tracking.services.sample.acquisitions import commands, store
from nanopore_tracking.services.sample.runs import store as run_store

OfRun = Annotated[str, Meta(min_length=1, max_length=40, description="The id or the code of a run.")]
Text = Annotated[
    str, Meta(max_length=100, description="Text in the folder, the experiment, the sample, the flow cell.")
]
#: Ten run ids with 3,000 channels each, and their distributions.
_LIMIT_BYTES = 8_000_000


@post("/api/runs/acquisitions", policy="inventory.write", status_code=200, body_limit=_LIMIT_BYTES)
async def take_reading(request: Ask, data: NewAcquisition) -> Response[Acquisition]:
    """Tell what was read of a run folder, the first time or again."""
    return await write(request, lambda tx: commands.take(tx, data))


@get("/api/runs/acquisitions", policy="inventory.read")
async def list_acquisitions(
    request: Ask,
    state: list[State] | None = None,
    standing: list[Standing] | None = None,
    run: OfRun | None = None,
    q: Text | None = None,
    sort: Literal["updated", "-updated"] = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Acquisition]]:
    """List what was read of run folders; standing `unmatched` is the queue that a person looks at."""
    db = runtime_of(request).db
    run_id = await run_store.find_run(db, run) if run else None
    filters = {"state": state, "standing": standing, "run_id": run_id, "q": q}
    return page(await store.list_acquisitions(db, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/runs/acquisitions/{acquisition_id:uuid}", policy="inventory.read")
async def show_acquisition(request: Ask, acquisition_id: UUID) -> Response[Acquisition]:
    """Show what was read of one run folder."""
    item, version = await store.show_acquisition(runtime_of(request).db, acquisition_id)
    return answer(item, version=version)


@get("/api/runs/acquisitions/{acquisition_id:uuid}/figures", policy="inventory.read")
async def show_figures(request: Ask, acquisition_id: UUID) -> Response[AcquisitionDetail]:
    """Show all figures that were read last: distributions, times, channels, barcodes."""
    return answer(await store.read_detail(runtime_of(request).db, acquisition_id), version=None)


@get("/api/runs/acquisitions/{acquisition_id:uuid}/readings", policy="inventory.read")
async def list_readings(
    request: Ask,
    acquisition_id: UUID,
    sort: Literal["read", "-read"] = "-read",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[PastReading]]:
    """List how a run folder stood, the last reading first."""
    db = runtime_of(request).db
    return page(await store.list_readings(db, acquisition_id, sort=sort, after=after, limit=limit))


@post("/api/runs/acquisitions/{acquisition_id:uuid}/run", policy="inventory.write", status_code=200, match=True)
async def match_run(request: Ask, acquisition_id: UUID, data: MatchAsked) -> Response[Acquisition]:
    """Say which planned run it is."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.match(tx, acquisition_id, data, seen=seen))


@post("/api/runs/acquisitions/{acquisition_id:uuid}/aside", policy="inventory.write", status_code=200, match=True)
async def set_aside(request: Ask, acquisition_id: UUID, data: AsideAsked) -> Response[Acquisition]:
    """Say that it is no planned run, and why."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.set_aside(tx, acquisition_id, data, seen=seen))


ROUTES = [
    take_reading,
    list_acquisitions,
    show_acquisition,
    show_figures,
    list_readings,
    match_run,
    set_aside,
]
