"""The routes that every service with a database has: its changes, the events that it could not handle, its sagas."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter

from nanopore_tracking.kernel import deadletters
from nanopore_tracking.kernel.http import sagas
from nanopore_tracking.kernel.http.answers import Paged, page
from nanopore_tracking.kernel.http.ask import After, Ask, Limit, runtime_of
from nanopore_tracking.kernel.http.changes import follow_changes
from nanopore_tracking.kernel.http.writes import Written, write
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.service import Service

State = Literal["waiting", "dead", "replayed", "discarded"]


#: `state` in the query; a handler cannot have a parameter of that name.
Wanted = Annotated[State | None, QueryParameter(name="state")]


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """An event of another service that could not be handled here.

    state: waiting (it is tried again by itself), dead (it waits for a person), replayed, discarded; envelope: the event
    as it came, JSON as text.
    """

    id: int
    source: str
    epoch: int
    sequence: int
    event_id: UUID
    type: str
    subject_id: str
    state: State
    attempts: int
    error: str
    envelope: str
    created_at: datetime
    next_attempt_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    reason: str | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody decides so."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


def paths(service: str) -> tuple[str, ...]:
    """Return the prefixes under which a service answers these routes."""
    return f"/api/changes/{service}", f"/api/operations/{service}"


def routes(service: Service) -> list[Any]:
    """Return the routes of a service; none for one without a database."""
    if service.database is None:
        return []
    letters = f"/api/operations/{service.name}/dead-letters"
    return [
        get(f"/api/changes/{service.name}", policy="signed-in", media_type="text/event-stream")(follow_changes),
        get(letters, policy="operations.read")(list_dead_letters),
        post(f"{letters}/{{letter_id:int}}/replay", policy="operations.write", status_code=204)(replay_letter),
        post(f"{letters}/{{letter_id:int}}/discard", policy="operations.write", status_code=204)(discard_letter),
        *sagas.routes(service),
    ]


async def list_dead_letters(
    request: Ask, states: Wanted = None, *, sort: str = "-id", after: After | None = None, limit: Limit = 50
) -> Response[Paged[DeadLetter]]:
    """List the events that could not be handled here, the latest first."""
    db = runtime_of(request).db
    return page(await deadletters.list_dead_letters(db, state=states, sort=sort, after=after, limit=limit))


async def replay_letter(request: Ask, letter_id: int, data: Decision) -> Response[None]:
    """Let an event be tried again, as often as a new one."""

    async def command(tx: Transaction) -> Written:
        await deadletters.replay(tx, letter_id, data.reason)
        return Written(None)

    return await write(request, command)


async def discard_letter(request: Ask, letter_id: int, data: Decision) -> Response[None]:
    """Decide that an event shall have no effect here; those behind it are tried next."""

    async def command(tx: Transaction) -> Written:
        await deadletters.discard(tx, letter_id, data.reason)
        return Written(None)

    return await write(request, command)
