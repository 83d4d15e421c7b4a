"""Operations: events that a service could not handle, and what a person decides about them; sagas beside them."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http.operations import DeadLetter
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.operations import Operations
from nanopore_tracking.web.pages import sagas
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.parked import SERVICES
from nanopore_tracking.web.visit import Shown, Visit, action, page

#: What can be chosen, and the states that it shows; the first is shown when nothing is chosen.
SHOWN = {"": ("dead", "waiting"), "replayed": ("replayed",), "discarded": ("discarded",)}
_MOST = 50


@dataclass(frozen=True, kw_only=True)
class Held:
    """What one service holds. letters: None when it does not answer; more: there are others that are not shown."""

    service: str
    letters: Sequence[DeadLetter] | None = None
    more: bool = False


@page("/settings/operations", needs="operations.read")
async def operations(visit: Visit) -> Shown:
    """Show the sagas that are not over, and the events that could not be handled, for each service."""
    return await _show(visit)


async def _show(visit: Visit, *, status: int = 200, problem: errors.Problem | None = None) -> Shown:
    address = Address.of(visit.request, ("state", "sagas"))
    address = Address(path="/settings/operations", values=address.values)
    states = SHOWN.get(address["state"], SHOWN[""])
    held, found = await asyncio.gather(
        asyncio.gather(*(_held(visit, service, states) for service in SERVICES)),
        sagas.gathered(visit, address["sagas"]),
    )
    return visit.page(
        "pages/settings_operations.html",
        title="Operations",
        status=status,
        topics=",".join(SERVICES),
        tabs=tabs(visit),
        address=address,
        held=held,
        sagas=found,
        looks=sagas.LOOKS,
        told=_told,
        problem=problem,
    )


async def _held(visit: Visit, service: str, states: Sequence[str]) -> Held:
    client = visit.api(Operations, service)
    try:
        pages = [await client.dead_letters(state=state, limit=_MOST) for state in states]
    except errors.Unavailable:
        return Held(service=service)
    letters = [item for found in pages for item in found.items]
    return Held(service=service, letters=letters, more=any(found.next for found in pages))


def _told(envelope: str) -> str:
    """Write an event as it came so that it can be read; what is not JSON stays as it is."""
    try:
        return json.dumps(json.loads(envelope), indent=2, ensure_ascii=False)
    except ValueError:
        return envelope


@action("/settings/operations/{service:str}/{letter_id:int}", needs="operations.write")
async def decide(visit: Visit, service: str, letter_id: int) -> Shown:
    """Let an event be tried again, or decide that it shall have no effect."""
    if service not in SERVICES:
        raise errors.NotFound("There is no such service.")
    client, reason = visit.api(Operations, service), visit.form.get("reason", "").strip()
    try:
        if visit.form.get("verb") == "discard":
            await client.discard(letter_id, reason, visit.key)
            said = "The event is discarded; those behind it are tried next"
        else:
            await client.replay(letter_id, reason, visit.key)
            said = "The event is tried again"
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _show(visit, status=422, problem=problem)
    visit.front.parked.forget()
    return visit.go("/settings/operations", said)


ROUTES = [operations, decide]
