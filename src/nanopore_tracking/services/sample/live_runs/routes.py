"""What instruments tell of runs while they sequence, over HTTP."""

from typing import Annotated

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.live import LiveRun, LiveTaken, NewTelling
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of, write
from nanopore_tracking.services.sample.live_runs import commands, store
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.settings import Settings

OfRun = Annotated[str, Meta(max_length=40, description="The id or the code of a run.")]
One = Annotated[
    str, Meta(min_length=1, max_length=60, description="MinKNOW's id of one of its acquisitions, or `last`.")
]
#: Four hours of some positions with 96 barcodes each.
_LIMIT_BYTES = 16_000_000


@post("/api/runs/live", policy="live.write", status_code=200, body_limit=_LIMIT_BYTES)
async def take_telling(request: Ask, data: NewTelling) -> Response[LiveTaken]:
    """Tell what an agent saw of one computer with MinKNOW; a minute that is sent again is the one that is there.

    Answers the last minute that is known of each run, so that the agent asks MinKNOW for what comes after it.
    """
    return await write(request, lambda tx: commands.take(tx, data))


@get("/api/runs/{said:str}/live", policy="inventory.read")
async def show_live(request: Ask, said: OfRun, acquisition: One | None = None) -> Response[LiveRun]:
    """Show how a run stands by what its instrument tells, and where it goes if nothing is done.

    A run that was started again has several acquisitions; without `acquisition`, they are added up, and that is said.
    """
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    run = await run_store.read_run(runtime.db, await run_store.find_run(runtime.db, said))
    at, quiet_s = call_of(request).at, settings.live_quiet_s
    found = await store.show(runtime.db, run, at=at, quiet_s=quiet_s, which=acquisition or "")
    return answer(found, version=None)


ROUTES = [take_telling, show_live]
