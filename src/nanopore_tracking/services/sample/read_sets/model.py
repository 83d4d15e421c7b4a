"""Which reads of a basecalling are of which sample: by the alias first, then by the barcode; nothing is guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.acquisitions import ReadSetKind
from nanopore_tracking.contracts.api.sample.records import NewBasecalling
from nanopore_tracking.contracts.events.sample.acquisitions import StoredReadSet
from nanopore_tracking.kernel import errors
from nanopore_tracking.runfolders.figures import OfBarcode, Part, RunFigures
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.services.sample.cargo.model import Tag

_NONE = frozenset({"", "unclassified", "unknown", "-", "mixed", "na"})
_NUMBER = re.compile(r"(?:^|[a-z_])0*([1-9][0-9]*)$")
#: What programs write of reads, with a kit before it or not. An alias that ends with a number is no barcode.
_READ = re.compile(r"(?:^|_)(?:barcode|bc|nb|rb|bp)0*([1-9][0-9]*)$")
MODEL_UNKNOWN = ""
_LONGEST_NOTE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """A basecalling that was read of a whole run. model: empty where it is not known; reads: of all its barcodes."""

    id: UUID
    model: str
    min_q: float | None
    summary: str
    reads: int
    folder: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSet:
    """The reads of one barcode as they are kept; of those that passed, None where none did or nobody judged."""

    kind: ReadSetKind
    barcode: str
    sample_id: UUID | None
    reads: int
    pass_bases: int | None
    pass_n50_bases: int | None
    pass_mean_q: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadSet:
    """The reads of one barcode, and whose they are."""

    barcode: str
    alias: str
    kind: ReadSetKind
    sample_id: UUID | None
    part: Part

    @property
    def judged(self) -> bool:
        """Whether the basecaller said which reads pass."""
        return self.part.pass_reads + self.part.fail_reads > 0 or not self.part.reads

    @property
    def told(self) -> StoredReadSet:
        """What events say of it."""
        return StoredReadSet(
            barcode=self.barcode,
            alias=self.alias,
            kind=self.kind,
            sample_id=self.sample_id,
            reads=self.part.reads,
            bases=self.part.bases,
            pass_bases=self.part.pass_bases if self.judged else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A model and its limit, as a person says. min_q: None where nobody knows it."""

    model: str
    min_q: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Basecalling:
    """A basecalling of an acquisition, and whose its reads are."""

    model: str
    min_q: float | None
    summary: str
    sets: Sequence[ReadSet]


def basecallings(reading: Reading, tags: Sequence[Tag]) -> list[Basecalling]:
    """Return the basecallings that a reading has, the one that counts last. tags: the barcodes of what is loaded.

    The report says model and limit of the summary that counts; of another one beside it they are not known.
    """
    made = [
        Basecalling(model=MODEL_UNKNOWN, min_q=None, summary=other.summary_name, sets=read_sets(other.runs, tags))
        for other in reading.others
    ]
    report = reading.report
    made.append(
        Basecalling(
            model=report.model if report else MODEL_UNKNOWN,
            min_q=report.min_q if report else None,
            summary=reading.summary_name,
            sets=read_sets(reading.summary.runs if reading.summary else [], tags),
        )
    )
    return [each for each in made if each.sets]


def named(called: Basecalling, names: Mapping[str, Named]) -> Basecalling:
    """Return a basecalling with the model that a person named of its summary, where its folder does not say one."""
    said = names.get(called.summary)
    return called if called.model or said is None else replace(called, model=said.model, min_q=said.min_q)


def nameable(model: str, *, by_person: bool) -> None:
    """Raise Conflict where the folder itself says which model it was."""
    if model and not by_person:
        message = f"The folder says itself that it was called with {model}. Nothing was changed."
        raise errors.Conflict(message, type="not-allowed")


def read_sets(runs: Sequence[RunFigures], tags: Sequence[Tag]) -> list[ReadSet]:
    """Return whose the reads of one run id are; none where there are several. tags: the barcodes of what is loaded.

    Reads without any barcode are of the only sample where only one was loaded.
    """
    if len(runs) != 1:
        return []
    (run,) = runs
    if not run.barcodes:
        samples = {tag.sample_id for tag in tags}
        only = samples.pop() if len(samples) == 1 else None
        kind: ReadSetKind = "expected" if only else "unclassified"
        return [ReadSet(barcode="", alias="", kind=kind, sample_id=only, part=run.whole)]
    return list(_assigned(run.barcodes, tags))


def _assigned(barcodes: Sequence[OfBarcode], tags: Sequence[Tag]) -> Iterator[ReadSet]:
    known = Whose(tags)
    for each in barcodes:
        kind, sample_id = known.of(each.barcode, each.alias)
        yield ReadSet(barcode=each.barcode, alias=each.alias, kind=kind, sample_id=sample_id, part=each.part)


def record(
    called: Called, sets: Sequence[KeptSet], *, sample_id: UUID, barcodes: Sequence[str]
) -> NewBasecalling | None:
    """Return what a person would record of a sample's basecalling: its own reads, and those without a barcode.

    barcodes: of the sample in its library, by whose names its reads go. None where the model is not known, where none
    of the sample's reads passed, where two read sets would have one barcode, or one of its own would have none.
    """
    said: dict[str | None, KeptSet] = {}
    for each in sets:
        name = _named(each, barcodes)
        if each.sample_id not in (None, sample_id) or (each.sample_id is None and not each.barcode):
            continue
        if (name in said) if name != "unclassified" else each.sample_id is not None:
            return None
        if each.pass_n50_bases is not None and each.pass_mean_q is not None:
            said.setdefault(name, each)
    if not any(each.sample_id == sample_id for each in said.values()):
        return None
    read_sets = [
        {
            "barcode": name,
            "reads": each.reads,
            "bases_pass_bp": each.pass_bases,
            "n50_bp": each.pass_n50_bases,
            "mean_q": each.pass_mean_q,
        }
        for name, each in said.items()
    ]
    values = {"model": called.model, "min_q": called.min_q, "read_sets": read_sets, "all_reads": called.reads}
    note = f"Read by the ingest from {called.summary or 'the run folder'} in {called.folder}."[:_LONGEST_NOTE]
    try:
        return msgspec.convert(values | {"kind": "basecalling", "note": note}, NewBasecalling)
    except msgspec.ValidationError:
        return None


def _named(each: KeptSet, barcodes: Sequence[str]) -> str | None:
    """Return under which name reads are recorded: as the library has their barcode, `unclassified` where it is none.

    Reads that an alias alone names are of the barcode of their sample, where that has only one.
    """
    if each.kind != "expected":
        return "unclassified"
    number = _number(each.barcode, _READ)
    if each.barcode and number is None and len(barcodes) == 1:
        return barcodes[0]
    if each.barcode and each.barcode.lower() in _NONE:
        return "unclassified"
    known = {_number(barcode): barcode for barcode in barcodes}
    return known.get(number, each.barcode) if number is not None else each.barcode or None


class Whose:
    """Whose the reads of each barcode are. tags: the barcodes of what is loaded."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self._by_alias = {tag.alias.lower(): tag.sample_id for tag in tags if tag.alias}
        self._by_number = {number: tag.sample_id for tag in tags if (number := _number(tag.barcode)) is not None}

    def of(self, barcode: str, alias: str) -> tuple[ReadSetKind, UUID | None]:
        """Return what the reads of a barcode are, and of which sample.

        Dorado before 1.3 has one column for both, with the alias in it where a sheet names one (toulligQC#22).
        """
        named = [name.lower() for name in (alias, barcode) if name.lower() not in _NONE]
        sample_id = next((self._by_alias[name] for name in named if name in self._by_alias), None)
        number = _number(barcode, _READ)
        if sample_id is None and number is not None:
            sample_id = self._by_number.get(number)
        nameless = {barcode.lower(), alias.lower()} <= _NONE
        return "expected" if sample_id else "unclassified" if nameless else "unexpected", sample_id


def _number(barcode: str, pattern: re.Pattern[str] = _NUMBER) -> int | None:
    """Return the number of a barcode, by whatever name: barcode01, BC01 and NB01 are the first."""
    found = pattern.search(barcode.strip().lower())
    return int(found[1]) if found else None
