"""Layouts of labels: the list, one with its picture for a real sample, its versions, and a test print."""

import dataclasses
from typing import Any

from nanopore_tracking.contracts.api.sample.labels import NewLayout
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.labels import Labels
from nanopore_tracking.web.visit import Shown, Visit, action, page

_LINES = "From the top, with commas between: code, name, date, lab, project, material, barcode; code is one of them."


def _form(values: Any = None) -> forms.Form:
    form = forms.of(NewLayout)
    fields = [dataclasses.replace(item, hint=_LINES) if item.name == "lines" else item for item in form.fields]
    form = forms.Form(fields=fields)
    return form if values is None else form.filled({item.name: getattr(values, item.name) for item in form.fields})


def _read(visit: Visit) -> dict[str, Any]:
    return {name: value for name, value in _form().read(visit.form).items() if value is not None}


@page("/labels/layouts", needs="storage.read")
async def layouts(visit: Visit) -> Shown:
    """Show all layouts."""
    found = (await visit.api(Labels).layouts(limit=200)).items
    return visit.page("pages/label_layouts.html", title="Label layouts", topics="sample", layouts=found)


@page("/labels/layouts/{layout_id:str}", needs="storage.read")
async def layout(visit: Visit, layout_id: str) -> Shown:
    """Show one layout as a picture and as a form."""
    return await _show(visit, layout_id)


async def _show(visit: Visit, layout_id: str, *, status: int = 200, **given: Any) -> Shown:
    client = visit.api(Labels)
    found = await client.layout(layout_id)
    sample = visit.form.get("sample", visit.request.query_params.get("sample", "")).strip() or await _newest(visit)
    shown: dict[str, Any] = {
        "label": found,
        "form": _form(found),
        "sample": sample,
        "sample_wrong": "",
        "printers": [item for item in (await client.printers(limit=100)).items if item.active],
        "versions": (await client.versions(layout_id, limit=50)).items,
        "unsaved": False,
        "problem": None,
    }
    if "drawing" not in given:
        kept = {item.name: getattr(found, item.name) for item in _form().fields}
        try:
            shown["drawing"] = await client.preview(kept, sample)
        except errors.Invalid as problem:
            shown |= {"drawing": None, "sample_wrong": problem.message}
    return visit.page("pages/label_layout.html", title=found.name, status=status, topics="sample", **(shown | given))


async def _newest(visit: Visit) -> str:
    """Return the code of the sample that was registered last; blank where there is none."""
    found = (await visit.api(Bench).samples(sort="-code", limit=1)).items
    return found[0].code if found else ""


@action("/labels/layouts/{layout_id:str}", needs="storage.read")
async def change(visit: Visit, layout_id: str) -> Shown:
    """Draw what is in the form, or keep it as the next version."""
    client, values, keep = visit.api(Labels), _read(visit), visit.form.get("do") == "save"
    try:
        drawing = await client.preview(values, visit.form.get("sample", "").strip())
        if keep:
            seen = int(visit.form.get("version") or 0)
            made = await client.change_layout(layout_id, values, match=seen, key=visit.key)
            return visit.go(f"/labels/layouts/{layout_id}", f"Saved as version {made.version}")
    except (errors.Invalid, errors.Conflict) as problem:
        return await _refused(visit, layout_id, problem)
    form = _form().filled(values)
    return await _show(visit, layout_id, form=form, drawing=drawing, unsaved=True)


async def _refused(visit: Visit, layout_id: str, problem: errors.Problem) -> Shown:
    status = problem.status if problem.status in (409, 412) else 422
    if isinstance(problem, errors.Stale):
        said = "Somebody changed this layout since you opened it. Nothing was overwritten; save again to replace it."
        form = _form().filled(_read(visit))
        return await _show(visit, layout_id, status=status, form=form, problem=errors.Stale(said))
    wrong = " ".join(item.message for item in problem.fields if item.path == "sample")
    if wrong:
        return await _show(
            visit, layout_id, status=status, form=_form().filled(_read(visit)), sample_wrong=wrong, drawing=None
        )
    return await _show(visit, layout_id, status=status, form=_form().refused(problem, visit.form), drawing=None)


@action("/labels/layouts/{layout_id:str}/use", needs="labels.write")
async def use(visit: Visit, layout_id: str) -> Shown:
    """Use a layout, or stop using it."""
    active, seen = visit.form.get("active") == "true", int(visit.form.get("version") or 0)
    try:
        await visit.api(Labels).change_layout(layout_id, {"active": active}, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _show(visit, layout_id, status=409, problem=problem)
    return visit.go(f"/labels/layouts/{layout_id}", "It is used again" if active else "It is not used any more")


@action("/labels/layouts/{layout_id:str}/versions/{number:int}", needs="labels.write")
async def restore(visit: Visit, layout_id: str, number: int) -> Shown:
    """Put an earlier version in place again, as the next one."""
    client, seen = visit.api(Labels), int(visit.form.get("version") or 0)
    found = [item for item in (await client.versions(layout_id, limit=200)).items if item.version == number]
    if not found:
        raise errors.NotFound("There is no such version of the layout.")
    values = {item.name: getattr(found[0].content, item.name) for item in _form().fields}
    try:
        made = await client.change_layout(layout_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _show(visit, layout_id, status=409, problem=problem)
    return visit.go(f"/labels/layouts/{layout_id}", f"Version {number} is in place again, as version {made.version}")


@action("/labels/layouts/{layout_id:str}/test", needs="labels.print")
async def test(visit: Visit, layout_id: str) -> Shown:
    """Print a test label with the layout as it is saved."""
    try:
        await visit.api(Labels).test(visit.form.get("printer_id", ""), layout_id, visit.key)
    except (errors.Conflict, errors.NotFound) as problem:
        return await _show(visit, layout_id, status=409, problem=problem)
    return visit.go("/labels", "A test label is queued")


ROUTES = [layouts, layout, change, use, restore, test]
