"""Libraries over HTTP. {said} is the id or the code of a library."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.chain import LibraryState, Step, StepDone, StepGate
from nanopore_tracking.contracts.api.sample.libraries import Library, LibraryListed, LibraryPatch, NewLibrary
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
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.chain import store as chain_store
from nanopore_tracking.services.sample.kit_lots import store as lot_store
from nanopore_tracking.services.sample.libraries import commands, model, store
from nanopore_tracking.services.sample.samples import store as sample_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (L26-000123) of a library.")]
OfSample = Annotated[str, Meta(max_length=40, description="The id or the code of a sample that went in.")]
Text = Annotated[str, Meta(min_length=1, max_length=60, description="How the code begins, or part of the kit's.")]
Codes = Annotated[
    list[Annotated[str, Meta(max_length=40)]], Meta(max_length=200, description="Only those of these codes.")
]
Ids = Annotated[list[UUID], Meta(max_length=200, description="Only these.")]


@get("/api/libraries", policy="samples.read")
async def list_libraries(
    request: Ask,
    state: list[LibraryState] | None = None,
    sample: OfSample | None = None,
    pool_id: UUID | None = None,
    lab_id: UUID | None = None,
    ids: Ids | None = None,
    code: Codes | None = None,
    q: Text | None = None,
    sort: Literal["updated", "-updated", "code", "-code"] = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[LibraryListed]]:
    """List libraries, last changed first unless asked otherwise."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample_id = None if sample is None else await sample_store.find_sample(db, scope, sample)
    filters = {
        "state": state,
        "sample_id": sample_id,
        "pool_id": pool_id,
        "lab_id": lab_id,
        "ids": ids,
        "codes": code,
        "q": q,
    }
    return page(await store.list_libraries(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/libraries", policy="samples.write", status_code=201)
async def create_library(request: Ask, data: NewLibrary) -> Response[Library]:
    """Plan a library of samples or aliquots, or record one that was prepared."""
    return await write(request, lambda tx: commands.create_library(tx, data))


@get("/api/libraries/{said:str}", policy="samples.read")
async def show_library(request: Ask, said: Said) -> Response[Library]:
    """Show one library."""
    item, version = await store.show_library(runtime_of(request).db, call_of(request).scope, said)
    return answer(item, version=version)


@patch("/api/libraries/{said:str}", policy="samples.write", match=True)
async def change_library(request: Ask, said: Said, data: LibraryPatch) -> Response[Library]:
    """Change what is said of the preparation of a planned library."""
    seen = match_of(request)
    library_id = await store.find_library(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.change_library(tx, library_id, data, seen=seen))


@get("/api/libraries/{said:str}/gate", policy="samples.read")
async def show_gate(request: Ask, said: Said) -> Response[StepGate]:
    """Tell where a library may go, and what each way needs."""
    db, call = runtime_of(request).db, call_of(request)
    library_id = await store.find_library(db, call.scope, said)
    library = (await store.read_libraries(db, call.scope, [library_id]))[library_id]
    day = call.at.date()
    kit = (await catalogue_store.current(db, day)).kit_named(library.kit)
    lot = await lot_store.lot_of_kit(db, kit_code=library.kit, lot=library.kit_lot) if library.kit_lot else None
    facts = model.Facts(library=library, kit=kit, today=day, lot=lot)
    return answer(chain.gate(library.stands, model.WAYS, facts), version=None)


@post("/api/libraries/{said:str}/transitions", policy="samples.move", status_code=200, match=True, also=202)
async def move_library(request: Ask, said: Said, data: Step) -> Response[Library]:
    """Move a library to another state. A refused one answers with what is allowed and what is missing.

    The answer is 202 where an override waits for a second person from now on; Location says where that is decided.
    """
    seen = match_of(request)
    may_override = may(request, "samples.override")
    library_id = await store.find_library(runtime_of(request).db, call_of(request).scope, said)
    return await write(
        request, lambda tx: commands.move_library(tx, library_id, data, seen=seen, may_override=may_override)
    )


@get("/api/libraries/{said:str}/transitions", policy="samples.read")
async def list_transitions(
    request: Ask,
    said: Said,
    sort: Literal["changed", "-changed"] = "-changed",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[StepDone]]:
    """List the transitions of a library, the last one first."""
    db = runtime_of(request).db
    library_id = await store.find_library(db, call_of(request).scope, said)
    return page(await chain_store.list_changes(db, library_id, sort=sort, after=after, limit=limit))


ROUTES = [list_libraries, create_library, show_library, change_library, show_gate, move_library, list_transitions]
