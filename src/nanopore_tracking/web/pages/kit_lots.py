"""Lots of reagents: what is there, until when, and what each was used for."""

from datetime import date, timedelta
from typing import Any

from nanopore_tracking.contracts.api.sample.kit_lots import KitLotPatch, NewKitLot, NewLotUse
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.inventory import Inventory
from nanopore_tracking.web.pages.overrides import waiting
from nanopore_tracking.web.visit import Shown, Visit, action, page

FILTERS = ("q", "state", "expires_by", "low")
STATES = ("sealed", "open", "used_up", "discarded")
#: Days in which a lot that expires is told of.
SOON_DAYS = 30


@page("/kit-lots", needs="inventory.read")
async def kit_lots(visit: Visit) -> Shown:
    """Show one page of lots."""
    return await _listed(visit)


async def _listed(visit: Visit, *, status: int = 200, form: forms.Form | None = None, problem: Any = None) -> Shown:
    address = Address.of(visit.request, (*FILTERS, "open"), default_sort="-updated")
    inventory = visit.api(Inventory)
    found = await inventory.lots(**address.query(*FILTERS), sort=address.sort, after=address["after"])
    soon = date.today() + timedelta(days=SOON_DAYS)  # noqa: DTZ011 (the service says what expired; this is a link)
    return visit.page(
        "pages/kit_lots.html",
        title="Kit lots",
        status=status,
        topics="sample",
        address=address,
        found=found,
        uses={
            str(lot.id): (await inventory.uses(lot.id)).items for lot in found.items if str(lot.id) == address["open"]
        },
        edits={str(lot.id): _edit_form(lot) for lot in found.items},
        use_form=forms.of(NewLotUse),
        states=[(code, words.words(code)) for code in STATES],
        soon=soon.isoformat(),
        form=form or forms.of(NewKitLot),
        problem=problem,
    )


def _edit_form(lot: Any) -> forms.Form:
    now = {name: getattr(lot, name) for name in ("expires_on", "reactions_total", "location", "note")}
    return forms.of(KitLotPatch).filled(now | {"discarded": lot.state == "discarded"})


@action("/kit-lots", needs="inventory.write")
async def receive(visit: Visit) -> Shown:
    """Receive a lot."""
    form = forms.of(NewKitLot)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Inventory).receive_lot(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, status=422, form=form.refused(problem, visit.form))
    return visit.go("/kit-lots", f"{made.kit_code} lot {made.lot} received")


@action("/kit-lots/{lot_id:str}/uses", needs="inventory.write")
async def use(visit: Visit, lot_id: str) -> Shown:
    """Use reactions of a lot."""
    values = {name: value for name, value in forms.of(NewLotUse).read(visit.form).items() if value is not None}
    try:
        left = (await visit.api(Inventory).use_lot(lot_id, values, visit.key)).reactions_left
        asked = await waiting(visit, lot_id) if values.get("reason") else []
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, status=422, problem=problem)
    said = "It waits for a second person; nothing was used yet" if asked else f"Recorded; {left} left"
    return visit.go(f"/kit-lots?open={lot_id}", said)


@action("/kit-lots/{lot_id:str}", needs="inventory.write")
async def change(visit: Visit, lot_id: str) -> Shown:
    """Change what is known of a lot."""
    read = forms.of(KitLotPatch).read(visit.form)
    values = {name: "" if value is None and name in ("location", "note") else value for name, value in read.items()}
    values = {name: value for name, value in values.items() if value is not None}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Inventory).change_lot(lot_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, status=422, problem=problem)
    return visit.go("/kit-lots", "Saved")


ROUTES = [kit_lots, receive, use, change]
