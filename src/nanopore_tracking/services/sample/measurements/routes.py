"""Measurements over HTTP. {said} is the id or the code of a sample, a library or a pool."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.measurements import (
    Dilution,
    Invalidation,
    Measurement,
    NewMeasurement,
    Quantity,
    Signature,
    Subject,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.measurements import commands, model, store
from nanopore_tracking.services.sample.measurements.model import Part
from nanopore_tracking.services.sample.pools import store as pool_store
from nanopore_tracking.services.sample.samples import store as sample_store

NgPerUl = Annotated[float, Meta(gt=0, le=100_000, description="The concentration that is wanted.")]
VolumeUl = Annotated[float, Meta(gt=0, le=100_000, description="The volume that is wanted.")]
Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]
SaidPart = Annotated[str, Meta(max_length=40, description="The id or the code of a library or a pool.")]


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


@post(
    "/api/samples/{said:str}/measurements/{measurement_id:uuid}/signature",
    policy="measurements.write",
    status_code=200,
)
async def sign_measurement(request: Ask, said: Said, measurement_id: UUID, data: Signature) -> Response[Measurement]:
    """Sign, as a person, that a concentration that is not fluorometric may be diluted by."""
    sample_id = await _sample(request, said)
    return await write(request, lambda tx: commands.sign_measurement(tx, sample_id, measurement_id, said=data.reason))


@get("/api/samples/{said:str}/dilution", policy="samples.read")
async def dilute(
    request: Ask,
    said: Said,
    target_ng_per_ul: NgPerUl,
    final_volume_ul: VolumeUl,
    measurement_id: UUID | None = None,
) -> Response[Dilution]:
    """Compute a dilution from the concentration that counts, or from a named one; NanoDrop only where it is signed."""
    db = runtime_of(request).db
    sample_id = await _sample(request, said)
    stored = model.usable(await store.concentration(db, sample_id, measurement_id))
    return answer(model.diluted(stored, sample_id, target_ng_per_ul=target_ng_per_ul, final_volume_ul=final_volume_ul))


async def _sample(request: Ask, said: str) -> UUID:
    return await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)


@get("/api/libraries/{said:str}/measurements", policy="samples.read")
async def list_of_library(
    request: Ask,
    said: SaidPart,
    quantity: list[Quantity] | None = None,
    sort: Literal["recorded", "-recorded"] = "-recorded",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Measurement]]:
    """List the measurements of a library, last recorded first."""
    part = await _part(request, "library", said)
    asked = {"filters": {"quantity": quantity}, "sort": sort, "after": after, "limit": limit}
    return page(await store.list_of_part(runtime_of(request).db, part, **asked))


@post("/api/libraries/{said:str}/measurements", policy="measurements.write", status_code=201)
async def measure_library(request: Ask, said: SaidPart, data: NewMeasurement) -> Response[Measurement]:
    """Record one measurement of a library."""
    part = await _part(request, "library", said)
    return await write(request, lambda tx: commands.measure_part(tx, part, data))


@post(
    "/api/libraries/{said:str}/measurements/{measurement_id:uuid}/invalidation",
    policy="measurements.write",
    status_code=200,
)
async def invalidate_of_library(
    request: Ask, said: SaidPart, measurement_id: UUID, data: Invalidation
) -> Response[Measurement]:
    """Declare that a measurement of a library does not count, with the reason; it is kept."""
    part = await _part(request, "library", said)
    return await write(request, lambda tx: commands.invalidate_part(tx, part, measurement_id, asked=data))


@get("/api/pools/{said:str}/measurements", policy="samples.read")
async def list_of_pool(
    request: Ask,
    said: SaidPart,
    quantity: list[Quantity] | None = None,
    sort: Literal["recorded", "-recorded"] = "-recorded",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Measurement]]:
    """List the measurements of a pool, last recorded first."""
    part = await _part(request, "pool", said)
    asked = {"filters": {"quantity": quantity}, "sort": sort, "after": after, "limit": limit}
    return page(await store.list_of_part(runtime_of(request).db, part, **asked))


@post("/api/pools/{said:str}/measurements", policy="measurements.write", status_code=201)
async def measure_pool(request: Ask, said: SaidPart, data: NewMeasurement) -> Response[Measurement]:
    """Record one measurement of a pool."""
    part = await _part(request, "pool", said)
    return await write(request, lambda tx: commands.measure_part(tx, part, data))


@post(
    "/api/pools/{said:str}/measurements/{measurement_id:uuid}/invalidation",
    policy="measurements.write",
    status_code=200,
)
async def invalidate_of_pool(
    request: Ask, said: SaidPart, measurement_id: UUID, data: Invalidation
) -> Response[Measurement]:
    """Declare that a measurement of a pool does not count, with the reason; it is kept."""
    part = await _part(request, "pool", said)
    return await write(request, lambda tx: commands.invalidate_part(tx, part, measurement_id, asked=data))


async def _part(request: Ask, subject: Literal["library", "pool"], said: str) -> Part:
    db, scope = runtime_of(request).db, call_of(request).scope
    if subject == "library":
        library_id = await library_store.find_library(db, scope, said)
        return Part(
            "library", library_id, (await library_store.read_libraries(db, scope, [library_id]))[library_id].code
        )
    pool_id = await pool_store.find_pool(db, scope, said)
    return Part("pool", pool_id, (await pool_store.read_pool(db, pool_id)).code)


ROUTES = [
    list_measurements,
    record_measurement,
    invalidate_measurement,
    sign_measurement,
    dilute,
    list_of_library,
    measure_library,
    invalidate_of_library,
    list_of_pool,
    measure_pool,
    invalidate_of_pool,
]
