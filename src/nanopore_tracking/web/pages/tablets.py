"""Shared tablets: which there are, whose PIN is taken on each, and taking one back."""

from nanopore_tracking.kernel import errors
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.tablets import Tablets
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.visit import Shown, Visit, action, page


@page("/settings/tablets", needs="tablets.read")
async def tablets(visit: Visit) -> Shown:
    """Show the tablets that people share."""
    return await _shown(visit)


async def _shown(visit: Visit, *, status: int = 200, problem: errors.Problem | None = None) -> Shown:
    address = Address.of(visit.request, ("revoked",))
    address = Address(path="/settings/tablets", values=address.values)
    found = await visit.api(Tablets).tablets(revoked=address["revoked"] == "true", after=address["after"])
    return visit.page(
        "pages/settings_tablets.html",
        title="Tablets",
        status=status,
        topics="config",
        tabs=tabs(visit),
        address=address,
        found=found,
        problem=problem,
    )


@action("/settings/tablets/{device_id:str}/revocation", needs="tablets.write")
async def revoke(visit: Visit, device_id: str) -> Shown:
    """Take a tablet back: no PIN is taken there any more."""
    try:
        await visit.api(Tablets).revoke(device_id, visit.form.get("reason", "").strip(), visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _shown(visit, status=422, problem=problem)
    return visit.go("/settings/tablets", "Taken back: no PIN is taken there any more")


ROUTES = [tablets, revoke]
