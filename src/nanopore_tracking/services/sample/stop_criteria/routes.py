"""When a run may end, over HTTP."""

from typing import Annotated, Literal

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.stops import NewStopCriteria, StopCriteria, StopSuggestion
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.live_runs import store as live_store
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.settings import Settings
from nanopore_tracking.services.sample.stop_criteria import commands, model, store

OfRun = Annotated[str, Meta(max_length=40, description="The id or the code of a run.")]


@get("/api/runs/{said:str}/stop-suggestion", policy="inventory.read")
async def show_suggestion(request: Ask, said: OfRun) -> Response[StopSuggestion]:
    """Show when a run may end, as MinKNOW's run-until criteria, and why."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    run = await run_store.read_run(runtime.db, await run_store.find_run(runtime.db, said))
    at, quiet_s = call_of(request).at, settings.live_quiet_s
    live = await live_store.show(runtime.db, run, at=at, quiet_s=quiet_s, which=live_store.LAST)
    return answer(model.suggested(live), version=None)


@post("/api/runs/{said:str}/stop-criteria", policy="inventory.write")
async def confirm_criteria(request: Ask, said: OfRun, data: NewStopCriteria) -> Response[StopCriteria]:
    """Confirm when a run shall end. It is recorded; nothing is sent to MinKNOW, where a person sets it."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    run_id = await run_store.find_run(runtime.db, said)
    return await write(request, lambda tx: commands.confirm(tx, run_id, data, quiet_s=settings.live_quiet_s))


@get("/api/runs/{said:str}/stop-criteria", policy="inventory.read")
async def list_criteria(
    request: Ask,
    said: OfRun,
    sort: Literal["confirmed", "-confirmed"] = "-confirmed",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[StopCriteria]]:
    """List what was confirmed for a run, the last first."""
    db = runtime_of(request).db
    filters = {"run_id": await run_store.find_run(db, said)}
    return page(await store.list_criteria(db, filters=filters, sort=sort, after=after, limit=limit))


ROUTES = [show_suggestion, confirm_criteria, list_criteria]
