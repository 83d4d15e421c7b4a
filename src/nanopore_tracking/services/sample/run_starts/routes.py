"""The start of a run over HTTP."""

from typing import Annotated

from litestar import Response, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.runs import Run
from nanopore_tracking.kernel.http import Ask, match_of, runtime_of, write
from nanopore_tracking.services.sample.run_starts import commands
from nanopore_tracking.services.sample.runs import store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (R26-000001) of a run.")]


@post("/api/runs/{said:str}/start", policy="inventory.write", status_code=202, match=True)
async def start_run(request: Ask, said: Said) -> Response[Run]:
    """Reserve flow cell, barcodes and position, and issue the sheet; the run is `starting` once that is done.

    Where its reason has to be confirmed by a second person, Location says where, and the run stays as it is until then.
    """
    seen = match_of(request)
    run_id = await store.find_run(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.start_run(tx, run_id, seen=seen))


ROUTES = [start_run]
