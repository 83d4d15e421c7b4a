"""Saved views over HTTP: one's own, and those that others share."""

from typing import Literal
from uuid import UUID

from litestar import Response, delete, get, patch, post

from nanopore_tracking.contracts.api.config.views import DefaultChoice, ListName, NewView, View, ViewPatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    match_of,
    page,
    principal_of,
    runtime_of,
    write,
)
from nanopore_tracking.services.config.views import commands, store
from nanopore_tracking.services.config.views.model import Reader


def _reader(request: Ask) -> Reader:
    """Return for whom views are looked up; Forbidden for a service, which has none."""
    principal = principal_of(request)
    if principal.kind == "service":
        raise errors.Forbidden("A service has no views of its own. Nothing was changed.")
    return Reader(
        account_id=UUID(principal.id),
        sees_shared=call_of(request).scope is None,
        may_share="views.share" in principal.permissions,
        may_tend="views.tend" in principal.permissions,
    )


@get("/api/views", policy="signed-in")
async def list_views(
    request: Ask,
    of: ListName | None = None,
    sort: Literal["name", "-name"] = "name",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[View]]:
    """List one's own views by name, and those that others share with who sees the work of all labs."""
    db, filters = runtime_of(request).db, {"of": of}
    return page(await store.list_views(db, _reader(request), filters=filters, sort=sort, after=after, limit=limit))


@post("/api/views", policy="signed-in", status_code=201)
async def create_view(request: Ask, data: NewView) -> Response[View]:
    """Keep a view of a list; no other of one's own has its name."""
    reader = _reader(request)
    return await write(request, lambda tx: commands.create_view(tx, reader, data))


@get("/api/views/{view_id:uuid}", policy="signed-in")
async def show_view(request: Ask, view_id: UUID) -> Response[View]:
    """Show one view."""
    found = await store.show_view(runtime_of(request).db, _reader(request), view_id)
    if found is None:
        raise errors.NotFound(commands.NO_VIEW)
    return answer(found[0], version=found[1])


@patch("/api/views/{view_id:uuid}", policy="signed-in", match=True)
async def change_view(request: Ask, view_id: UUID, data: ViewPatch) -> Response[View]:
    """Change a view of one's own; a view that is no longer shared is nobody else's first view either."""
    reader, seen = _reader(request), match_of(request)
    return await write(request, lambda tx: commands.change_view(tx, reader, view_id, asked=data, seen=seen))


@delete("/api/views/{view_id:uuid}", policy="signed-in", match=True, status_code=204)
async def delete_view(request: Ask, view_id: UUID) -> Response[None]:
    """Remove a view of one's own; a facility manager also a shared one whose owner's account is closed."""
    reader, seen = _reader(request), match_of(request)
    return await write(request, lambda tx: commands.delete_view(tx, reader, view_id, seen=seen))


@post("/api/views/{view_id:uuid}/takeover", policy="views.tend", status_code=200, match=True)
async def take_over(request: Ask, view_id: UUID) -> Response[View]:
    """Let a shared view whose owner's account is closed be one's own; it stays shared."""
    reader, seen = _reader(request), match_of(request)
    return await write(request, lambda tx: commands.take_over(tx, reader, view_id, seen=seen))


@post("/api/views/{view_id:uuid}/default", policy="signed-in", status_code=200)
async def choose_default(request: Ask, view_id: UUID, data: DefaultChoice) -> Response[View]:
    """Let one's own list begin with a view, or no longer."""
    reader, chosen = _reader(request), data.is_default
    return await write(request, lambda tx: commands.choose_default(tx, reader, view_id, is_default=chosen))


ROUTES = [list_views, create_view, show_view, change_view, delete_view, take_over, choose_default]
