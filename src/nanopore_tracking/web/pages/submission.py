"""One submission: its header, its rows with what is wrong with each cell, corrections, and the decision."""

import dataclasses
from typing import Any

from nanopore_tracking.contracts import manifest
from nanopore_tracking.contracts.api.sample.rows import RowPatch, RowValues
from nanopore_tracking.contracts.api.sample.submissions import SubmissionPatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.ai import Ai
from nanopore_tracking.web.clients.audit import Audit
from nanopore_tracking.web.clients.charges import Charges
from nanopore_tracking.web.clients.review import Review
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.clients.storage import Storage
from nanopore_tracking.web.pages import outlooks
from nanopore_tracking.web.pages.retention_form import keep_form
from nanopore_tracking.web.visit import Shown, Visit, action, page

TEMPLATE = "pages/submission.html"
LEVELS = ("error", "finding", "warning")
OPEN = ("draft", "under_review", "questions_to_customer")
DECISIONS = {
    "acceptance": "accepted: its samples are expected now",
    "rejection": "rejected; no sample was created",
    "cancellation": "cancelled; no sample was created",
    "review": "handed in",
}


@page("/submissions/{code:str}", needs="submissions.read")
async def submission(visit: Visit, code: str) -> Shown:
    """Show one submission."""
    return await show(visit, code)


async def show(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    """Show the submission with the form that was refused, if one was, as it was sent."""
    address = Address.of(visit.request, ("level", "q", "row"), default_sort="row_number")
    address = Address(path=f"/submissions/{code}", values=address.values, default_sort="row_number")
    intake = visit.api(Intake)
    found = await intake.submission(code)
    rows = await intake.rows(code, **address.query("level", "q"), after=address["after"])
    row = await _row(intake, code, address["row"])
    shown: dict[str, Any] = {
        "submission": found,
        "rows": rows,
        "row": row,
        "address": address,
        "fields": manifest.FIELDS,
        "levels": [(code, words.words(code) + "s") for code in LEVELS],
        "editable": found.status in OPEN and visit.can("submissions.write"),
        "row_form": _row_form(row) if row else None,
        "add_form": forms.of(RowValues),
        "header_form": _header_form(found),
        "history": await _history(visit, found),
        **await _review(visit, code),
        "files": await files_of(visit, found.id),
        "size_limit": await size_limit(visit),
        **(await outlooks.of_submission(visit, code) if found.status == "accepted" else {}),
        "estimate": await visit.api(Charges).estimate(code) if found.status in OPEN else None,
        "retention": await visit.api(Storage).retention_of(code) if found.status == "accepted" else None,
        "keep_form": keep_form(),
        "problem": None,
        "opened": "",
    }
    title = f"{found.code} {found.project_code}"
    return visit.page(TEMPLATE, title=title, status=status, topics="sample", **(shown | given))


async def _review(visit: Visit, code: str) -> dict[str, Any]:
    """Return what must be resolved, what was said, and until when it should be decided."""
    review = visit.api(Review)
    clocks = await review.clocks("submissions", code)
    return {
        "findings": await review.findings(code),
        "thread": await review.messages(code),
        "clock": clocks[0] if clocks else None,
    }


async def files_of(visit: Visit, submission_id: Any) -> list[Any] | None:
    """Return the files of a submission; None while the service that keeps them does not answer."""
    if not visit.can("documents.read"):
        return []
    try:
        return await visit.api(Ai).files(submission_id)
    except errors.Unavailable:
        return None


async def size_limit(visit: Visit) -> int | None:
    """Return how many megabytes an uploaded file may have; None while the service that says so does not answer."""
    if not visit.can("documents.read"):
        return None
    try:
        return (await visit.api(Ai).limits()).max_mb
    except errors.Unavailable:
        return None


async def _row(intake: Intake, code: str, asked: str) -> Any:
    if not asked.isdecimal():
        return None
    try:
        return await intake.row(code, int(asked))
    except errors.NotFound:
        return None


async def _history(visit: Visit, found: Any) -> list[Any] | None:
    try:
        return (await visit.api(Audit).history("submission", found.id, limit=30)).items
    except errors.Unavailable:
        return None


def _row_form(row: Any) -> forms.Form:
    form = forms.of(RowPatch).filled(row.values)
    # What only asks for attention is told above the form: its fields are not wrong.
    wrong = [problem for problem in row.problems if problem.field and problem.level == "error"]
    said = {problem.field: problem.message for problem in reversed(wrong)}
    fields = [dataclasses.replace(item, error=said.get(item.name, "")) for item in form.fields]
    return forms.Form(fields=fields)


def _header_form(found: Any) -> forms.Form:
    form = forms.of(SubmissionPatch)
    return form.filled({item.name: getattr(found, item.name) for item in form.fields})


@action("/submissions/{code:str}/rows/{number:int}", needs="submissions.write")
async def correct(visit: Visit, code: str, number: int) -> Shown:
    """Correct a row; then show the next one that has an error."""
    form = forms.of(RowPatch)
    intake = visit.api(Intake)
    values = form.read(visit.form)
    values = {
        name: "" if value is None and name in ("sample_name", "reason") else value for name, value in values.items()
    }
    seen = int(visit.form.get("version") or 0)
    try:
        saved = await intake.correct_row(code, number, values, match=seen, key=visit.key)
    except errors.Stale:
        problem = errors.Stale(
            "Somebody changed this row since you opened it. What is shown is how it is now. Nothing was overwritten."
        )
        return await show(visit, code, status=412, problem=problem)
    except (errors.Invalid, errors.Conflict) as problem:
        row = await intake.row(code, number)
        return await show(visit, code, status=422, row=row, row_form=form.refused(problem, visit.form))
    following = (await intake.rows(code, level="error", limit=1)).items
    where = f"?level=error&row={following[0].row_number}" if following else ""
    left = "nothing blocks acceptance now" if not following else f"row {following[0].row_number} is next"
    return visit.go(f"/submissions/{code}{where}", f"Row {saved.row_number} saved; {left}")


@action("/submissions/{code:str}/rows/{number:int}/removal", needs="submissions.write")
async def remove(visit: Visit, code: str, number: int) -> Shown:
    """Remove a row."""
    try:
        await visit.api(Intake).remove_row(code, number, match=int(visit.form.get("version") or 0), key=visit.key)
    except errors.Conflict as problem:
        return await show(visit, code, status=409, problem=problem)
    return visit.go(f"/submissions/{code}", f"Row {number} removed")


@action("/submissions/{code:str}/rows", needs="submissions.write")
async def add(visit: Visit, code: str) -> Shown:
    """Add a row at the end."""
    form = forms.of(RowValues)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        await visit.api(Intake).add_rows(code, {"rows": [values]}, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await show(visit, code, status=422, add_form=form.refused(problem, visit.form), opened="add")
    return visit.go(f"/submissions/{code}", "Row added")


@action("/submissions/{code:str}/header", needs="submissions.write")
async def change(visit: Visit, code: str) -> Shown:
    """Change the header; all rows are checked again."""
    form = forms.of(SubmissionPatch)
    values = {name: "" if value is None else value for name, value in form.read(visit.form).items()}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Intake).change_submission(code, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await show(visit, code, status=422, header_form=form.refused(problem, visit.form), opened="header")
    return visit.go(f"/submissions/{code}", "Saved, and all rows checked again")


@action("/submissions/{code:str}/{decision:str}", needs="submissions.write")
async def decide(visit: Visit, code: str, decision: str) -> Shown:
    """Accept, reject, cancel or hand in."""
    if decision not in DECISIONS:
        raise errors.NotFound("There is no such decision.")
    seen, reason = int(visit.form.get("version") or 0), visit.form.get("reason", "").strip()
    try:
        done = await visit.api(Intake).decide(code, decision, reason=reason, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await show(visit, code, status=422, problem=problem, opened=decision)
    return visit.go(f"/submissions/{done.code}", f"{done.code} is {DECISIONS[decision]}")


ROUTES = [submission, correct, remove, add, change, decide]
