"""`nanopore-tracking ai evaluate FOLDER`: read forms whose contents are known, and say how well that went."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from nanopore_tracking import registry
from nanopore_tracking.cli import failures
from nanopore_tracking.kernel import errors, sandbox, settings
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.telemetry import logs
from nanopore_tracking.services.ai.consultations.commands import Leave, help_reading
from nanopore_tracking.services.ai.evaluations import model
from nanopore_tracking.services.ai.evaluations.model import Cost, Evaluation, Event, Score, Truth
from nanopore_tracking.services.ai.forms import model as forms
from nanopore_tracking.services.ai.forms.model import FormReading, Kind, Options, Refusal
from nanopore_tracking.services.ai.settings import ModelSettings
from nanopore_tracking.services.ai.templates.model import shipped

app = typer.Typer(help="Reading of submission forms.", no_args_is_help=True)

_TARGET = "nanopore_tracking.services.ai.evaluations.model:measured"
_ENDING = ".truth.json"
_WIDE = 160

Forms = Annotated[Path, typer.Argument(metavar="FOLDER", help=f"Forms, each with a file NAME{_ENDING} beside it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Method = Annotated[
    Literal["pattern", "llm", "hybrid"],
    typer.Option(help="How to read: by rules, by the language model of NANOPORE_LLM_URL, or by both."),
]
Consent = Annotated[
    bool, typer.Option("--consent", help="These forms, with the names in them, may go to a remote language model.")
]


@app.callback()
def _all() -> None:
    """Read submission forms."""


@app.command()
def evaluate(folder: Forms, *, method: Method = "pattern", consent: Consent = False, as_json: AsJson = False) -> None:
    """Read every form of a folder and compare it with its truth; nothing is stored."""
    logs.configure("warning", stream=sys.stderr)
    with failures.told():
        found = asyncio.run(_evaluated(folder, _model(method, consent=consent)))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found)))
    else:
        _print(found)


def _model(method: Literal["pattern", "llm", "hybrid"], *, consent: bool) -> ModelSettings:
    """Return the settings of the language model, from the environment; Invalid where they do not fit the method."""
    if method == "pattern":
        return ModelSettings()
    known: list[type[Any]] = [KernelSettings, *(registry.load(name).settings for name in registry.NAMES)]
    found: ModelSettings
    (found,) = settings.load(ModelSettings, environ={**os.environ, "NANOPORE_READING_METHOD": method}, known=known)
    if found.llm_place == "remote" and not consent:
        raise errors.Invalid(
            f"The model at {urlsplit(found.llm_url).netloc} is remote. Nothing was sent; say --consent if these forms, "
            "with the names in them, may go there."
        )
    return found


async def _evaluated(folder: Path, asked: ModelSettings) -> Evaluation:
    truths = _truths(folder)
    names = frozenset(model.ALIASES.get(name, name) for truth in truths for name in truth.fields)
    events: dict[str, list[list[Event]]] = {}
    costs, refused, leaked, invented, pages = [Cost(0.0, 0.0)], list[str](), list[str](), list[str](), 0
    alone: list[str] = []
    for truth in truths:
        reading, cost = await _read((folder / truth.file).read_bytes(), truth.format, asked)
        costs.append(cost)
        if isinstance(reading, Refusal):
            refused.append(f"{truth.file}: {reading.message}")
            reading = FormReading(version=0)
        elif reading.method != reading.wanted:
            alone.append(f"{truth.file}: {reading.warnings[0]}")
        pages += max(1, len(reading.pages))
        leaked += [f"{truth.file}: {text}" for text in model.leaks(reading, truth)]
        invented += [f"{truth.file}: {text}" for text in model.invented(reading)]
        events.setdefault(truth.layout, []).append(model.compare(reading, truth, names))
    every = [event for layout in events.values() for document in layout for event in document]
    if truths and len(alone) == len(truths):
        raise errors.Unavailable(f"The model helped with no form. {alone[0]}")
    placed = [event.place for event in every if event.place is not None]
    return Evaluation(
        documents=len(truths),
        pages=pages,
        refused=[*refused, *alone],
        fields=_score("fields", every, "field"),
        cells=_score("cells", every, "cell"),
        layouts=[_layout(name, documents) for name, documents in sorted(events.items())],
        by_field=_by_field(every),
        places_right=sum(placed),
        places=len(placed),
        leaks=leaked,
        invented=invented,
        unit_errors=sum(event.unit_error for event in every),
        cpu_ms_per_page=sum(cost.cpu_ms for cost in costs) / max(pages, 1),
        memory_mb=max(cost.memory_mb for cost in costs),
    )


def _truths(folder: Path) -> list[Truth]:
    files = sorted(folder.glob(f"*{_ENDING}")) if folder.is_dir() else []
    if not files:
        raise errors.NotFound(f"There are no forms with a file NAME{_ENDING} beside them in {folder}.")
    try:
        return [msgspec.json.decode(file.read_bytes(), type=Truth) for file in files]
    except msgspec.MsgspecError as failure:
        raise errors.Invalid(f"A truth in {folder} is not of the known shape: {failure}.") from failure


async def _read(content: bytes, kind: Kind, asked: ModelSettings) -> tuple[FormReading | Refusal, Cost]:
    """Return the reading of a form, or why there is none, and what it cost; the model's time is not in that."""
    options = Options(kind=kind, templates=list(shipped()), lines=asked.reading_method != "pattern")
    found: FormReading | Refusal = Refusal("The reader of this form ended without a word.")
    cost = Cost(0.0, 0.0)
    try:
        async for message in sandbox.run(
            _TARGET, content, options=msgspec.json.encode(options), limits=sandbox.Limits()
        ):
            decoded = msgspec.json.decode(message, type=FormReading | Refusal | Cost)
            if isinstance(decoded, Cost):
                cost = decoded
            else:
                found = decoded
    except sandbox.Stopped as stopped:
        found = Refusal(forms.stopped(stopped.cause))
    if isinstance(found, FormReading):
        found = await help_reading(asked, found, options, leave=Leave(granted=True), db=None)
    return found, cost


def _score(name: str, events: list[Event], kind: str) -> Score:
    return model.score(name, [event for event in events if event.kind == kind])


def _layout(name: str, documents: list[list[Event]]) -> model.Layout:
    events = [event for document in documents for event in document]
    return model.Layout(name, len(documents), _score(name, events, "field"), _score(name, events, "cell"))


def _by_field(events: list[Event]) -> list[Score]:
    names = sorted({(event.kind == "cell", event.name) for event in events})
    return [
        model.score(name, [event for event in events if event.name == name and (event.kind == "cell") == cell])
        for cell, name in names
    ]


def _print(found: Evaluation) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    layouts = Table("Layout", "Documents", "Fields P / R / F1", "Cells P / R / F1", box=None, pad_edge=False)
    for layout in found.layouts:
        layouts.add_row(layout.name, str(layout.documents), _told(layout.fields), _told(layout.cells))
    layouts.add_row("all", str(found.documents), _told(found.fields), _told(found.cells))
    console.print(layouts)
    console.print()
    fields = Table("Field or column", "P / R / F1", "Right", "Wrong", "Extra", "Missing", box=None, pad_edge=False)
    for each in found.by_field:
        numbers = (str(number) for number in (each.right, each.wrong, each.extra, each.missing))
        fields.add_row(each.name, _told(each), *numbers)
    console.print(fields)
    console.print()
    share = found.places_right / found.places if found.places else 1.0
    console.print(f"Places hit: {found.places_right} of {found.places} ({share:.3f})")
    console.print(f"Leaks: {len(found.leaks)}   Invented: {len(found.invented)}   Unit errors: {found.unit_errors}")
    console.print(f"{found.cpu_ms_per_page:.1f} ms CPU per page, {found.memory_mb:.0f} MB at most in the child")
    for sentence in [*found.refused, *found.leaks, *found.invented]:
        console.print(sentence, markup=False)


def _told(score: Score) -> str:
    return f"{score.precision:.3f} / {score.recall:.3f} / {score.f1:.3f}"
