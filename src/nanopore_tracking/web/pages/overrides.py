"""Overrides for which a second person was asked: what each passes over, and the decision."""

from typing import Any

from nanopore_tracking.contracts.api.sample.overrides import Override
from nanopore_tracking.kernel import errors
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.overrides import Overrides
from nanopore_tracking.web.visit import Shown, Visit, action, page

#: Where what an override is of is shown.
PLACES = {
    "sample": "/samples/{code}",
    "library": "/libraries/{code}",
    "pool": "/pools/{code}",
    "run": "/runs/{code}",
    "flow_cell": "/flow-cells/{id}",
    "kit_lot": "/kit-lots?open={id}",
}
STATES = ("confirmed", "refused", "expired", "overtaken")


async def waiting(visit: Visit, thing_id: Any) -> list[Override]:
    """Return the override of something that waits for a second person, where there is one and one may see it."""
    if not visit.can("samples.move"):
        return []
    return (await visit.api(Overrides).overrides(thing_id=str(thing_id), state="waiting")).items


def place_of(item: Override) -> str:
    """Return the address of the page of what an override is of."""
    return PLACES[item.kind].format(code=item.code, id=item.thing_id)


@page("/overrides", needs="samples.move")
async def overrides(visit: Visit) -> Shown:
    """Show the overrides that wait, or those that were decided."""
    return await _show(visit)


async def _show(visit: Visit, *, status: int = 200, problem: errors.Problem | None = None) -> Shown:
    address = Address.of(visit.request, ("done",))
    address = Address(path="/overrides", values=address.values)
    states = STATES if address["done"] else ("waiting",)
    found = await visit.api(Overrides).overrides(
        state=states, sort="-asked" if address["done"] else "asked", after=address["after"] or None, limit=50
    )
    return visit.page(
        "pages/overrides.html",
        title="Overrides",
        status=status,
        topics="sample",
        address=address,
        found=found,
        place_of=place_of,
        problem=problem,
    )


def _status(problem: errors.Problem) -> int:
    return problem.status if problem.status in (409, 412) else 422


@action("/overrides/{override_id:str}/confirmation", needs="samples.override")
async def confirm(visit: Visit, override_id: str) -> Shown:
    """Confirm an override."""
    note, seen = visit.form.get("note", "").strip(), int(visit.form.get("version") or 0)
    try:
        done = await visit.api(Overrides).confirm(override_id, note=note, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Forbidden) as problem:
        return await _refused(visit, problem)
    return visit.go("/overrides", f"Confirmed; {done.code} went on")


@action("/overrides/{override_id:str}/refusal", needs="samples.override")
async def refuse(visit: Visit, override_id: str) -> Shown:
    """Refuse an override."""
    reason, seen = visit.form.get("reason", "").strip(), int(visit.form.get("version") or 0)
    try:
        done = await visit.api(Overrides).refuse(override_id, reason=reason, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _refused(visit, problem)
    return visit.go("/overrides", f"Refused; {done.code} stays where it is")


async def _refused(visit: Visit, problem: errors.Problem) -> Shown:
    if isinstance(problem, errors.Unauthenticated):
        raise problem
    return await _show(visit, status=_status(problem), problem=problem)


ROUTES = [overrides, confirm, refuse]
