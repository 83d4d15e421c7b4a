"""Runs: what is planned where, what a start still needs, and the sample sheet for each of four tools."""

from collections.abc import Sequence
from typing import Any

from nanopore_tracking.contracts.api.sample.acquisitions import Acquisition
from nanopore_tracking.contracts.api.sample.runs import NewRun, RunPatch, RunStep
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.inventory import Inventory
from nanopore_tracking.web.clients.live import Live
from nanopore_tracking.web.clients.run_folders import RunFolders
from nanopore_tracking.web.clients.runs import Runs
from nanopore_tracking.web.pages import live, outlooks
from nanopore_tracking.web.pages import run_acquisitions as acquisitions
from nanopore_tracking.web.pages.overrides import waiting
from nanopore_tracking.web.visit import Shown, Visit, action, page

#: What a search in natural words narrows the list by besides.
NARROWED = ("device", "kit", "lab_id", "started", "low_yield", "yield_from_gb", "yield_below_gb")
FILTERS = ("q", "state", "purpose", *NARROWED)
STATES = (
    "planned", "sheet_issued", "starting", "running", "paused", "completed", "stopped_by_user", "failed", "disk_full",
    "device_disconnected", "analysed", "cancelled",
)  # fmt: skip
TOOLS = {"minknow_ui": "MinKNOW", "minknow_api": "minknow_api", "dorado": "dorado", "epi2me": "EPI2ME"}
#: What a plan says that can be changed by its form.
EDITED = ("flow_cell", "position_id", "run_minutes", "min_qscore", "volume_ul", "purpose", "override_reason", "note")


@page("/runs", needs="inventory.read")
async def runs(visit: Visit) -> Shown:
    """Show one page of runs."""
    address = Address.of(visit.request, FILTERS, default_sort="-updated")
    found = await visit.api(Runs).runs(**address.query(*FILTERS), sort=address.sort, after=address["after"])
    return visit.page(
        "pages/runs.html",
        title="Runs",
        topics="sample",
        address=address,
        found=found,
        states=[(code, words.words(code)) for code in STATES],
        narrowed=("purpose", *NARROWED),
    )


async def _places(visit: Visit) -> forms.Options:
    """Return the positions that a run can be planned on, with who has them."""
    found = (await visit.api(Inventory).instruments(state="in_service", limit=200)).items
    return [
        (str(spot.id), f"{item.name} {spot.name}" + (f" (taken by {spot.run_code})" if spot.run_code else ""))
        for item in found
        for spot in item.positions
        if spot.state == "ready"
    ]


async def _form(visit: Visit) -> forms.Form:
    form = forms.of(NewRun, options={"position_id": await _places(visit)})
    asked = visit.request.query_params
    return form.filled({name: asked[name] for name in ("pool", "library", "flow_cell") if asked.get(name)})


@page("/runs/new", needs="inventory.write")
async def new(visit: Visit) -> Shown:
    """Ask for what a run needs."""
    return visit.page("pages/run_new.html", title="Plan a run", form=await _form(visit))


@action("/runs/new", needs="inventory.write")
async def plan(visit: Visit) -> Shown:
    """Plan a run."""
    form = await _form(visit)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Runs).plan(values, visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        refused = form.refused(problem, visit.form)
        return visit.page("pages/run_new.html", title="Plan a run", status=422, form=refused)
    return visit.go(f"/runs/{made.code}", f"{made.code} planned")


@page("/runs/{code:str}", needs="inventory.read")
async def run(visit: Visit, code: str) -> Shown:
    """Show one run."""
    return await _shown(visit, code)


async def _shown(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    client, read = visit.api(Runs), visit.api(RunFolders)
    folders = (await read.folders(run=code, limit=50)).items
    found, gate = await client.run(code), await client.gate(code)
    start = next((way for way in gate.ways if way.to in ("starting", "sheet_issued")), None)
    shown: dict[str, Any] = {
        "run": found,
        "gate": gate,
        "start": next((way for way in gate.ways if way.to == "starting"), start),
        "sheets": await client.sheets(code),
        "tools": TOOLS,
        "open": found.state in ("planned", "sheet_issued"),
        "edit": await _edit(visit, found),
        "step": _step(gate),
        "overrides": await waiting(visit, found.id),
        "folders": folders,
        **await _acquisitions(visit, code, folders),
        "sets": (await read.read_sets(run=code)).items,
        "odd": (await read.findings(code)).findings,
        **await outlooks.of_run(visit, code),
        "problem": None,
        "opened": "",
    }
    return visit.page("pages/run.html", title=found.code, status=status, topics="sample", **(shown | given))


async def _acquisitions(visit: Visit, code: str, folders: Sequence[Acquisition]) -> dict[str, Any]:
    """Return the acquisitions of a run, and what is shown of the one that was asked for, else of all together."""
    whole = await visit.api(Live).run(code)
    rows = acquisitions.rows(folders, whole)
    only = acquisitions.chosen(visit, rows)
    told = whole
    if only is not None and only.live is not None:
        told = await visit.api(Live).run(code, acquisition=only.live.acquisition_run_id)
    shown = {"live": None} if only is not None and only.live is None else await live.parts(visit, code, told)
    return {
        "rows": rows,
        "only": only,
        "totals": acquisitions.totals(rows),
        "charts": await acquisitions.charts(visit, rows, only),
        **shown,
    }


async def _edit(visit: Visit, found: Any) -> forms.Form:
    form = forms.of(RunPatch, options={"position_id": await _places(visit)})
    now = {name: getattr(found, name) for name in EDITED}
    return form.filled(now | {"position_id": str(found.position_id)})


def _step(gate: Any) -> forms.Form:
    ways = [(way.to, words.words(way.to)) for way in gate.ways if way.to not in ("starting", "sheet_issued")]
    return forms.of(RunStep, options={"to": ways})


@page("/runs/{code:str}/sheet/{profile:str}", needs="inventory.read")
async def sheet(visit: Visit, code: str, profile: str) -> Shown:
    """Hand the sheet for one tool out."""
    found = next((each for each in (await visit.api(Runs).sheets(code)).sheets if each.profile == profile), None)
    if found is None:
        raise errors.NotFound("There is no sheet for this tool.")
    return visit.file(found.text.encode("ascii"), "text/csv", f"{code}_{profile}.csv")


@action("/runs/{code:str}/edit", needs="inventory.write")
async def edit(visit: Visit, code: str) -> Shown:
    """Change the plan."""
    form = await _edit(visit, await visit.api(Runs).run(code))
    read = form.read(visit.form)
    texts = ("override_reason", "note")
    values = {
        name: "" if value is None else value for name, value in read.items() if value is not None or name in texts
    }
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Runs).change(code, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _shown(visit, code, status=422, edit=form.refused(problem, visit.form), opened="edit")
    return visit.go(f"/runs/{code}", "Saved")


@action("/runs/{code:str}/stop-criteria", needs="inventory.write")
async def end(visit: Visit, code: str) -> Shown:
    """Confirm when the run shall end; nothing is sent to MinKNOW."""
    refused = await live.confirm(visit, code)
    if refused is not None:
        return await _shown(visit, code, status=422, ending=refused, opened="ending")
    return visit.go(f"/runs/{code}", "Recorded. Nothing was sent to MinKNOW: set it there")


@action("/runs/{code:str}/{what:str}", needs="inventory.write")
async def go_on(visit: Visit, code: str, what: str) -> Shown:
    """Issue the sheets, start the run, or say how far it is."""
    if what not in ("sheets", "start", "transitions"):
        raise errors.NotFound("There is nothing at this address.")
    asked = None
    if what == "transitions":
        read = forms.of(RunStep).read(visit.form)
        asked = {name: value for name, value in read.items() if value is not None}
    seen = int(visit.form.get("version") or 0)
    try:
        done = await visit.api(Runs).do(code, what, asked=asked, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        status = problem.status if problem.status in (409, 412, 422) else 422
        return await _shown(visit, code, status=status, problem=problem)
    said = {"sheets": "The sheets are issued", "start": "Flow cell, barcodes and position are being reserved"}
    waits = what == "start" and done.version == seen
    return visit.go(f"/runs/{code}", "It waits for a second person" if waits else said.get(what, "Recorded"))


ROUTES = [runs, new, plan, sheet, run, edit, end, go_on]
