"""Storage: the places with how full they are, and the map of a box into which tubes are scanned."""

from dataclasses import dataclass
from typing import Any

from nanopore_tracking.contracts.api.sample.containers import NewExcursion
from nanopore_tracking.contracts.api.sample.storage import BoxMap, Cell, Location, LocationPatch, NewLocation
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.storage import Storage
from nanopore_tracking.web.visit import Shown, Visit, action, page

TEMPLATE = "pages/storage.html"
_LINES = 144


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A position of a box; cell: what stands there."""

    name: str
    cell: Cell | None


@page("/storage", needs="storage.read")
async def top(visit: Visit) -> Shown:
    """Show the places that stand in no other, or those that match what is looked for."""
    return await _show(visit, "")


@page("/storage/{said:str}", needs="storage.read")
async def place(visit: Visit, said: str) -> Shown:
    """Show one place: what is in it, or the map of a box."""
    return await _show(visit, said)


async def _show(visit: Visit, said: str, *, status: int = 200, **given: Any) -> Shown:
    storage, address = visit.api(Storage), Address.of(visit.request, ("q", "at"))
    here = await storage.place(said) if said else None
    box = await storage.map(str(here.id)) if here and here.kind == "box" else None
    filters: dict[str, Any] = {"q": address["q"], "after": address["after"] or None, "status": "active"}
    if here:
        filters["parent_id"] = str(here.id)
    elif not address["q"]:
        filters["top"] = True
    rows = _rows(box) if box else []
    shown: dict[str, Any] = {
        "here": here,
        "box": box,
        "rows": rows,
        "next_free": address["at"] or _next_free(rows),
        "address": address,
        "found": None if box else await storage.places(limit=100, **filters),
        "place_form": _place_form(),
        "edit_form": _edit_form(here),
        "excursion_form": forms.of(NewExcursion),
        "problem": None,
        "results": None,
        "opened": "",
    }
    title = here.path if here else "Storage"
    return visit.page(TEMPLATE, title=title, status=status, topics="sample", **(shown | given))


def _rows(box: BoxMap) -> list[tuple[str, list[Spot]]]:
    there = {(cell.row_number, cell.column_number): cell for cell in box.cells}
    found = []
    for row in range(1, box.grid_rows + 1):
        letter = chr(64 + row)
        spots = [
            Spot(name=f"{letter}{column}", cell=there.get((row, column))) for column in range(1, box.grid_columns + 1)
        ]
        found.append((letter, spots))
    return found


def _next_free(rows: list[tuple[str, list[Spot]]]) -> str:
    return next((spot.name for _, spots in rows for spot in spots if spot.cell is None), "")


def _place_form() -> forms.Form:
    return forms.of(NewLocation, skip=("parent_id",))


def _edit_form(here: Location | None) -> forms.Form:
    form = forms.of(LocationPatch, skip=("parent_id",))
    names = ("code", "name", "barcode", "temperature_target_c", "status")
    return form.filled({name: getattr(here, name) for name in names}) if here else form


def _status(problem: errors.Problem) -> int:
    return problem.status if problem.status in (409, 412, 422) else 422


@action("/storage", needs="storage.write")
async def create(visit: Visit) -> Shown:
    """Create a place, in the place that the form names."""
    form, parent = _place_form(), visit.form.get("parent", "")
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    if parent:
        values["parent_id"] = parent
    try:
        made = await visit.api(Storage).create(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await _show(visit, parent, status=_status(problem), place_form=refused, opened="place")
    return visit.go(f"/storage/{parent}" if parent else "/storage", f"{made.path} created")


@action("/storage/{said:str}/edit", needs="storage.write")
async def edit(visit: Visit, said: str) -> Shown:
    """Rename, move or retire a place; where it goes is scanned."""
    storage, form = visit.api(Storage), forms.of(LocationPatch, skip=("parent_id",))
    changes = {name: value for name, value in form.read(visit.form).items() if value is not None}
    for blank in ("name", "barcode"):
        changes.setdefault(blank, "")
    into = visit.form.get("into", "").strip()
    try:
        if into:
            changes["parent_id"] = str((await storage.place(into)).id)
        await storage.change(said, changes, match=int(visit.form.get("version") or 0), key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        refused = form.refused(problem, visit.form)
        return await _show(visit, said, status=_status(problem), edit_form=refused, opened="edit")
    return visit.go(f"/storage/{said}", "Saved")


@action("/storage/{said:str}/placements", needs="custody.write")
async def put(visit: Visit, said: str) -> Shown:
    """Put one scanned tube at a position, or many in the order of scanning."""
    codes = [line.split() for line in visit.form.get("codes", "").splitlines() if line.strip()][:_LINES]
    placements = [{"barcode": " ".join(words)} for words in codes]
    for asked, words in zip(placements, codes, strict=True):
        if len(words) > 1 and words[-1][:1].isalpha() and words[-1][1:].isdecimal() and len(words[-1]) <= 3:
            asked.update(barcode=" ".join(words[:-1]), position=words[-1])
    one = visit.form.get("barcode", "").strip()
    if one:
        placements.insert(0, {"barcode": one})
        if visit.form.get("position", "").strip():
            placements[0]["position"] = visit.form["position"].strip()
    try:
        told = await visit.api(Storage).put(said, {"placements": placements}, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _show(visit, said, status=_status(problem), problem=problem)
    if told.refused:
        return await _show(visit, said, status=409, results=told)
    where = told.results[0].position if told.placed == 1 else f"{told.placed} positions"
    return visit.go(f"/storage/{said}", f"{told.results[0].subject_code if told.placed == 1 else 'Tubes'} at {where}")


@action("/storage/{said:str}/excursions", needs="storage.write")
async def excursion(visit: Visit, said: str) -> Shown:
    """Record that a place was too warm."""
    form = forms.of(NewExcursion)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Storage).record_excursion(said, values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await _show(visit, said, status=_status(problem), excursion_form=refused, opened="excursion")
    return visit.go("/storage/findings", f"Recorded; it reached {counted(made.container_count, 'tube')}")


ROUTES = [top, place, create, edit, put, excursion]
