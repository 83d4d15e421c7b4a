"""Which reads of a basecalling are of which sample: by the alias first, then by the barcode; nothing is guessed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from nanopore_tracking.contracts.api.sample.acquisitions import ReadSetKind
from nanopore_tracking.contracts.events.sample.acquisitions import StoredReadSet
from nanopore_tracking.runfolders.figures import OfBarcode, Part, RunFigures
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.services.sample.cargo.model import Tag

_NONE = frozenset({"", "unclassified", "unknown", "-", "mixed", "na"})
_NUMBER = re.compile(r"(?:^|[a-z_])0*([1-9][0-9]*)$")
MODEL_UNKNOWN = ""


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


def own_runs(reading: Reading) -> list[RunFigures]:
    """Return the figures of the run ids that are the folder's own; empty where the summary is of another run."""
    runs = reading.summary.runs if reading.summary else []
    final = reading.final
    known = {final.protocol_run_id, final.acquisition_run_id} - {""} if final else set()
    return [run for run in runs if run.run_id in known] if known else list(runs)


def read_sets(reading: Reading, tags: Sequence[Tag]) -> list[ReadSet]:
    """Return whose reads a reading has. tags: the barcodes of what is loaded.

    Reads without any barcode are of the only sample where only one was loaded. Several run ids of one folder have one
    read set for each barcode only where there is one of them; else the largest counts, as N50s cannot be added.
    """
    runs = own_runs(reading)
    if not runs:
        return []
    run = max(runs, key=lambda each: each.whole.bases)
    if not run.barcodes:
        samples = {tag.sample_id for tag in tags}
        only = samples.pop() if len(samples) == 1 else None
        kind: ReadSetKind = "expected" if only else "unclassified"
        return [ReadSet(barcode="", alias="", kind=kind, sample_id=only, part=run.whole)]
    return list(_assigned(run.barcodes, tags))


def _assigned(barcodes: Sequence[OfBarcode], tags: Sequence[Tag]) -> Iterator[ReadSet]:
    by_alias = {tag.alias.lower(): tag.sample_id for tag in tags if tag.alias}
    by_number = {number: tag.sample_id for tag in tags if (number := _number(tag.barcode)) is not None}
    for each in barcodes:
        sample_id = by_alias.get(each.alias.lower()) if each.alias.lower() not in _NONE else None
        if sample_id is None and each.barcode.lower() not in _NONE:
            number = _number(each.barcode)
            sample_id = by_number.get(number) if number is not None else None
        nameless = {each.barcode.lower(), each.alias.lower()} <= _NONE
        kind: ReadSetKind = "expected" if sample_id else "unclassified" if nameless else "unexpected"
        yield ReadSet(barcode=each.barcode, alias=each.alias, kind=kind, sample_id=sample_id, part=each.part)


def _number(barcode: str) -> int | None:
    """Return the number of a barcode, by whatever name: barcode01, BC01 and NB01 are the first."""
    found = _NUMBER.search(barcode.strip().lower())
    return int(found[1]) if found else None
