"""The routes by which people see the sagas of a service and decide about them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter

from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.http.answers import Paged, answer, page
from nanopore_tracking.kernel.http.ask import After, Ask, Limit, runtime_of
from nanopore_tracking.kernel.http.writes import Written, write
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.sagas import decisions
from nanopore_tracking.kernel.service import Service

State = Literal["running", "waiting", "compensating", "completed", "compensated", "stuck"]

#: `state` in the query; a handler cannot have a parameter of that name. `open`: all that are not over.
Wanted = Annotated[Literal[State, "open"] | None, QueryParameter(name="state")]
Kind = Annotated[Annotated[str, msgspec.Meta(max_length=100)] | None, QueryParameter(name="type")]


class Saga(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is done in steps over several transactions or services.

    key: what it is about, for the program; subject: for people; step: where it stands, step_number of step_count;
    since: when it came there; attempts: how often the step failed; error: the last one; cause: why it is undone;
    on_behalf_of: who started it, null for a service by itself.
    """

    id: UUID
    type: str
    version: int
    key: str
    subject_kind: str
    subject_id: str
    subject_code: str | None
    state: State
    step: str
    step_number: int
    step_count: int
    attempts: int
    error: str
    cause: str
    cancelled_by: str | None
    cancel_reason: str | None
    started_at: datetime
    since: datetime
    next_at: datetime
    deadline_at: datetime
    ended_at: datetime | None
    request_id: str
    on_behalf_of: Actor | None = None


class SagaStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was done or undone, with what it returned."""

    name: str
    phase: Literal["do", "undo"]
    output: Any
    attempts: int
    finished_at: datetime


class SagaSignal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a saga was told."""

    name: str
    data: Any
    told_at: datetime


class WholeSaga(Saga, frozen=True, kw_only=True):
    """A saga with what it was started with, its steps in the order in which they were done, and its signals."""

    data: Any
    steps: list[SagaStep]
    signals: list[SagaSignal]


class Why(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody decides so about a saga."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


def routes(service: Service) -> list[Any]:
    """Return the routes of a service with a database."""
    sagas = f"/api/operations/{service.name}/sagas"
    return [
        get(sagas, policy="operations.read")(list_sagas),
        get(f"{sagas}/{{saga_id:uuid}}", policy="operations.read")(show_saga),
        post(f"{sagas}/{{saga_id:uuid}}/retry", policy="operations.write", status_code=204)(retry_saga),
        post(f"{sagas}/{{saga_id:uuid}}/cancel", policy="operations.write", status_code=204)(cancel_saga),
    ]


async def list_sagas(
    request: Ask,
    states: Wanted = None,
    kind: Kind = None,
    *,
    sort: str = "-id",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Saga]]:
    """List the sagas of this service, the latest first."""
    db = runtime_of(request).db
    return page(await decisions.list_sagas(db, state=states, type=kind, sort=sort, after=after, limit=limit))


async def show_saga(request: Ask, saga_id: UUID) -> Response[WholeSaga]:
    """Show a saga with its steps."""
    return answer(await decisions.show(runtime_of(request).db, saga_id))


async def retry_saga(request: Ask, saga_id: UUID, data: Why) -> Response[None]:
    """Let a saga that is stuck, or whose step failed, try again now."""

    async def command(tx: Transaction) -> Written:
        await decisions.retry(tx, saga_id, data.reason)
        return Written(None)

    return await write(request, command)


async def cancel_saga(request: Ask, saga_id: UUID, data: Why) -> Response[None]:
    """Let what a saga did be undone, before its next step; the last step that is being done is not held up."""

    async def command(tx: Transaction) -> Written:
        await decisions.cancel(tx, saga_id, data.reason)
        return Written(None)

    return await write(request, command)
