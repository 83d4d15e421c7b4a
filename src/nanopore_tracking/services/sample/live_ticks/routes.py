"""The minutes of a run over HTTP."""

from typing import Annotated, Literal

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.live import Tick
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, page, runtime_of
from nanopore_tracking.services.sample.live_ticks import store
from nanopore_tracking.services.sample.runs import store as run_store

OfRun = Annotated[str, Meta(max_length=40, description="The id or the code of a run.")]
AfterMinute = Annotated[int, Meta(ge=0, le=20_000, description="Minutes after this one alone.")]


@get("/api/runs/{said:str}/live/minutes", policy="inventory.read")
async def list_ticks(
    request: Ask,
    said: OfRun,
    after_minute: AfterMinute | None = None,
    sort: Literal["minute", "-minute"] = "minute",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Tick]]:
    """List the minutes of a run that its instrument told; they are kept for some weeks after its end."""
    db = runtime_of(request).db
    run_id = await run_store.find_run(db, said)
    filters = {"after_minute": after_minute}
    return page(await store.list_ticks(db, run_id, filters=filters, sort=sort, after=after, limit=limit))


ROUTES = [list_ticks]
