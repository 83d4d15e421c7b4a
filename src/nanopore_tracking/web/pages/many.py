"""Changing many samples at once: look ahead, run as one job, see what became of each, undo; or take them as a file."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
from litestar.response import Stream

from nanopore_tracking.contracts.api.sample.samples import SampleRegistration
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.many import Many
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.visit import Shown, Visit, action, page

TEMPLATE = "pages/many.html"
JOB = "pages/many_job.html"
#: The filters of the list that a selection can consist of.
FILTERS = ("q", "stage", "status", "priority", "lab_id", "project_id", "submission_id", "assignee")
_SEVERAL = ("stage", "status", "priority")
#: What one page of the list can hold.
_MOST = 500
_SHOWN = 50


@page("/samples/many", needs="samples.read")
async def many(visit: Visit) -> Shown:
    """Ask what is to be done with the samples that were selected, or with all that match."""
    return await _shown(visit, chosen_of(parse_qsl(visit.request.url.query)))


async def _shown(visit: Visit, chosen: dict[str, str], *, status: int = 200, **context: Any) -> Shown:
    return visit.page(
        TEMPLATE,
        title="Change many",
        status=status,
        **await selected(visit, chosen),
        form=visit.form,
        **{"preview": None, "problem": None, **context},
        priorities=[(code, words.words(code)) for code in words.PRIORITIES],
        stages=[(code, name) for code, (name, _) in words.STAGES.items()],
        exits=[(code, words.words(code)) for code in ("never_arrived", "damaged", "failed", "cancelled")],
    )


async def selected(visit: Visit, chosen: dict[str, str]) -> dict[str, Any]:
    """Return what pages show of a selection: its parts, how they are called, its codes, and how many samples it has."""
    filters = {name: chosen[name] for name in FILTERS if chosen.get(name)} if chosen.get("all") else {}
    if chosen.get("all") and not chosen.get("count", "").isdecimal():
        chosen["count"] = str((await visit.api(Bench).count(**filters)).count)
    codes = _codes(chosen)
    return {
        "chosen": chosen,
        "said": await _called(visit, filters),
        "codes": codes,
        "total": int(chosen["count"]) if chosen.get("all") else len(codes),
    }


async def _called(visit: Visit, filters: dict[str, str]) -> dict[str, str]:
    """Return filters as people call them: what is an id by the name that any of its samples has for it."""
    names = {"lab_id": "lab_name", "project_id": "project_code", "submission_id": "submission_code"}
    if not names.keys() & filters.keys():
        return filters
    found = (await visit.api(Bench).samples(**filters, limit=1)).items
    return {
        name: getattr(found[0], names[name]) if found and name in names else value for name, value in filters.items()
    }


def chosen_of(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the selection that an address or a form says: codes, or filters with `all`."""
    said = {name: value.strip() for name, value in pairs if value.strip()}
    if said.get("all"):
        return {name: said[name] for name in (*FILTERS, "all", "count") if name in said}
    codes = [value for name, value in pairs if name == "code"] + said.get("codes", "").split(",")
    return {"codes": ",".join(list(dict.fromkeys(code for code in codes if code))[:_MOST])}


def again(form: dict[str, str]) -> dict[str, str]:
    """Return the selection that a form carries on; its fields begin with `of_`, apart from what is to change."""
    return chosen_of([(name[3:], value) for name, value in form.items() if name.startswith("of_")])


def _codes(chosen: dict[str, str]) -> list[str]:
    return [code for code in chosen.get("codes", "").split(",") if code]


def selection(chosen: dict[str, str]) -> dict[str, Any]:
    """Return a selection as the API takes it."""
    if not chosen.get("all"):
        return {"codes": _codes(chosen)}
    filters = {name: [chosen[name]] if name in _SEVERAL else chosen[name] for name in FILTERS if chosen.get(name)}
    count = chosen.get("count", "")
    return {"filters": filters} | ({"count": int(count)} if count.isdecimal() else {})


def _operation(form: dict[str, str]) -> dict[str, Any]:
    """Return what is to be done; Invalid where it is nothing, or two things."""
    changes = {name: form[name].strip() for name in ("priority", "assignee", "comment") if form.get(name, "").strip()}
    if form.get("nobody"):
        changes["assignee"] = ""
    if bool(form.get("to")) == bool(changes):
        raise errors.Invalid("Choose one thing: where the samples are to go, or what is to change of them.")
    if changes.get("priority") == "urgent":
        changes["priority_reason"] = form.get("reason", "").strip()
    if changes:
        return {"kind": "change", **changes}
    override = {"override": True} if form.get("override") else {}
    return {"kind": "move", "to": form["to"], "reason": form.get("reason", "").strip(), **override}


@action("/samples/many", needs="samples.write")
async def change(visit: Visit) -> Shown:
    """Show what would become of each sample; a second time do it, as one job."""
    chosen = again(visit.form)
    try:
        asked = {"selection": selection(chosen), "operation": _operation(visit.form)}
        if visit.form.get("step") == "run":
            job = await visit.api(Many).begin(asked, visit.key)
            return visit.go(f"/samples/many/{job.id}")
        return await _shown(visit, chosen, preview=await visit.api(Many).preview(asked))
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _shown(visit, chosen, status=422, problem=problem)


@page("/samples/many/jobs", needs="samples.write")
async def jobs(visit: Visit) -> Shown:
    """List the changes of many samples."""
    address = Address.of(visit.request, ())
    found = await visit.api(Many).jobs(after=address["after"])
    return visit.page("pages/many_jobs.html", title="Changes of many", found=found, address=address)


@page("/samples/many/{job_id:str}", needs="samples.write")
async def job(visit: Visit, job_id: str) -> Shown:
    """Show how far a job is and what became of each sample."""
    return await _job(visit, job_id)


async def _job(visit: Visit, job_id: str, *, status: int = 200, problem: errors.Problem | None = None) -> Shown:
    client, address = visit.api(Many), Address.of(visit.request, ("outcome",))
    found = await client.job(job_id)
    outcome = [address["outcome"]] if address["outcome"] in ("changed", "unchanged", "refused") else None
    results = await client.results(job_id, outcome=outcome, after=address["after"], limit=_SHOWN)
    return visit.page(
        JOB, title="Change of many", status=status, job=found, results=results, address=address, problem=problem
    )


@action("/samples/many/{job_id:str}/undo", needs="samples.move")
async def undo(visit: Visit, job_id: str) -> Shown:
    """Take a job back, of every sample that was not changed since."""
    version = visit.form.get("version", "")
    try:
        begun = await visit.api(Many).undo(
            job_id, reason=visit.form.get("reason", ""), match=int(version) if version.isdecimal() else 0, key=visit.key
        )
    except (errors.Invalid, errors.Conflict) as problem:
        return await _job(visit, job_id, status=422, problem=problem)
    return visit.go(f"/samples/many/{begun.id}")


@action("/samples/export", needs="samples.read")
async def export(visit: Visit) -> Shown:
    """Send the selected samples as a file, piece by piece."""
    kind = "xlsx" if visit.form.get("format") == "xlsx" else "csv"
    asked = {"selection": selection(again(visit.form)), "format": kind}
    found = await visit.api(Many).export(asked)
    return handed_on(found)


def handed_on(found: httpx.Response) -> Shown:
    """Send a file of a service on, piece by piece."""
    kept = ("content-type", "content-disposition")
    headers = {name: found.headers[name] for name in kept if name in found.headers} | {"Cache-Control": "no-store"}
    return Stream(_pieces(found), headers=headers, media_type=found.headers["content-type"])


async def _pieces(found: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in found.aiter_bytes():
            yield piece
    finally:
        await found.aclose()


async def _registration(visit: Visit) -> forms.Form:
    projects = (await visit.api(Intake).projects(status="active", limit=200)).items
    options = [(str(item.id), f"{item.code} {item.title} ({item.lab_name})") for item in projects]
    return forms.of(SampleRegistration, options={"project_id": options})


@page("/samples/new", needs="samples.write")
async def new(visit: Visit) -> Shown:
    """Ask for what one sample needs that is registered by hand."""
    return visit.page("pages/sample_new.html", title="Register a sample", form=await _registration(visit))


@action("/samples/new", needs="samples.write")
async def register(visit: Visit) -> Shown:
    """Register one sample."""
    form = await _registration(visit)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Bench).register(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return visit.page("pages/sample_new.html", title="Register a sample", status=422, form=refused)
    return visit.go(f"/samples/{made.code}", f"{made.code} registered")


ROUTES = [many, change, jobs, job, undo, export, new, register]
