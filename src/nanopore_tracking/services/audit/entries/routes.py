"""The log over HTTP: searching it, one entry, the history of one object, its state."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.audit import Entry, LogState
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, page, principal_of, runtime_of
from nanopore_tracking.services.audit.entries import model, store

Word = Annotated[str, Meta(max_length=200)]
Sort = Literal["sequence", "-sequence"]
Moment = Annotated[datetime, Meta(tz=True)]


def _sight(request: Ask) -> model.Sight:
    principal = principal_of(request)
    return model.sight(principal.roles, principal.id)


@get("/api/audit/entries", policy="audit.read")
async def list_entries(
    request: Ask,
    object_kind: Word | None = None,
    object_id: Word | None = None,
    object_code: Word | None = None,
    actor: Word | None = None,
    type: Word | None = None,
    source: Word | None = None,
    request_id: Word | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    sort: Sort = "-sequence",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Entry]]:
    """Search the log by object, person, kind of event, service, request and time; newest first.

    A person finds what they did and what services did on their behalf.
    """
    search = model.Search(
        object_kind=object_kind,
        object_id=object_id,
        object_code=object_code,
        actor=actor,
        type=type,
        source=source,
        request_id=request_id,
        since=since,
        until=until,
    )
    db = runtime_of(request).db
    return page(await store.list_entries(db, _sight(request), search, sort=sort, after=after, limit=limit))


@get("/api/audit/entries/{sequence:int}", policy="audit.read")
async def show_entry(request: Ask, sequence: int) -> Response[Entry]:
    """Show one entry by its place in the log."""
    found = await store.show_entry(runtime_of(request).db, _sight(request), sequence)
    if found is None:
        raise errors.NotFound("There is no such entry, or none that you may see.")
    return answer(found)


@get("/api/audit/history/{kind:str}/{object_id:uuid}", policy="samples.read")
async def show_history(
    request: Ask, kind: str, object_id: UUID, sort: Sort = "-sequence", after: After | None = None, limit: Limit = 50
) -> Response[Paged[Entry]]:
    """Show what happened to one object of a lab that the caller may see; newest first."""
    thing = model.Thing(kind=kind, id=object_id, scope=call_of(request).scope)
    return page(await store.list_history(runtime_of(request).db, thing, sort=sort, after=after, limit=limit))


@get("/api/audit/state", policy="audit.read")
async def show_state(request: Ask) -> Response[LogState]:
    """Tell how many entries the log has and how far it has read each service."""
    return answer(await store.show_state(runtime_of(request).db))


ROUTES = [list_entries, show_entry, show_history, show_state]
