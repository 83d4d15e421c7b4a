"""How a run compares with those before it, over HTTP."""

from typing import Annotated

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.forecasts import RunComparison
from nanopore_tracking.kernel.http import Ask, answer, runtime_of
from nanopore_tracking.services.sample.comparisons import model, store
from nanopore_tracking.services.sample.runs import store as run_store

OfRun = Annotated[str, Meta(max_length=40, description="The id or the code of a run.")]


@get("/api/runs/{said:str}/comparison", policy="inventory.read")
async def show_comparison(request: Ask, said: OfRun) -> Response[RunComparison]:
    """Show which figures of a run lie far from those of finished runs with the same kits and type of flow cell."""
    db = runtime_of(request).db
    run = await store.of_run(db, await run_store.find_run(db, said))
    return answer(model.compare(run), version=None)


ROUTES = [show_comparison]
