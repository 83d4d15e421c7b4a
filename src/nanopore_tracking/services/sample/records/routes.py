"""Stage records over HTTP. {said} is the id or the code of a sample."""

from typing import Annotated, Literal

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.records import NewRecord, Record, RecordKind
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.records import commands, store
from nanopore_tracking.services.sample.samples import store as sample_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]


@get("/api/samples/{said:str}/records", policy="samples.read")
async def list_records(
    request: Ask,
    said: Said,
    kind: list[RecordKind] | None = None,
    current: bool | None = None,
    sort: Literal["recorded", "-recorded"] = "-recorded",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Record]]:
    """List what was done to a sample at its stages, last recorded first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample_id = await sample_store.find_sample(db, scope, said)
    filters = {"kind": kind, "current": current}
    return page(await store.list_records(db, scope, sample_id, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/samples/{said:str}/records", policy="samples.write", status_code=201)
async def add_record(request: Ask, said: Said, data: NewRecord) -> Response[Record]:
    """Record a run, a basecalling or a decision of a sample at its present stage."""
    sample_id = await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.add_record(tx, sample_id, data))


ROUTES = [list_records, add_record]
