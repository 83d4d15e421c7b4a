"""Labs over HTTP. Who may change labs sees all of them; everybody else the labs that they belong to."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.labs import Lab, LabPatch, NewLab
from nanopore_tracking.kernel import errors
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
from nanopore_tracking.services.sample.labs import commands, store

Sort = Literal["name", "-name", "updated", "-updated"]
Text = Annotated[str, Meta(max_length=100, description="Text in the name, the investigator or the organisation.")]


def _scope(request: Ask) -> store.Scope:
    return None if may(request, "labs.write") else call_of(request).scope


@get("/api/labs", policy="labs.read")
async def list_labs(
    request: Ask,
    active: bool | None = None,
    q: Text | None = None,
    sort: Sort = "name",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Lab]]:
    """List labs, by name unless asked otherwise."""
    filters = {"active": active, "q": q}
    found = await store.list_labs(
        runtime_of(request).db, _scope(request), filters=filters, sort=sort, after=after, limit=limit
    )
    return page(found)


@post("/api/labs", policy="labs.write", status_code=201)
async def create_lab(request: Ask, data: NewLab) -> Response[Lab]:
    """Create a lab."""
    return await write(request, lambda tx: commands.create_lab(tx, data))


@get("/api/labs/{lab_id:uuid}", policy="labs.read")
async def show_lab(request: Ask, lab_id: UUID) -> Response[Lab]:
    """Show one lab."""
    found = await store.show_lab(runtime_of(request).db, _scope(request), lab_id)
    if found is None:
        raise errors.NotFound("There is no such lab, or none that you may see.")
    return answer(found[0], version=found[1])


@patch("/api/labs/{lab_id:uuid}", policy="labs.write", match=True)
async def change_lab(request: Ask, lab_id: UUID, data: LabPatch) -> Response[Lab]:
    """Change a lab."""
    seen, scope = match_of(request), _scope(request)
    return await write(request, lambda tx: commands.change_lab(tx, lab_id, data, seen=seen, scope=scope))


ROUTES = [list_labs, create_lab, show_lab, change_lab]
