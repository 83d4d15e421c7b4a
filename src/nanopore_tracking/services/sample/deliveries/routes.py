"""Deliveries over HTTP. {said} is the id or the code of a delivery."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post, put
from litestar.params import QueryParameter
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.deliveries import (
    Delivery,
    DeliveryFile,
    DeliveryListed,
    DeliveryPatch,
    DeliveryState,
    NewAssignment,
    NewDelivery,
    NewDeliveryState,
    NewManifest,
    NewVerification,
    Verification,
)
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    match_of,
    may,
    page,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.deliveries import commands, store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (D26-000001) of a delivery.")]
#: A manifest of many files is larger than other bodies.
_LIMIT_BYTES = 24_000_000


async def _id(request: Ask, said: str) -> UUID:
    return await store.find_delivery(runtime_of(request).db, call_of(request).scope, said)


@get("/api/deliveries", policy="deliveries.read")
async def list_deliveries(
    request: Ask,
    wanted: Annotated[list[DeliveryState] | None, QueryParameter(name="state")] = None,
    lab_id: UUID | None = None,
    project_id: UUID | None = None,
    submission_id: UUID | None = None,
    sample_id: UUID | None = None,
    sort: Literal["updated", "-updated", "code", "-code"] = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[DeliveryListed]]:
    """List deliveries, last changed first unless asked otherwise."""
    db, scope = runtime_of(request).db, call_of(request).scope
    filters = {
        "state": wanted,
        "lab_id": lab_id,
        "project_id": project_id,
        "submission_id": submission_id,
        "sample_id": sample_id,
    }
    return page(await store.list_deliveries(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/deliveries", policy="deliveries.write", status_code=201)
async def prepare(request: Ask, data: NewDelivery) -> Response[Delivery]:
    """Prepare a delivery of samples of one project."""
    return await write(request, lambda tx: commands.prepare(tx, data))


@get("/api/deliveries/{said:str}", policy="deliveries.read")
async def show_delivery(request: Ask, said: Said) -> Response[Delivery]:
    """Show one delivery with its samples; the files have a list of their own."""
    db, scope = runtime_of(request).db, call_of(request).scope
    item, version = await store.show_delivery(db, scope, await _id(request, said))
    return answer(item, version=version)


@patch("/api/deliveries/{said:str}", policy="deliveries.write", match=True)
async def change_delivery(request: Ask, said: Said, data: DeliveryPatch) -> Response[Delivery]:
    """Change how and where data are delivered that are not released, and how long they are kept."""
    seen, delivery_id = match_of(request), await _id(request, said)
    return await write(request, lambda tx: commands.change(tx, delivery_id, data, seen=seen))


@put("/api/deliveries/{said:str}/manifest", policy="deliveries.write", match=True, body_limit=_LIMIT_BYTES)
async def set_manifest(request: Ask, said: Said, data: NewManifest) -> Response[Delivery]:
    """Say which files are delivered, with their sums: all of them, instead of what was said before."""
    seen, delivery_id = match_of(request), await _id(request, said)
    return await write(request, lambda tx: commands.set_manifest(tx, delivery_id, data, seen=seen))


@post("/api/deliveries/{said:str}/assignments", policy="deliveries.write", status_code=200, match=True)
async def assign(request: Ask, said: Said, data: NewAssignment) -> Response[Delivery]:
    """Say whose data files of the manifest are, or that they go to all samples of the delivery."""
    seen, delivery_id = match_of(request), await _id(request, said)
    return await write(request, lambda tx: commands.assign(tx, delivery_id, data, seen=seen))


@get("/api/deliveries/{said:str}/files", policy="deliveries.read")
async def list_files(
    request: Ask,
    said: Said,
    unassigned: bool | None = None,
    sort: Literal["path", "-path"] = "path",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[DeliveryFile]]:
    """List the files of a delivery, by path."""
    db, scope, delivery_id = runtime_of(request).db, call_of(request).scope, await _id(request, said)
    asked = {"filters": {"unassigned": unassigned}, "sort": sort, "after": after, "limit": limit}
    return page(await store.list_files(db, scope, delivery_id, **asked))


@post("/api/deliveries/{said:str}/verifications", policy="deliveries.write", status_code=201, body_limit=_LIMIT_BYTES)
async def verify(request: Ask, said: Said, data: NewVerification) -> Response[Verification]:
    """Say what lies at the destination; the service compares it with the manifest."""
    delivery_id = await _id(request, said)
    return await write(request, lambda tx: commands.verify(tx, delivery_id, data))


@get("/api/deliveries/{said:str}/verifications", policy="deliveries.read")
async def list_verifications(
    request: Ask,
    said: Said,
    sort: Literal["verified", "-verified"] = "-verified",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Verification]]:
    """List what was found at the destination, the last look first."""
    db, scope, delivery_id = runtime_of(request).db, call_of(request).scope, await _id(request, said)
    return page(await store.list_verifications(db, scope, delivery_id, sort=sort, after=after, limit=limit))


@post("/api/deliveries/{said:str}/transitions", policy="deliveries.write", status_code=200)
async def move(request: Ask, said: Said, data: NewDeliveryState) -> Response[Delivery]:
    """Move a delivery: copying, released, received, retracted, or back; what is missing is named."""
    delivery_id = await _id(request, said)
    may_release = may(request, "deliveries.release")
    return await write(request, lambda tx: commands.move(tx, delivery_id, data, may_release=may_release))


@post("/api/deliveries/{said:str}/redelivery", policy="deliveries.write", status_code=201)
async def redeliver(request: Ask, said: Said) -> Response[Delivery]:
    """Prepare a delivery of the same files once more."""
    delivery_id = await _id(request, said)
    return await write(request, lambda tx: commands.redeliver(tx, delivery_id))


ROUTES = [
    list_deliveries,
    prepare,
    show_delivery,
    change_delivery,
    set_manifest,
    assign,
    list_files,
    verify,
    list_verifications,
    move,
    redeliver,
]
