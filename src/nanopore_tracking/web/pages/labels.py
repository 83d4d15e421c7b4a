"""Labels: printing them for samples and boxes, what became of each, and the printers."""

from typing import Any
from urllib.parse import parse_qsl

from nanopore_tracking.contracts.api.sample.labels import NewLayout, NewPrinter, PrinterPatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.labels import Labels
from nanopore_tracking.web.visit import Shown, Visit, action, page

_MOST = 200
_BLANK = {"printer_id": "", "layout_id": "", "copies": "", "reason": ""}


@page("/labels", needs="storage.read")
async def labels(visit: Visit) -> Shown:
    """Show the labels on their way, and ask where those of the selected samples are to be printed."""
    query = parse_qsl(visit.request.url.query)
    codes = list(dict.fromkeys(value for name, value in query if name == "code"))[:_MOST]
    return await _show(visit, codes=codes, box=visit.request.query_params.get("box", "")[:36])


async def _show(visit: Visit, *, codes: list[str], box: str = "", status: int = 200, **given: Any) -> Shown:
    client, address = visit.api(Labels), Address.of(visit.request, ("state",))
    shown: dict[str, Any] = {
        "codes": codes,
        "box": box,
        "address": address,
        "layouts": (await client.layouts(active=True, limit=100)).items,
        "printers": (await client.printers(limit=100)).items,
        "jobs": await client.jobs(state=address["state"], after=address["after"] or None, limit=50),
        "printer_form": forms.of(NewPrinter).filled({"port": 9100, "dots_per_mm": "8"}),
        "layout_form": forms.of(NewLayout),
        "sent": _BLANK,
        "problem": None,
        "opened": "",
    }
    return visit.page("pages/labels.html", title="Labels", status=status, topics="sample", **(shown | given))


def _status(problem: errors.Problem) -> int:
    return problem.status if problem.status in (409, 412, 422) else 422


@action("/labels", needs="labels.print")
async def queue(visit: Visit) -> Shown:
    """Queue labels."""
    form = visit.form
    codes, box = [code for code in form.get("codes", "").split(",") if code], form.get("box", "")
    asked: dict[str, Any] = {name: form.get(name, "").strip() for name in ("printer_id", "layout_id", "reason")}
    copies = form.get("copies", "1").strip() or "1"
    asked |= {"copies": int(copies) if copies.isdecimal() else copies}
    asked |= {"box_id": box} if box else {"samples": codes}
    try:
        made = await visit.api(Labels).print(asked, visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _show(visit, codes=codes, box=box, status=_status(problem), problem=problem, sent=_BLANK | form)
    return visit.go("/labels", f"{made.jobs} labels are queued")


@page("/labels/sheet.pdf", needs="storage.read")
async def sheet(visit: Visit) -> Shown:
    """Show the labels of samples as a PDF."""
    query = parse_qsl(visit.request.url.query)
    codes = [value for name, value in query if name == "code"][:_MOST]
    layout = next((value for name, value in query if name == "layout_id"), "")
    return visit.file(await visit.api(Labels).sheet(layout, codes), "application/pdf", "labels.pdf")


@action("/labels/jobs/{job_id:str}/retry", needs="labels.print")
async def retry(visit: Visit, job_id: str) -> Shown:
    """Send a failed label once more."""
    try:
        await visit.api(Labels).retry(job_id, match=int(visit.form.get("version") or 0), key=visit.key)
    except errors.Conflict as problem:
        return await _show(visit, codes=[], status=_status(problem), problem=problem)
    return visit.go("/labels", "Queued again")


@action("/labels/printers", needs="labels.write")
async def create_printer(visit: Visit) -> Shown:
    """Register a printer."""
    form = forms.of(NewPrinter)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    values["dots_per_mm"] = _number(values.get("dots_per_mm"))
    try:
        made = await visit.api(Labels).create_printer(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await _show(visit, codes=[], status=_status(problem), printer_form=refused, opened="printer")
    return visit.go("/labels", f"{made.name} registered; print a test")


def _number(said: Any) -> Any:
    return int(said) if str(said).isdecimal() else said


@action("/labels/printers/{printer_id:str}", needs="labels.write")
async def change_printer(visit: Visit, printer_id: str) -> Shown:
    """Change a printer."""
    values = {name: value for name, value in forms.of(PrinterPatch).read(visit.form).items() if value is not None}
    if "dots_per_mm" in values:
        values["dots_per_mm"] = _number(values["dots_per_mm"])
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Labels).change_printer(printer_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _show(visit, codes=[], status=_status(problem), problem=problem)
    return visit.go("/labels", "Saved")


@action("/labels/printers/{printer_id:str}/test", needs="labels.print")
async def test(visit: Visit, printer_id: str) -> Shown:
    """Print a test label."""
    try:
        await visit.api(Labels).test(printer_id, visit.form.get("layout_id", ""), visit.key)
    except (errors.Conflict, errors.NotFound) as problem:
        return await _show(visit, codes=[], status=_status(problem), problem=problem)
    return visit.go("/labels", "A test label is queued")


@action("/labels/layouts", needs="labels.write")
async def create_layout(visit: Visit) -> Shown:
    """Create a layout."""
    form = forms.of(NewLayout)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Labels).create_layout(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await _show(visit, codes=[], status=_status(problem), layout_form=refused, opened="layout")
    return visit.go("/labels", f"{made.name} created")


ROUTES = [labels, queue, sheet, retry, create_printer, change_printer, test, create_layout]
