"""Aliquots over HTTP. {said} is the id or the code of a sample."""

from typing import Annotated, Literal

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.aliquots import Aliquot, NewAliquot
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.aliquots import commands, store
from nanopore_tracking.services.sample.samples import store as sample_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]


@get("/api/samples/{said:str}/aliquots", policy="samples.read")
async def list_aliquots(
    request: Ask,
    said: Said,
    sort: Literal["taken", "-taken"] = "-taken",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Aliquot]]:
    """List the aliquots of a sample, last taken first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample_id = await sample_store.find_sample(db, scope, said)
    return page(await store.list_aliquots(db, scope, sample_id, sort=sort, after=after, limit=limit))


@post("/api/samples/{said:str}/aliquots", policy="samples.write", status_code=201)
async def take_aliquot(request: Ask, said: Said, data: NewAliquot) -> Response[Aliquot]:
    """Take an aliquot of a sample; never more than there is."""
    sample_id = await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.take_aliquot(tx, sample_id, data))


ROUTES = [list_aliquots, take_aliquot]
