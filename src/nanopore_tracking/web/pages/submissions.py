"""Submissions: the list, and a new one from a manifest or by hand."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import msgspec

from nanopore_tracking.contracts import manifest
from nanopore_tracking.contracts.api.sample.submissions import NewSubmission
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, session, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.ai import Ai
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.pages.submission import size_limit
from nanopore_tracking.web.visit import Shown, Visit, action, page, upload

FILTERS = ("q", "status", "overdue", "lab_id", "project_id")
STATUSES = ("reading", "draft", "under_review", "questions_to_customer", "accepted", "rejected", "cancelled")

#: Readings that wait for a person.
_WAITING = ("needs_columns", "needs_pages", "needs_password", "needs_review")
_FAILED = "/submissions/failed"
#: What can be done about a reading, with what is said afterwards.
_DONE = {
    "cancellation": "The reading is cancelled; the file is kept",
    "retry": "The file is read again",
    "pages": "These pages are read",
    "password": "The file is opened and read; its password was not kept",
}


@page("/submissions", needs="submissions.read")
async def submissions(visit: Visit) -> Shown:
    """Show one page of submissions, and the manifests whose columns a person must name."""
    address = Address.of(visit.request, FILTERS, default_sort="-updated")
    found = await visit.api(Intake).submissions(**address.query(*FILTERS), sort=address.sort, after=address["after"])
    return visit.page(
        "pages/submissions.html",
        title="Submissions",
        topics="sample,ai" if visit.can("documents.read") else "sample",
        address=address,
        found=found,
        asking=await _asking(visit),
        statuses=[(code, words.words(code)) for code in STATUSES],
    )


async def _asking(visit: Visit) -> list[Any]:
    if not visit.can("documents.read"):
        return []
    try:
        return (await visit.api(Ai).extractions(state=list(_WAITING))).items
    except errors.Unavailable:
        return []


@page("/submissions/new", needs="submissions.write")
async def new(visit: Visit) -> Shown:
    """Ask for a manifest, or for what a submission by hand needs."""
    return await _new(visit)


async def _new(visit: Visit, *, status: int = 200, form: forms.Form | None = None, problem: Any = None) -> Shown:
    projects = (await visit.api(Intake).projects(status="active", limit=200)).items
    options = [(str(item.id), f"{item.code} {item.title} ({item.lab_name})") for item in projects]
    return visit.page(
        "pages/submission_new.html",
        title="New submission",
        status=status,
        projects=options,
        drafts=(await visit.api(Intake).submissions(status="draft", sort="-updated", limit=20)).items,
        form=form or await _hand_form(visit, options),
        size_limit=await size_limit(visit),
        problem=problem,
    )


async def _hand_form(visit: Visit, projects: forms.Options) -> forms.Form:
    try:
        kits = [(e["code"], f"{e['code']} {e['name']}") for e in (await visit.api(Config).catalogue("kits")).entries]
        services = [(e["code"], e["name"]) for e in (await visit.api(Config).catalogue("service_types")).entries]
    except errors.Unavailable:
        kits, services = [], []
    options: dict[str, forms.Options] = {"project_id": projects}
    if kits and services:
        options |= {"kit_requested": kits, "service_type": services}
    return forms.of(NewSubmission, skip=("rows",), options=options)


@action("/submissions/new", needs="submissions.write")
async def create(visit: Visit) -> Shown:
    """Begin a submission by hand."""
    projects = (await visit.api(Intake).projects(status="active", limit=200)).items
    form = await _hand_form(visit, [(str(item.id), f"{item.code} {item.title} ({item.lab_name})") for item in projects])
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Intake).create_submission(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _new(visit, status=422, form=form.refused(problem, visit.form))
    return visit.go(f"/submissions/{made.code}/form", f"{made.code} begun")


@upload("/submissions/upload", needs="documents.write")
async def send_manifest(visit: Visit) -> Shown:
    """Pass a manifest on to the ai service as it comes in; the script is told where to follow its reading."""
    headers = visit.request.headers
    session.refuse_unguarded(headers.get("x-csrf", ""), visit.token)
    document = await visit.api(Ai).upload(
        _chunks(visit),
        filename=unquote(headers.get("x-filename", "")),
        project_id=headers.get("x-project", ""),
        as_form=headers.get("x-as-form", "") == "1",
        media_type=headers.get("content-type", ""),
        key=headers.get("x-key", ""),
    )
    return visit.data({"path": f"/submissions/reading/{document.extraction_id}"})


async def _chunks(visit: Visit) -> AsyncIterator[bytes]:
    async for chunk in visit.request.stream():
        yield chunk


@page("/submissions/template/{kind:str}", needs="")
async def template(visit: Visit, kind: str) -> Shown:
    """Hand the template of a manifest out."""
    if kind not in ("csv", "xlsx"):
        raise errors.NotFound("There is a template as CSV and one as XLSX.")
    content, media_type = await visit.api(Intake).template(kind)
    return visit.file(content, media_type, f"sample-manifest.{kind}")


@page("/submissions/reading/{extraction_id:str}", needs="documents.read")
async def reading(visit: Visit, extraction_id: str) -> Shown:
    """Show how far the reading of a manifest is; go on to the submission when there is one."""
    extraction = await visit.api(Ai).extraction(extraction_id)
    if extraction.state == "needs_review":
        return visit.go(f"/submissions/reading/{extraction_id}/review")
    if extraction.state in ("read", "reading"):
        found = (await visit.api(Intake).submissions(extraction_id=extraction_id, limit=1)).items
        if found and found[0].status != "reading":
            return visit.go(f"/submissions/{found[0].code}")
    return _reading(visit, extraction)


def _reading(visit: Visit, extraction: Any, *, status: int = 200, problem: Any = None) -> Shown:
    return visit.page(
        "pages/reading.html",
        title=extraction.filename,
        status=status,
        extraction=extraction,
        fields=[(field.name, field.title) for field in manifest.FIELDS],
        problem=problem,
    )


@action("/submissions/reading/{extraction_id:str}/columns", needs="documents.write")
async def choose_columns(visit: Visit, extraction_id: str) -> Shown:
    """Say what columns hold."""
    chosen = [
        {"column": name.removeprefix("column-"), "field": None if value in ("", "-") else value}
        for name, value in visit.form.items()
        if name.startswith("column-")
    ]
    asked: Any = {"columns": chosen, "remember": visit.form.get("remember") == "true"}
    try:
        seen = int(visit.form.get("version") or 0)
        await visit.api(Ai).choose_columns(extraction_id, asked, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, msgspec.ValidationError) as problem:
        extraction = await visit.api(Ai).extraction(extraction_id)
        return _reading(visit, extraction, status=422, problem=problem)
    return visit.go(f"/submissions/reading/{extraction_id}", "The manifest is read again")


@action("/submissions/reading/{extraction_id:str}/do", needs="documents.write")
async def do(visit: Visit, extraction_id: str) -> Shown:
    """Cancel a reading, repeat it, or say what it needs to know; a password goes on to the service and nowhere else."""
    what = visit.form.get("do", "")
    if what not in _DONE:
        raise errors.Invalid("This cannot be done with a reading. Nothing was changed.")
    asked = {what: visit.form.get(what, "").strip()} if what in ("pages", "password") else None
    try:
        seen = int(visit.form.get("version") or 0)
        await visit.api(Ai).do(extraction_id, what, asked, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return _reading(visit, await visit.api(Ai).extraction(extraction_id), status=422, problem=problem)
    back = visit.form.get("back", "")
    return visit.go(back if back == _FAILED else f"/submissions/reading/{extraction_id}", _DONE[what])


@page(_FAILED, needs="documents.read")
async def failed(visit: Visit) -> Shown:
    """Show the documents whose reading failed or was cancelled, with the reason."""
    found = await visit.api(Ai).extractions(state=["refused", "cancelled"], limit=100)
    return visit.page("pages/readings_failed.html", title="Documents that were not read", found=found.items)


ROUTES = [submissions, new, create, send_manifest, template, reading, choose_columns, do, failed]
