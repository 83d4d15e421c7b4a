"""The form of a draft on one page: who, what, samples, files, check; saved on the server at every pause."""

from typing import Any

from nanopore_tracking.contracts import manifest
from nanopore_tracking.contracts.api.sample.rows import RowValues
from nanopore_tracking.contracts.api.sample.submissions import SubmissionPatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.clients.charges import Charges
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.pages.submission import files_of, size_limit
from nanopore_tracking.web.visit import Shown, Visit, action, page

WHO = ("requester_name", "requester_email", "external_id")
#: What has to be said before a draft is handed in, and the words that ask for it.
WANTED = {
    "requester_name": "Who asks for the work",
    "requester_email": "The address that questions and results go to",
    "service_type": "The service",
    "kit_requested": "The library kit",
    "contains_human_dna": "Whether there is human DNA in it",
}
#: The columns of a pasted table, in the order in which they are expected.
COLUMNS = ("sample_name", "material", "volume_ul", "qubit_ng_per_ul", "a260_a280", "a260_a230", "fragment_bp")
_MOST_ROWS = 500


@page("/submissions/{code:str}/form", needs="submissions.write")
async def form(visit: Visit, code: str) -> Shown:
    """Show the form of a draft."""
    return await show(visit, code)


async def show(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    """Show the form with what was refused, if anything was."""
    intake = visit.api(Intake)
    found = await intake.submission(code)
    if found.status != "draft":
        return visit.go(f"/submissions/{code}")
    wrong = (await intake.rows(code, level="error", limit=50)).items
    header = forms.of(SubmissionPatch, options=await _options(visit))
    shown: dict[str, Any] = {
        "submission": found,
        "rows": (await intake.rows(code, limit=100)).items,
        "form": header.filled({item.name: getattr(found, item.name) for item in header.fields}),
        "missing": _missing(found, wrong),
        "columns": [manifest.BY_NAME[name] for name in COLUMNS],
        "who": WHO,
        "files": await files_of(visit, found.id),
        "size_limit": await size_limit(visit),
        "estimate": await visit.api(Charges).estimate(code),
        "problem": None,
        "pasted": "",
    }
    return visit.page("pages/submission_form.html", title=f"{found.code} form", status=status, **(shown | given))


async def _options(visit: Visit) -> dict[str, forms.Options]:
    try:
        kits = [(e["code"], f"{e['code']} {e['name']}") for e in (await visit.api(Config).catalogue("kits")).entries]
        services = [(e["code"], e["name"]) for e in (await visit.api(Config).catalogue("service_types")).entries]
    except errors.Unavailable:
        return {}
    return {"kit_requested": kits, "service_type": services} if kits and services else {}


def _missing(found: Any, wrong: list[Any]) -> list[tuple[str, str]]:
    """Return what is missing before a draft can be handed in: where it is said, and in words."""
    missing = [(f"#w-{name}", words) for name, words in WANTED.items() if getattr(found, name) in ("", "unknown")]
    if not found.row_count:
        missing.append(("#paste", "The samples"))
    for row in wrong:
        said = next((problem.message for problem in row.problems if problem.level == "error"), "It cannot be taken.")
        missing.append((f"/submissions/{found.code}?row={row.row_number}", f"Row {row.row_number}: {said}"))
    return missing


@action("/submissions/{code:str}/form", needs="submissions.write")
async def save(visit: Visit, code: str) -> Shown:
    """Keep what was typed; a script is told the version that the next save has to name."""
    values = forms.of(SubmissionPatch).read(visit.form)
    asked = {name: "" if value is None else value for name, value in values.items()}
    asked = {name: value for name, value in asked.items() if value or name not in ("contains_human_dna", "priority")}
    seen, quiet = int(visit.form.get("version") or 0), visit.request.headers.get("x-quiet") == "1"
    try:
        done = await visit.api(Intake).change_submission(code, asked, match=seen, key="" if quiet else visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        if quiet:
            said = {"title": problem.message, "fields": [item.path for item in problem.fields]}
            return visit.data(said, status=problem.status)
        refused = forms.of(SubmissionPatch, options=await _options(visit)).refused(problem, visit.form)
        return await show(visit, code, status=422, form=refused)
    if quiet:
        return visit.data({"version": done.version})
    return visit.go(f"/submissions/{code}/form", "Saved")


@action("/submissions/{code:str}/form/rows", needs="submissions.write")
async def paste(visit: Visit, code: str) -> Shown:
    """Add the rows of a pasted table."""
    text = visit.form.get("pasted", "")
    try:
        await visit.api(Intake).add_rows(code, {"rows": _rows(text)}, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await show(visit, code, status=422, problem=problem, pasted=text)
    return visit.go(f"/submissions/{code}/form", "The samples are kept")


def _rows(text: str) -> list[dict[str, Any]]:
    """Return the rows of a table: columns by tabs or semicolons, numbers with a point or a comma."""
    blank, found = forms.of(RowValues), []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
        if not any(cells) or cells[0].lower().replace("_", " ") == "sample name":
            continue
        typed = dict(zip(COLUMNS, cells, strict=False))
        found.append({name: value for name, value in blank.read(typed).items() if value is not None})
    if not found:
        raise errors.Invalid("There is no row in it. Nothing was added.")
    if len(found) > _MOST_ROWS:
        raise errors.Invalid(f"There are more than {_MOST_ROWS} rows. Nothing was added; send a manifest as a file.")
    return found


@action("/submissions/{code:str}/copies", needs="submissions.write")
async def duplicate(visit: Visit, code: str) -> Shown:
    """Begin a draft with the header and the rows of an earlier submission."""
    intake = visit.api(Intake)
    found = await intake.submission(code)
    rows: list[dict[str, Any]] = []
    after = None
    while len(rows) < _MOST_ROWS:
        part = await intake.rows(code, after=after, limit=100)
        rows += [_copied(row) for row in part.items]
        after = part.next
        if after is None:
            break
    header = {item.name: getattr(found, item.name) for item in forms.of(SubmissionPatch).fields}
    asked = {"project_id": str(found.project_id), **header, "rows": rows[:_MOST_ROWS]}
    made = await intake.create_submission(asked, visit.key)
    return visit.go(f"/submissions/{made.code}/form", f"{made.code} begun with what {code} said")


def _copied(row: Any) -> dict[str, Any]:
    known = RowValues.__struct_fields__
    return {name: value for name, value in row.values.items() if name in known and value is not None}


ROUTES = [form, save, paste, duplicate]
