"""What the report of a run says, and of what it says nothing to a submitter: of others, and of the run as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.acquisitions import ReadSetKind
from nanopore_tracking.contracts.api.sample.yields import RunFinding
from nanopore_tracking.counting import counted
from nanopore_tracking.drawing import runs as drawn
from nanopore_tracking.drawing.documents import Document, Figure, Section, Table
from nanopore_tracking.drawing.shapes import Drawing, drawing
from nanopore_tracking.kernel import errors
from nanopore_tracking.runfolders.figures import gigabases
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.services.sample.runs.model import Run

DEFINITIONS = (
    "Reads are all rows of the summary that fit its header, empty ones among them; bases are those of all reads.",
    "Passed is what the basecaller let pass by the minimum Q above each table. Not judged: it said nothing.",
    "What passes one limit is not what passes another: no table is added to or compared with another.",
    "N50: half of all bases are in reads of at least that length; it is exact.",
    "Mean Q is that of the mean error probability, read by read: -10 log10(mean(10^(-Q/10))).",
    "It is lower than the mean of the Q-scores. Median Q is to 0.05.",
    "Occupancy is the time of channels in strand and adapter, of that in strand, adapter and pore.",
    "T90 is when nine tenths of the bases were read. Times are hours from the start of the run.",
)
_HEAD = ("Barcode", "Alias", "Sample", "Reads", "Passed, Mb", "All, Mb", "N50, bases", "Mean Q", "Median Q")
MISSING = "There is no such run, or none with reads of your samples."
_OWN = (
    "This report has the reads of your own samples. What is of the whole run, or of others, is for the facility alone."
)
_MEGA = 1e6
_SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """An acquisition of the run, and all that was read of it."""

    id: UUID
    acquisition_run_id: str
    state: str
    sentence: str
    problems: Sequence[str]
    reading: Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadSet:
    """The reads of one barcode of one basecalling."""

    basecall_id: UUID
    model: str
    min_q: float | None
    summary: str
    kind: ReadSetKind
    barcode: str
    alias: str
    sample: str | None
    reads: int
    bases: int
    pass_reads: int | None
    pass_bases: int | None
    n50_bases: int | None
    mean_q: float | None
    median_q: float | None
    counts: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that a report is made of. sources: empty where the report is of own samples alone."""

    run: Run
    flow_cell: str
    product_code: str
    place: str
    sets: Sequence[ReadSet]
    findings: Sequence[RunFinding]
    sources: Sequence[Source]
    own: bool
    at: datetime


def document(told: Told) -> Document:
    """Return the report of a run; NotFound where a submitter has no reads in it."""
    if told.own and not told.sets:
        raise errors.NotFound(MISSING)
    return Document(
        title=f"Run {told.run.code}",
        made=f"Made on {told.at:%Y-%m-%d %H:%M} UTC of what was known then.",
        facts=list(_facts(told)),
        sections=[*_odd(told), *_barcodes(told), *_acquisitions(told), Section(title="Definitions", texts=DEFINITIONS)],
    )


def _facts(told: Told) -> Iterator[tuple[str, str]]:
    run = told.run
    if told.own:
        yield "What it is", _OWN
    yield "State", run.state.replace("_", " ") + (f": {run.end_reason}" if run.end_reason else "")
    yield "Purpose", run.purpose.replace("_", " ")
    yield "Flow cell", f"{told.flow_cell or 'not known'} ({told.product_code})"
    if not told.own:
        yield "Instrument", told.place
        yield "Experiment ID (MinKNOW protocol group)", run.experiment_id
        yield "Library ID (MinKNOW sample_id)", run.sample_id
        yield "Kits", ", ".join(run.kits)
    yield "Protocol run", run.protocol_run_id or "not known"
    for name, moment in (("Started", run.started_at), ("Ended", run.ended_at)):
        yield name, f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "not known"


def _odd(told: Told) -> Iterator[Section]:
    mine = {each.sample for each in told.sets}
    said = [each.message for each in told.findings if not told.own or (each.sample and each.sample in mine)]
    if said:
        yield Section(title="Findings", texts=said[:_SHOWN])
    elif not told.own and told.sets:
        yield Section(title="Findings", texts=["Nothing odd was found about the reads."])


def _barcodes(told: Told) -> Iterator[Section]:
    tables = []
    for basecall_id in dict.fromkeys(each.basecall_id for each in told.sets):
        sets = [each for each in told.sets if each.basecall_id == basecall_id]
        tables.append(Table(caption=_called(sets[0]), head=_HEAD, rows=[_row(each) for each in sets]))
    texts = [] if tables else ["No reads are known of this run."]
    if len(tables) > 1:
        texts.append(
            "There are several basecallings or acquisitions; each has a table of its own, and none are added up."
        )
    yield Section(title="Reads by barcode", texts=texts, tables=tables)


def _called(each: ReadSet) -> str:
    limit = "minimum Q not known" if each.min_q is None else f"passed from Q{each.min_q:g} on"
    counts = "" if each.counts else "; another basecalling counts"
    of = f", of {each.summary}" if each.summary else ""
    return f"{each.model or 'Model not known'}, {limit}{counts}{of}."


def _row(each: ReadSet) -> list[Any]:
    passed = "not judged" if each.pass_bases is None else each.pass_bases / _MEGA
    sample = each.sample or {"unclassified": "–", "unexpected": "unexpected"}.get(each.kind, "–")
    alias = "" if each.alias == each.barcode else each.alias
    lead = [each.barcode or "none", alias, sample, each.reads, passed, each.bases / _MEGA]
    return [*lead, each.n50_bases, each.mean_q, each.median_q]


def _acquisitions(told: Told) -> Iterator[Section]:
    for source in told.sources:
        named = source.acquisition_run_id[:8] or (source.reading.ids.protocol_run_id or "of the folder")[:8]
        figures = [
            Figure(drawing=each, definition=definition) for each, definition in drawings(source.reading).values()
        ]
        tables = [
            Table(
                caption=f"{each.title}. {each.definition}",
                head=[name[:1].upper() + name[1:] for name in each.head],
                rows=each.rows,
            )
            for each in drawn.figures(source.reading)
            if each.chart is None and each.map is None
        ]
        texts = [source.sentence, *list(source.problems)[:_SHOWN], *_of_all(source.reading)]
        yield Section(title=f"Acquisition {named}", texts=texts, tables=tables, figures=figures)


def _of_all(reading: Reading) -> Iterator[str]:
    """Say the figures of all reads of an acquisition in a sentence."""
    for run in reading.summary.runs if reading.summary else []:
        whole = run.whole
        said = [counted(whole.reads, "read"), gigabases(whole.bases)]
        if whole.pass_reads + whole.fail_reads:
            said.append(f"{gigabases(whole.pass_bases)} passed")
        said += [f"N50 {counted(whole.n50_bases, 'base')}"] if whole.n50_bases is not None else []
        said += [f"mean Q {whole.mean_q:.2f} (of the mean error probability)"] if whole.mean_q is not None else []
        said += [f"{run.speed_bases_per_s:,.0f} bases a second"] if run.speed_bases_per_s is not None else []
        said += [f"T90 {run.t90_h:g} h"] if run.t90_h is not None else []
        yield ", ".join(said) + "."


def drawings(reading: Reading) -> dict[str, tuple[Drawing, str]]:
    """Return the charts of a reading by their names, each with what its numbers are."""
    found: dict[str, tuple[Drawing, str]] = {}
    for each in drawn.figures(reading):
        picture = each.map or each.chart
        if picture is not None:
            found[each.name] = (drawing(each.alone or each.title, picture), each.definition)
    return found
