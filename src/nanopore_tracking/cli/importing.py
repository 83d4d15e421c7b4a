"""`nanopore-tracking import FILE`: hand in a sample manifest, see what is wrong with it, accept it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from nanopore_tracking.cli.api import Api, Token, Url, User, open_api
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors

app = typer.Typer(add_completion=False)

_LOOK_S = 0.1
_SHOWN = 20
_NEWS_TRIES = 5
_LEVELS = ("error", "finding", "warning")
#: A terminal says how wide it is; a file or a pipe does not.
_PIPE_COLUMNS = 160

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="An XLSX, CSV or TSV file.")]
ProjectCode = Annotated[str, typer.Option("--project", help="The project's code; not needed where there is only one.")]
Accept = Annotated[bool, typer.Option("--accept/--no-accept", help="Accept the submission when nothing is wrong.")]
Reason = Annotated[str, typer.Option(help="Why the submission is accepted in spite of findings; it is kept.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", help="What a column holds, such as C=qubit_ng_per_ul; C= for nothing.")
]


@app.command(name="import")
def import_file(
    file: File,
    project: ProjectCode = "",
    accept: Accept = False,
    reason: Reason = "",
    column: Columns = None,
    url: Url = "",
    username: User = "",
    token: Token = "",
) -> None:
    """Hand in a sample manifest for a project.

    Exit codes: 0 all is well, 1 the manifest was refused or has errors, 2 the command was wrong, 3 nobody answers.
    """
    choices = _choices(column or [])
    api = open_api(url, username, token)
    project_id = _project(api, project)
    steps = Steps()
    with steps.bar:
        extraction = _read(api, steps, _upload(api, steps, file=file, project_id=project_id), choices)
        submission = _checked(api, steps, extraction)
    _tell(api, extraction, submission)
    if submission["error_count"]:
        typer.echo(
            f"{submission['code']} has errors and was not accepted; correct it in the browser, or cancel it there."
        )
        raise typer.Exit(1)
    if not accept:
        typer.echo(f"{submission['code']} waits to be accepted.")
        return
    if submission["open_finding_count"] and not reason:
        typer.echo(f"{submission['code']} was not accepted: with findings it needs --reason.", err=True)
        raise typer.Exit(1)
    with steps.bar:
        accepted = _accept(api, steps, submission, reason)
    typer.echo(
        f"{accepted['code']} is accepted: {counted(accepted['row_count'], 'sample is', 'samples are')} expected."
    )


class Steps:
    """The progress bars, on standard error; without a terminal there are none."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self.bar = Progress(
            TextColumn("{task.description:<8}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def begin(self, name: str, total: float | None = None) -> Any:
        """Begin a step; total: None while it is not known."""
        return self.bar.add_task(name, total=total)

    def end(self, task: Any) -> None:
        """End a step."""
        self.bar.update(task, total=1, completed=1)


def _choices(said: list[str]) -> list[dict[str, str | None]]:
    found = []
    for text in said:
        letters, equals, field = text.partition("=")
        if not equals or not letters.isalpha():
            raise typer.BadParameter(f"{text} is not like C=qubit_ng_per_ul.", param_hint="--column")
        found.append({"column": letters.upper(), "field": field or None})
    return found


def _project(api: Api, code: str) -> str:
    """Return the id of the project with the code, or of the only active one."""
    found = api.get("/api/projects", q=code or None, status="active", limit=200)["items"]
    named = [item for item in found if not code or item["code"].casefold() == code.casefold()]
    if len(named) == 1:
        project_id: str = named[0]["id"]
        return project_id
    if code:
        raise typer.BadParameter(f"There is no active project {code} that you may see.", param_hint="--project")
    there = ", ".join(item["code"] for item in found[:_SHOWN]) or "none"
    raise typer.BadParameter(f"Say for which project; active ones are: {there}.", param_hint="--project")


def _upload(api: Api, steps: Steps, *, file: Path, project_id: str) -> str:
    """Send the file and return the id of its reading."""
    task = steps.begin("upload", file.stat().st_size)
    params = {"project_id": project_id, "filename": file.name}
    for tries_left in reversed(range(_NEWS_TRIES)):
        try:
            document = api.upload(
                "/api/documents",
                file,
                params=params,
                sent=lambda size_bytes: steps.bar.update(task, completed=size_bytes),
            )
            break
        except errors.NotFound:
            # The project was seen above: its news are still on their way to where documents are taken.
            if not tries_left:
                raise
    steps.end(task)
    if document.get("note"):
        typer.echo(document["note"], err=True)
    extraction_id: str = document["extraction_id"]
    return extraction_id


def _read(api: Api, steps: Steps, extraction_id: str, choices: list[dict[str, str | None]]) -> dict[str, Any]:
    """Wait until the file is read, saying what its columns hold where that is asked and was said."""
    task = steps.begin("read")
    while True:
        extraction: dict[str, Any] = api.get(f"/api/extractions/{extraction_id}")
        state = extraction["state"]
        if state == "needs_columns" and choices:
            body = {"columns": choices}
            api.post(f"/api/extractions/{extraction_id}/columns", body, version=extraction["version"])
            choices = []
        elif state not in ("queued", "reading"):
            break
        steps.bar.update(task, total=extraction["row_count"], completed=extraction["rows_read"])
        api.pause(_LOOK_S)
    if state == "refused":
        raise errors.Invalid(extraction["error"])
    if state in ("needs_pages", "needs_password", "cancelled"):
        raise errors.Invalid(" ".join(extraction["notes"]))
    if state == "needs_columns":
        _tell_columns(extraction)
        raise typer.Exit(1)
    if state == "needs_review":
        _tell_review(api, extraction)
        raise typer.Exit(1)
    steps.end(task)
    return extraction


def _tell_review(api: Api, extraction: dict[str, Any]) -> None:
    doubts = extraction["needs_review_count"]
    many = "none of its values is" if not doubts else "1 value is" if doubts == 1 else f"{doubts} values are"
    where = api.address(f"/submissions/reading/{extraction['id']}/review")
    typer.echo(f"This form was read and is kept; {many} in doubt. Somebody has to look at it first: {where}", err=True)


def _checked(api: Api, steps: Steps, extraction: dict[str, Any]) -> dict[str, Any]:
    """Wait until the rows have become a submission that is checked."""
    task = steps.begin("check", extraction["row_count"])
    while True:
        found = api.get("/api/submissions", extraction_id=extraction["id"])["items"]
        if found and found[0]["status"] != "reading":
            steps.end(task)
            submission: dict[str, Any] = api.get(f"/api/submissions/{found[0]['id']}")
            return submission
        if found:
            steps.bar.update(task, completed=found[0]["row_count"])
        api.pause(_LOOK_S)


def _accept(api: Api, steps: Steps, submission: dict[str, Any], reason: str) -> dict[str, Any]:
    task = steps.begin("accept")
    path = f"/api/submissions/{submission['id']}/acceptance"
    accepted: dict[str, Any] = api.post(path, {"reason": reason}, version=submission["version"])
    steps.end(task)
    return accepted


def _tell_columns(extraction: dict[str, Any]) -> None:
    for question in extraction["questions"]:
        typer.echo(question, err=True)
    table = Table("Column", "Heading", "Read as", "May be", "For example")
    for seen in extraction["columns"]:
        texts = (seen["column"], seen["heading"], seen["field"] or "", ", ".join(seen["candidates"]))
        table.add_row(*map(Text, texts), Text(", ".join(seen["examples"])))
    _console().print(table)
    typer.echo(
        "Nothing was handed in yet. Say what the columns hold with --column, such as --column C=qubit_ng_per_ul."
    )


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _tell(api: Api, extraction: dict[str, Any], submission: dict[str, Any]) -> None:
    """Print what the reader noted and what the check found, cell by cell."""
    for note in extraction["notes"]:
        typer.echo(note, err=True)
    counts = ", ".join(_counted(submission[f"{level}_count"], level) for level in _LEVELS)
    rows = _counted(submission["row_count"], "row")
    typer.echo(f"{submission['code']}: {rows} of {extraction['filename']}; {counts}.")
    total = sum(submission[f"{level}_count"] for level in _LEVELS)
    if not total:
        return
    lines = _problems(api, submission)
    table = Table("Cell", "Row", "Field", "Level", "What is wrong", "As written")
    for line in lines:
        table.add_row(*map(Text, line))
    _console().print(table)
    if total > len(lines):
        typer.echo(f"and {total - len(lines):,} more.")


def _problems(api: Api, submission: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the first problems, errors first: of the header, then of the rows."""
    header = sorted(submission["problems"], key=lambda problem: _LEVELS.index(problem["level"]))
    lines: list[tuple[str, ...]] = [
        ("", "header", each["field"] or "", each["level"], each["message"], "") for each in header
    ]
    for level in _LEVELS:
        if len(lines) >= _SHOWN or not submission[f"{level}_count"]:
            continue
        rows = api.get(f"/api/submissions/{submission['id']}/rows", level=level, limit=_SHOWN)["items"]
        lines += [_line(row, problem) for row in rows for problem in row["problems"] if problem["level"] == level]
    return lines[:_SHOWN]


def _line(row: dict[str, Any], problem: dict[str, Any]) -> tuple[str, ...]:
    cell = row["submitted"].get(problem["field"] or "", {})
    place = f"{cell['column']}{cell['row']}" if cell.get("column") else ""
    number, field = str(row["row_number"]), problem["field"] or ""
    return place, number, field, problem["level"], problem["message"], cell.get("raw", "")[:60]


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_COLUMNS)
