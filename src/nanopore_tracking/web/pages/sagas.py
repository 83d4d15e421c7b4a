"""Sagas: what is done in steps over several services, how far it is, and what a person decides about it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http.sagas import Saga
from nanopore_tracking.web.clients.operations import Operations
from nanopore_tracking.web.parked import SERVICES
from nanopore_tracking.web.visit import Shown, Visit, action, page

#: How a state looks: the state of other things whose sign it has, and the words.
LOOKS = {
    "running": ("running", "Under way"),
    "waiting": ("waiting", "Waits for an answer"),
    "compensating": ("on_hold", "Is being undone"),
    "stuck": ("dead", "Stuck"),
    "completed": ("done", "Done"),
    "compensated": ("cancelled", "Undone"),
}
#: What can be chosen, and the state that it asks for; the first when nothing is chosen.
SHOWN = {"": "open", "completed": "completed", "compensated": "compensated"}
_MOST = 50


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The sagas of all services. silent: those that do not answer; more: there are others that are not shown."""

    items: Sequence[tuple[str, Saga]]
    silent: Sequence[str]
    more: bool


async def gathered(visit: Visit, chosen: str) -> Gathered:
    """Return the sagas of all services, those that are stuck first, then the latest. chosen: of SHOWN."""
    state = SHOWN.get(chosen, SHOWN[""])

    async def ask(service: str) -> tuple[list[Saga], bool] | None:
        try:
            found = await visit.api(Operations, service).sagas(state=state, limit=_MOST)
        except errors.Unavailable:
            return None
        return found.items, found.next is not None

    answers = dict(zip(SERVICES, await asyncio.gather(*map(ask, SERVICES)), strict=True))
    items = [(service, item) for service, found in answers.items() if found for item in found[0]]
    items.sort(key=lambda pair: (pair[1].state == "stuck", pair[1].started_at), reverse=True)
    return Gathered(
        items=items,
        silent=[service for service, found in answers.items() if found is None],
        more=any(found[1] for found in answers.values() if found),
    )


@page("/settings/operations/sagas/{service:str}/{saga_id:uuid}", needs="operations.read")
async def saga(visit: Visit, service: str, saga_id: UUID) -> Shown:
    """Show one saga with its steps."""
    return await _show(visit, service, saga_id)


async def _show(
    visit: Visit, service: str, saga_id: UUID, *, status: int = 200, problem: errors.Problem | None = None
) -> Shown:
    if service not in SERVICES:
        raise errors.NotFound("There is no such service.")
    found = await visit.api(Operations, service).saga(saga_id)
    return visit.page(
        "pages/saga.html",
        title=f"Saga {found.subject_code or found.key}",
        status=status,
        topics=service,
        service=service,
        saga=found,
        looks=LOOKS,
        may_retry=found.state == "stuck" or (found.state in ("running", "compensating") and bool(found.error)),
        may_cancel=found.state in ("running", "waiting") and found.cancel_reason is None,
        problem=problem,
    )


@action("/settings/operations/sagas/{service:str}/{saga_id:uuid}", needs="operations.write")
async def decide(visit: Visit, service: str, saga_id: UUID) -> Shown:
    """Let a saga try again, or be undone."""
    if service not in SERVICES:
        raise errors.NotFound("There is no such service.")
    client, reason = visit.api(Operations, service), visit.form.get("reason", "").strip()
    try:
        if visit.form.get("verb") == "cancel":
            await client.cancel_saga(saga_id, reason, visit.key)
            said = "What it did is being undone"
        else:
            await client.retry_saga(saga_id, reason, visit.key)
            said = "It is tried again"
    except (errors.Invalid, errors.Conflict) as problem:
        return await _show(visit, service, saga_id, status=422, problem=problem)
    visit.front.parked.forget()
    return visit.go(f"/settings/operations/sagas/{service}/{saga_id}", said)


ROUTES = [saga, decide]
