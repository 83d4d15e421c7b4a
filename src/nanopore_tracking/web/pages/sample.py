"""One sample: what it is, what it needs to go on, everything that was measured, recorded and done, and its history."""

from typing import Any

import msgspec

from nanopore_tracking.contracts.api.sample.aliquots import NewAliquot
from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.api.sample.measurements import Invalidation, NewMeasurement
from nanopore_tracking.contracts.api.sample.samples import SamplePatch
from nanopore_tracking.contracts.api.sample.stages import Transition
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.clients.audit import Audit
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.chain import Chain
from nanopore_tracking.web.clients.customers import Customers
from nanopore_tracking.web.clients.review import Review
from nanopore_tracking.web.clients.run_folders import RunFolders
from nanopore_tracking.web.clients.runs import Runs
from nanopore_tracking.web.clients.storage import Storage
from nanopore_tracking.web.pages import outlooks
from nanopore_tracking.web.pages.chain import LOOKS, UNITS
from nanopore_tracking.web.pages.deliveries import SHAPES
from nanopore_tracking.web.pages.overrides import waiting
from nanopore_tracking.web.pages.retention_form import keep_form
from nanopore_tracking.web.pages.sample_records import RECORDED, record_form, record_of
from nanopore_tracking.web.pages.samples import steps
from nanopore_tracking.web.visit import Shown, Visit, action, page

TEMPLATE = "pages/sample.html"


@page("/samples/{code:str}", needs="samples.read")
async def sample(visit: Visit, code: str) -> Shown:
    """Show one sample."""
    return await show(visit, code)


async def show(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    """Show the sample with the form that was refused, if one was, as it was sent."""
    bench, chain = visit.api(Bench), visit.api(Chain)
    found, gate = await bench.sample(code), await bench.gate(code)
    try:
        history = (await visit.api(Audit).history("sample", found.id)).items
    except errors.Unavailable:
        history = None
    try:
        whereabouts = await visit.api(Storage).whereabouts(code)
    except errors.NotFound:
        whereabouts = None  # Nothing was recorded of the tube yet.
    shown: dict[str, Any] = {
        "whereabouts": whereabouts,
        "findings": (await visit.api(Storage).findings(sample_id=str(found.id), open=True, limit=10)).items,
        "sample": found,
        "gate": gate,
        "steps": steps(found),
        "measurements": (await bench.measurements(code, limit=200)).items,
        "custody": (await bench.custody(code, limit=200)).items,
        "records": (await bench.records(code, limit=200)).items,
        "aliquots": (await chain.aliquots(code, limit=50)).items,
        "libraries": (await chain.libraries(sample=code, limit=50, sort="code")).items,
        "looks": LOOKS,
        "aliquot_form": forms.of(NewAliquot),
        "history": history,
        "measure_form": forms.of(NewMeasurement, skip=("unit", "replaces")),
        "custody_form": forms.of(NewCustodyEvent),
        "edit_form": _edit_form(found),
        "record_forms": {kind: record_form(kind) for kind in RECORDED},
        "wanted": _wanted(gate),
        **await _ahead(visit, found),
        "clock": await _clock(visit, code),
        **await _kept_and_waiting(visit, found),
        "problem": None,
        "opened": "",
    }
    return visit.page(
        TEMPLATE, title=f"{found.code} {found.name}", status=status, topics="sample,audit", **(shown | given)
    )


def _wanted(gate: Any) -> list[str]:
    """Return what can be recorded for what is missing; a library is made at library prep and nowhere else."""
    missing = {item.fulfilled_by for item in gate.requirements if not item.met}
    return sorted(missing if gate.stage == "library_prep" else missing - {"library"})


async def _ahead(visit: Visit, found: Any) -> dict[str, Any]:
    """Return the runs of a sample and its deliveries, None for who may see none, and until when it may be delivered."""
    runs = deliveries = given = None
    if visit.can("inventory.read"):
        runs = (await visit.api(Runs).runs(sample=found.code, sort="-code", limit=20)).items
    if runs is None or runs:
        given = await visit.api(RunFolders).given(found.code)
    if visit.can("deliveries.read"):
        deliveries = await visit.api(Customers).deliveries(sample_id=str(found.id), sort="-code", limit=20)
    shown = {"runs": runs, "deliveries": deliveries and deliveries.items, "given": given, "shapes": SHAPES}
    return shown | await outlooks.of_sample(visit, found.code)


async def _kept_and_waiting(visit: Visit, found: Any) -> dict[str, Any]:
    """Return until when the sample is kept, and the override that waits for a second person, where there is one."""
    retention = await visit.api(Storage).retention(found.code)
    return {"retention": retention, "keep_form": keep_form(), "overrides": await waiting(visit, found.id)}


async def _clock(visit: Visit, code: str) -> Any:
    """Return the clock that is not stopped, None without one."""
    clocks = await visit.api(Review).clocks("samples", code)
    return clocks[0] if clocks and clocks[0].stopped_at is None else None


def _edit_form(found: Any) -> forms.Form:
    names = ("priority", "priority_reason", "assignee", "comment", "container_barcode", "status")
    now = {name: getattr(found, name) for name in names}
    skip = () if found.status in ("queued", "active") else ("status",)
    return forms.of(SamplePatch, skip=skip).filled(now)


@action("/samples/{code:str}/move", needs="samples.move")
async def move(visit: Visit, code: str) -> Shown:
    """Move the sample on, back, out or on hold; a card of the board asks for data instead of a page."""
    bench = visit.api(Bench)
    for_board = "json" in visit.request.headers.get("accept", "")
    try:
        seen = int(visit.form.get("version") or (await bench.sample(code)).version)
        asked = msgspec.convert(_transition(visit.form), Transition)
        moved = await bench.move(code, asked, match=seen, key=visit.key)
    except msgspec.ValidationError as failure:
        return await _refused_move(visit, code, errors.Invalid(f"This cannot be asked for: {failure}."), for_board)
    except errors.Problem as problem:
        if isinstance(problem, errors.Unauthenticated):
            raise
        return await _refused_move(visit, code, problem, for_board)
    waits = asked.override and moved.version == seen
    said = f"{moved.code} waits for a second person" if waits else f"{moved.code} is now at {_where(moved)}"
    if for_board:
        return visit.data({"text": said})
    return visit.go(f"/samples/{moved.code}", said)


def _transition(form: dict[str, str]) -> dict[str, Any]:
    return {
        "to": form.get("to", ""),
        "reason": form.get("reason", "").strip(),
        "override": form.get("override") == "true",
    }


def _where(moved: Any) -> str:
    stopped = moved.status in ("on_hold", "failed", "cancelled")
    return words.words(moved.status) if stopped else words.stage_title(moved.stage)


async def _refused_move(visit: Visit, code: str, problem: errors.Problem, for_board: bool) -> Shown:
    if for_board:
        missing = [item["message"] for item in problem.extra.get("missing") or []]
        body = {"title": problem.message, "missing": missing, "request_id": problem.extra.get("request_id", "")}
        return visit.data(body, status=problem.status)
    return await show(visit, code, status=_page_status(problem), problem=problem)


@action("/samples/{code:str}/measurements", needs="measurements.write")
async def measure(visit: Visit, code: str) -> Shown:
    """Record a measurement."""
    form = forms.of(NewMeasurement, skip=("unit", "replaces"))
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    values["unit"] = UNITS.get(str(values.get("quantity")), "number")
    try:
        made = await visit.api(Bench).measure(code, values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await show(visit, code, status=_page_status(problem), measure_form=refused, opened="measurement")
    return visit.go(f"/samples/{code}#measurements", f"{words.words(made.quantity)} recorded")


@action("/samples/{code:str}/measurements/{measurement_id:str}/invalidation", needs="measurements.write")
async def invalidate(visit: Visit, code: str, measurement_id: str) -> Shown:
    """Declare that a measurement does not count."""
    try:
        asked = msgspec.convert({"reason": visit.form.get("reason", "").strip()}, Invalidation)
    except msgspec.ValidationError:
        problem = errors.Invalid(
            "Say why the measurement does not count, in at least three characters. Nothing was changed."
        )
        return await show(visit, code, status=422, problem=problem)
    await visit.api(Bench).invalidate(code, measurement_id, reason=asked.reason, key=visit.key)
    return visit.go(f"/samples/{code}#measurements", "The measurement no longer counts; it is kept")


@action("/samples/{code:str}/custody", needs="custody.write")
async def custody(visit: Visit, code: str) -> Shown:
    """Record what happened to the tube."""
    form = forms.of(NewCustodyEvent)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        await visit.api(Bench).record_custody(code, values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await show(visit, code, status=_page_status(problem), custody_form=refused, opened="custody")
    return visit.go(f"/samples/{code}#custody", "Recorded")


@action("/samples/{code:str}/records/{kind:str}", needs="samples.write")
async def record(visit: Visit, code: str, kind: str) -> Shown:
    """Record what was done at the present stage."""
    bench = visit.api(Bench)
    form = record_form(kind)
    try:
        asked = record_of(kind, form.read(visit.form))
        if kind == "library":
            made = await visit.api(Chain).make_library(asked | {"sources": [{"sample": code}]}, visit.key)
            return visit.go(f"/samples/{code}#records", f"Library {made.code} recorded")
        await bench.record(code, asked, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        given = {name: record_form(name) for name in RECORDED} | {kind: form.refused(problem, visit.form)}
        return await show(visit, code, status=_page_status(problem), record_forms=given, opened=kind)
    return visit.go(f"/samples/{code}#records", "Recorded")


@action("/samples/{code:str}/aliquots", needs="samples.write")
async def aliquot(visit: Visit, code: str) -> Shown:
    """Take an aliquot of the sample."""
    form = forms.of(NewAliquot)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Chain).take_aliquot(code, values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await show(visit, code, status=_page_status(problem), aliquot_form=refused, opened="aliquot")
    return visit.go(f"/samples/{code}#lineage", f"Aliquot {made.code} taken")


@action("/samples/{code:str}/edit", needs="samples.write")
async def edit(visit: Visit, code: str) -> Shown:
    """Change what the laboratory says of the sample."""
    form = forms.of(SamplePatch)
    changes = {name: "" if value is None else value for name, value in form.read(visit.form).items()}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Bench).change(code, changes, match=seen, key=visit.key)
    except errors.Problem as problem:
        if not isinstance(problem, errors.Invalid | errors.Conflict):
            raise
        refused = form.refused(problem, visit.form)
        return await show(
            visit, code, status=_page_status(problem), edit_form=refused, opened="edit", problem=_stale(problem)
        )
    return visit.go(f"/samples/{code}", "Saved")


def _stale(problem: errors.Problem) -> errors.Problem | None:
    if not isinstance(problem, errors.Stale):
        return None
    return errors.Stale(
        "Somebody changed this sample since you opened it. What is shown is how it is now; what you typed is in the "
        "form. Send it again to put it in place."
    )


def _page_status(problem: errors.Problem) -> int:
    """422, 409 and 412 are shown in place by an open page."""
    return problem.status if problem.status in (409, 412, 422) else 422


ROUTES = [sample, move, measure, invalidate, custody, record, aliquot, edit]
