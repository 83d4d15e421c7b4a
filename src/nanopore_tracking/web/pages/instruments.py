"""Instruments: what runs can be planned on, position by position."""

from typing import Any

from nanopore_tracking.contracts.api.sample.instruments import InstrumentPatch, NewInstrument
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.inventory import Inventory
from nanopore_tracking.web.visit import Shown, Visit, action, page

EDITED = ("name", "serial", "host", "api_port", "note", "state")


@page("/instruments", needs="inventory.read")
async def instruments(visit: Visit) -> Shown:
    """Show the instruments."""
    return await _listed(visit)


async def _listed(visit: Visit, *, status: int = 200, form: forms.Form | None = None, problem: Any = None) -> Shown:
    address = Address.of(visit.request, ("q",), default_sort="name")
    inventory = visit.api(Inventory)
    found = await inventory.instruments(q=address["q"], sort=address.sort, after=address["after"])
    edits = {
        str(item.id): forms.of(InstrumentPatch).filled({name: getattr(item, name) for name in EDITED})
        for item in found.items
    }
    return visit.page(
        "pages/instruments.html",
        title="Instruments",
        status=status,
        topics="sample",
        address=address,
        found=found,
        edits=edits,
        form=form or await _new_form(visit),
        problem=problem,
    )


async def _new_form(visit: Visit) -> forms.Form:
    kinds = (await visit.api(Inventory).kinds()).items
    return forms.of(NewInstrument, options={"kind": [(kind.code, kind.name) for kind in kinds]})


@action("/instruments", needs="inventory.write")
async def add(visit: Visit) -> Shown:
    """Add an instrument."""
    form = await _new_form(visit)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Inventory).add_instrument(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, status=422, form=form.refused(problem, visit.form))
    return visit.go("/instruments", f"{made.name} added")


@action("/instruments/{instrument_id:str}", needs="inventory.write")
async def change(visit: Visit, instrument_id: str) -> Shown:
    """Change an instrument."""
    read = forms.of(InstrumentPatch).read(visit.form)
    values = {name: "" if value is None and name != "api_port" else value for name, value in read.items()}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Inventory).change_instrument(instrument_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, status=422, problem=problem)
    return visit.go("/instruments", "Saved")


@action("/instruments/{instrument_id:str}/positions/{position_id:str}", needs="inventory.write")
async def change_position(visit: Visit, instrument_id: str, position_id: str) -> Shown:
    """Say whether a position can be used."""
    values = {"state": visit.form.get("state", ""), "note": visit.form.get("note", "")}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Inventory).change_position(instrument_id, position_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, status=422, problem=problem)
    return visit.go("/instruments", "Saved")


ROUTES = [instruments, add, change, change_position]
