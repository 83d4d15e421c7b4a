"""Custody over HTTP. {said} is the id or the code of a sample."""

from typing import Annotated, Literal

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.custody import CustodyEvent, CustodyKind, NewCustodyEvent
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.custody import commands, store
from nanopore_tracking.services.sample.samples import store as sample_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]


@get("/api/samples/{said:str}/custody", policy="samples.read")
async def list_custody(
    request: Ask,
    said: Said,
    kind: list[CustodyKind] | None = None,
    sort: Literal["sequence", "-sequence"] = "-sequence",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[CustodyEvent]]:
    """List what happened to the tube of a sample, the last event first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample_id = await sample_store.find_sample(db, scope, said)
    found = await store.list_events(db, scope, sample_id, filters={"kind": kind}, sort=sort, after=after, limit=limit)
    return page(found)


@post("/api/samples/{said:str}/custody", policy="custody.write", status_code=201)
async def record_custody(request: Ask, said: Said, data: NewCustodyEvent) -> Response[CustodyEvent]:
    """Record what happened to the tube of a sample; it stays as it is."""
    sample_id = await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.record_custody(tx, sample_id, data))


ROUTES = [list_custody, record_custody]
