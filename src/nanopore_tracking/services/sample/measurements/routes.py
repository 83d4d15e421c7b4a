"""Measurements over HTTP. {said} is the id or the code of a sample."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.measurements import (
    Invalidation,
    Measurement,
    NewMeasurement,
    Quantity,
    Subject,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.measurements import commands, store
from nanopore_tracking.services.sample.samples import store as sample_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]


@get("/api/samples/{said:str}/measurements", policy="samples.read")
async def list_measurements(
    request: Ask,
    said: Said,
    subject: Subject | None = None,
    quantity: list[Quantity] | None = None,
    sort: Literal["recorded", "-recorded"] = "-recorded",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Measurement]]:
    """List the measurements of a sample, its libraries and its pools, last recorded first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample_id = await sample_store.find_sample(db, scope, said)
    filters = {"subject": subject, "quantity": quantity}
    found = await store.list_measurements(db, scope, sample_id, filters=filters, sort=sort, after=after, limit=limit)
    return page(found)


@post("/api/samples/{said:str}/measurements", policy="measurements.write", status_code=201)
async def record_measurement(request: Ask, said: Said, data: NewMeasurement) -> Response[Measurement]:
    """Record one measurement; what was submitted stays as it is."""
    sample_id = await _sample(request, said)
    return await write(request, lambda tx: commands.record_measurement(tx, sample_id, data))


@post(
    "/api/samples/{said:str}/measurements/{measurement_id:uuid}/invalidation",
    policy="measurements.write",
    status_code=200,
)
async def invalidate_measurement(
    request: Ask, said: Said, measurement_id: UUID, data: Invalidation
) -> Response[Measurement]:
    """Declare that a measurement does not count, with the reason; it is kept."""
    sample_id = await _sample(request, said)
    return await write(request, lambda tx: commands.invalidate_measurement(tx, sample_id, measurement_id, asked=data))


async def _sample(request: Ask, said: str) -> UUID:
    return await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)


ROUTES = [list_measurements, record_measurement, invalidate_measurement]
