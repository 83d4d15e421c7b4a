"""What a run will give if nothing is done, over HTTP."""

from typing import Annotated

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.forecasts import YieldForecast
from nanopore_tracking.kernel.http import Ask, answer, runtime_of
from nanopore_tracking.services.sample.forecasts import model, store
from nanopore_tracking.services.sample.runs import store as run_store

OfRun = Annotated[str, Meta(max_length=40, description="The id or the code of a run.")]


@get("/api/runs/{said:str}/forecast", policy="inventory.read")
async def show_forecast(request: Ask, said: OfRun) -> Response[YieldForecast]:
    """Show what a run will give in the next hours if nothing is done, and how such forecasts did here before."""
    db = runtime_of(request).db
    run = await store.of_run(db, await run_store.find_run(db, said))
    found, made_at = await store.read(db, run.product_code)
    return answer(model.forecast(run, found, made_at=made_at), version=None)


ROUTES = [show_forecast]
