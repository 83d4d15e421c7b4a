"""Custody and containers over HTTP. {said} is the id or code of a sample, or the id or barcode of a container."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.containers import (
    Container,
    ContainerStatus,
    NewContainer,
    Whereabouts,
)
from nanopore_tracking.contracts.api.sample.custody import CustodyEvent, NewCustodyEvent, ToldKind
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.containers import store as container_store
from nanopore_tracking.services.sample.custody import commands, store
from nanopore_tracking.services.sample.samples import store as sample_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]
Tube = Annotated[str, Meta(max_length=100, description="The id or the barcode of a container.")]
Sort = Literal["sequence", "-sequence"]
Code = Annotated[str, Meta(max_length=100, description="Exactly this one.")]


@get("/api/samples/{said:str}/custody", policy="samples.read")
async def list_custody(
    request: Ask,
    said: Said,
    kind: list[ToldKind] | None = None,
    sort: Sort = "-sequence",
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


@get("/api/samples/{said:str}/whereabouts", policy="samples.read")
async def sample_whereabouts(request: Ask, said: Said) -> Response[Whereabouts]:
    """Tell where the tube of a sample is and who says so, from its custody events alone."""
    db = runtime_of(request).db
    sample_id = await sample_store.find_sample(db, call_of(request).scope, said)
    return answer(await store.whereabouts(db, await store.tube_of(db, sample_id)))


@get("/api/storage/containers", policy="storage.read")
async def list_containers(
    request: Ask,
    barcode: Code | None = None,
    subject_code: Code | None = None,
    location_id: UUID | None = None,
    status: list[ContainerStatus] | None = None,
    sort: Literal["updated", "-updated", "barcode", "-barcode"] = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Container]]:
    """List containers, last changed first unless asked otherwise."""
    filters = {"barcode": barcode, "subject_code": subject_code, "location_id": location_id, "status": status}
    db, scope = runtime_of(request).db, call_of(request).scope
    return page(await container_store.list_containers(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/storage/containers", policy="custody.write", status_code=201)
async def create_container(request: Ask, data: NewContainer) -> Response[Container]:
    """Register a container of an aliquot, a library, a pool, or the tube of a sample."""
    return await write(request, lambda tx: commands.create_container(tx, data))


@get("/api/storage/containers/{said:str}", policy="storage.read")
async def show_container(request: Ask, said: Tube) -> Response[Container]:
    """Show one container."""
    db, scope = runtime_of(request).db, call_of(request).scope
    return answer(
        await container_store.show_container(db, scope, await container_store.find_container(db, scope, said))
    )


@get("/api/storage/containers/{said:str}/custody", policy="storage.read")
async def list_of_container(
    request: Ask, said: Tube, sort: Sort = "-sequence", after: After | None = None, limit: Limit = 50
) -> Response[Paged[CustodyEvent]]:
    """List what happened to a container, the last event first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    container_id = await container_store.find_container(db, scope, said)
    return page(await store.list_of_container(db, scope, container_id, sort=sort, after=after, limit=limit))


@post("/api/storage/containers/{said:str}/custody", policy="custody.write", status_code=201)
async def record_of_container(request: Ask, said: Tube, data: NewCustodyEvent) -> Response[CustodyEvent]:
    """Record what happened to a container; it stays as it is."""
    db, scope = runtime_of(request).db, call_of(request).scope
    container_id = await container_store.find_container(db, scope, said)
    return await write(request, lambda tx: commands.record_of_container(tx, container_id, data))


@get("/api/storage/containers/{said:str}/whereabouts", policy="storage.read")
async def container_whereabouts(request: Ask, said: Tube) -> Response[Whereabouts]:
    """Tell where a container is and who says so, from its custody events alone."""
    db, scope = runtime_of(request).db, call_of(request).scope
    return answer(await store.whereabouts(db, await container_store.find_container(db, scope, said)))


ROUTES = [
    list_custody,
    record_custody,
    sample_whereabouts,
    list_containers,
    create_container,
    show_container,
    list_of_container,
    record_of_container,
    container_whereabouts,
]
