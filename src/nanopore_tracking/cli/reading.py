"""`nanopore-tracking ai evaluate FOLDER`: read forms whose contents are known, and say how well that went."""

import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
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
from nanopore_tracking.services.ai.rasters.model import Options as RasterOptions
from nanopore_tracking.services.ai.recognitions import commands as recognitions
from nanopore_tracking.services.ai.scans.model import Scan, Wanted
from nanopore_tracking.services.ai.settings import ModelSettings
from nanopore_tracking.services.ai.templates.model import shipped
from nanopore_tracking.services.ai.tutors.model import taught

app = typer.Typer(help="Reading of submission forms.", no_args_is_help=True)

_TARGET = "nanopore_tracking.services.ai.evaluations.model:measured"
_ENDING = ".truth.json"
_WIDE = 160
#: As the service allows it where nobody says otherwise.
_SCAN_MEMORY_BYTES = 1 << 30

Forms = Annotated[Path, typer.Argument(metavar="FOLDER", help=f"Forms, each with a file NAME{_ENDING} beside it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Way = Literal["pattern", "llm", "hybrid", "rag"]
Method = Annotated[
    Literal["pattern", "llm", "hybrid", "rag", "all"],
    typer.Option(
        help="How to read: by rules, by the language model of NANOPORE_LLM_URL, by both, by these and what was learnt, "
        "or each of the four in turn."
    ),
]
Corrected = Annotated[
    int,
    typer.Option(
        "--corrected",
        min=0,
        metavar="N",
        help="Let the first N forms be corrected as a person would, and measure the others with what that taught.",
    ),
]
Consent = Annotated[
    bool, typer.Option("--consent", help="These forms, with the names in them, may go to a remote language model.")
]


@app.callback()
def _all() -> None:
    """Read submission forms."""


@app.command()
def evaluate(
    folder: Forms,
    *,
    method: Method = "pattern",
    corrected: Corrected = 0,
    consent: Consent = False,
    as_json: AsJson = False,
) -> None:
    """Read every form of a folder and compare it with its truth; nothing is stored."""
    logs.configure("warning", stream=sys.stderr)
    with failures.told():
        if method == "all":
            _each(folder, corrected, consent=consent, as_json=as_json)
            return
        found = asyncio.run(_evaluated(folder, _model(method, consent=consent), corrected))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found)))
    else:
        _print(found)


def _each(folder: Path, corrected: int, *, consent: bool, as_json: bool) -> None:
    """Tell how well each way to read does on the same forms, or why it could not be tried."""
    found: dict[Way, Evaluation | str] = {}
    for way in get_args(Way):
        try:
            found[way] = asyncio.run(_evaluated(folder, _model(way, consent=consent), corrected))
        except (errors.Invalid, errors.Unavailable) as problem:
            found[way] = problem.message
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found)))
        return
    table = Table("Method", "Documents", "Fields P / R / F1", "Cells P / R / F1", box=None, pad_edge=False)
    for way, each in found.items():
        if isinstance(each, str):
            table.add_row(way, "–", each, "")
        else:
            table.add_row(way, str(each.documents), _told(each.fields), _told(each.cells))
    Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False).print(table)


def _model(method: Way, *, consent: bool) -> ModelSettings:
    """Return the settings of the language model, from the environment; Invalid where they do not fit the method."""
    if method == "pattern":
        return ModelSettings()
    known: list[type[Any]] = [KernelSettings, *(registry.load(name).settings for name in registry.NAMES)]
    found: ModelSettings
    (found,) = settings.load(ModelSettings, environ={**os.environ, "NANOPORE_READING_METHOD": method}, known=known)
    if found.llm_url and found.llm_place == "remote" and not consent:
        raise errors.Invalid(
            f"The model at {urlsplit(found.llm_url).netloc} is remote. Nothing was sent; say --consent if these forms, "
            "with the names in them, may go there."
        )
    return found


async def _evaluated(folder: Path, asked: ModelSettings, corrected: int) -> Evaluation:
    truths, learnt = await _parted(folder, asked, corrected)
    names = frozenset(model.ALIASES.get(name, name) for truth in truths for name in truth.fields)
    costs, refused, leaked, invented, pages = [Cost(0.0, 0.0)], list[str](), list[str](), list[str](), 0
    alone, scans, compared = list[str](), list[Scan](), list[tuple[Truth, list[Event]]]()
    for truth in truths:
        reading, cost, recognised = await _read((folder / truth.file).read_bytes(), truth.format, asked, learnt=learnt)
        costs.append(cost)
        scans += recognised
        if isinstance(reading, Refusal):
            refused.append(f"{truth.file}: {reading.message}")
            reading = FormReading(version=0)
        elif reading.method != reading.wanted:
            alone.append(f"{truth.file}: {reading.warnings[0]}")
        pages += max(1, len(reading.pages))
        leaked += [f"{truth.file}: {text}" for text in model.leaks(reading, truth)]
        invented += [f"{truth.file}: {text}" for text in model.invented(reading)]
        compared.append((truth, model.compare(reading, truth, names)))
    every = [event for _, document in compared for event in document]
    if truths and len(alone) == len(truths):
        raise errors.Unavailable(f"The model helped with no form. {alone[0]}")
    return Evaluation(
        documents=len(truths),
        pages=pages,
        refused=[*refused, *alone],
        fields=_score("fields", every, "field"),
        cells=_score("cells", every, "cell"),
        layouts=_layouts((truth.layout, document) for truth, document in compared),
        by_scan=_layouts((truth.scanned, document) for truth, document in compared if truth.scanned),
        by_field=_by_field(every),
        places_right=sum(event.place is True for event in every),
        places=sum(event.place is not None for event in every),
        leaks=leaked,
        invented=invented,
        unit_errors=sum(event.unit_error for event in every),
        cpu_ms_per_page=sum(cost.cpu_ms for cost in costs) / max(pages, 1),
        memory_mb=max(cost.memory_mb for cost in costs),
        scans=model.scanned(scans),
    )


def _truths(folder: Path) -> list[Truth]:
    files = sorted(folder.glob(f"*{_ENDING}")) if folder.is_dir() else []
    if not files:
        raise errors.NotFound(f"There are no forms with a file NAME{_ENDING} beside them in {folder}.")
    try:
        return [msgspec.json.decode(file.read_bytes(), type=Truth) for file in files]
    except msgspec.MsgspecError as failure:
        raise errors.Invalid(f"A truth in {folder} is not of the known shape: {failure}.") from failure


async def _parted(folder: Path, asked: ModelSettings, corrected: int) -> tuple[list[Truth], dict[str, str]]:
    """Return the forms that are measured, and what the corrections of the others taught; Invalid where none is left."""
    truths = _truths(folder)
    if len(truths) <= corrected:
        raise errors.Invalid(f"All forms of {folder} were corrected, so that none is left to be measured.")
    return truths[corrected:], await _learnt(folder, truths[:corrected], asked)


async def _learnt(folder: Path, truths: list[Truth], asked: ModelSettings) -> dict[str, str]:
    """Return what the corrections of some forms teach, one after the other, as those of a review do."""
    learnt: dict[str, str] = {}
    told = msgspec.structs.replace(asked, reading_method="rag", llm_url="", llm_model="") if truths else asked
    for truth in truths:
        reading, _, _ = await _read((folder / truth.file).read_bytes(), truth.format, told, learnt=learnt)
        if isinstance(reading, FormReading):
            learnt |= taught(reading, truth)
    return learnt


async def _read(
    content: bytes, kind: Kind, asked: ModelSettings, *, learnt: dict[str, str]
) -> tuple[FormReading | Refusal, Cost, list[Scan]]:
    """Return the reading of a form, or why there is none, what it cost, and its recognised pages.

    The time of a model is not in that, that of recognising is with each page.
    """
    options = Options(kind=kind, templates=list(shipped()), learnt=learnt, lines=asked.reading_method != "pattern")
    found, cost = await _once(content, options)
    scans: list[Scan] = []
    if isinstance(found, Wanted):
        recognising = sandbox.Limits(memory_bytes=_SCAN_MEMORY_BYTES, cpu_s=60, wall_s=180.0)
        for number in found.pages:
            page = RasterOptions(kind, number)
            scan = await recognitions.page(content, page, drawing=sandbox.Limits(), recognising=recognising)
            scans += [scan] if scan is not None else []
        found, cost = await _once(content, msgspec.structs.replace(options, scans=scans))
    assert not isinstance(found, Wanted), "The reader wants pages that it was given."
    if isinstance(found, FormReading):
        found = await help_reading(asked, found, options, leave=Leave(granted=True), db=None)
    return found, cost, scans


async def _once(content: bytes, options: Options) -> tuple[FormReading | Refusal | Wanted, Cost]:
    found: FormReading | Refusal | Wanted = Refusal("The reader of this form ended without a word.")
    cost = Cost(0.0, 0.0)
    try:
        async for message in sandbox.run(
            _TARGET, content, options=msgspec.json.encode(options), limits=sandbox.Limits()
        ):
            decoded = msgspec.json.decode(message, type=FormReading | Refusal | Cost | Wanted)
            if isinstance(decoded, Cost):
                cost = decoded
            else:
                found = decoded
    except sandbox.Stopped as stopped:
        found = Refusal(forms.stopped(stopped.cause))
    return found, cost


def _score(name: str, events: list[Event], kind: str) -> Score:
    return model.score(name, [event for event in events if event.kind == kind])


def _layouts(documents: Iterable[tuple[str, list[Event]]]) -> list[model.Layout]:
    """Return the scores of documents by the names that they are given with."""
    found: dict[str, list[list[Event]]] = {}
    for name, document in documents:
        found.setdefault(name, []).append(document)
    return [_layout(name, those) for name, those in sorted(found.items())]


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
    everything = model.Layout("all", found.documents, found.fields, found.cells)
    _print_layouts(console, "Layout", [*found.layouts, everything])
    if found.by_scan:
        _print_layouts(console, "Scanned", found.by_scan)
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
    if found.scans:
        told, cost = f"{found.scans.pages} scanned pages", f"{found.scans.cpu_s_per_page:.1f} s CPU per page"
        console.print(f"{told}: {cost}, {found.scans.cpu_s_most:.1f} at most, {found.scans.memory_mb:.0f} MB at most")
    for sentence in [*found.refused, *found.leaks, *found.invented]:
        console.print(sentence, markup=False)


def _print_layouts(console: Console, title: str, found: list[model.Layout]) -> None:
    table = Table(title, "Documents", "Fields P / R / F1", "Cells P / R / F1", box=None, pad_edge=False)
    for each in found:
        table.add_row(each.name, str(each.documents), _told(each.fields), _told(each.cells))
    console.print(table)
    console.print()


def _told(score: Score) -> str:
    return f"{score.precision:.3f} / {score.recall:.3f} / {score.f1:.3f}"
