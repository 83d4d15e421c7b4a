"""Batches over HTTP."""

from litestar import Response, post

from nanopore_tracking.contracts.api.sample.libraries import Batch, NewBatch
from nanopore_tracking.kernel.http import Ask, write
from nanopore_tracking.services.sample.batches import commands


@post("/api/libraries/batch", policy="samples.write", status_code=200)
async def plan_batch(request: Ask, data: NewBatch) -> Response[Batch]:
    """Plan up to 96 libraries from samples, the barcodes of the kit given in order; each row says what became of it."""
    return await write(request, lambda tx: commands.plan_batch(tx, data))


ROUTES = [plan_batch]
