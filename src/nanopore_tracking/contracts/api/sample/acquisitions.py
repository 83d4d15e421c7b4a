"""What was read of run folders: how each stands, which planned run it is, the reads of each barcode by sample."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked, Line, LooseLine, Prose
from nanopore_tracking.contracts.api.sample.loads import Code
from nanopore_tracking.runfolders.inventory import KindOfFile
from nanopore_tracking.runfolders.readings import Reading, State

#: matched: it is that planned run; unmatched: a person has to say which one it is; aside: it is no run of the facility.
Standing = Literal["matched", "unmatched", "aside"]
Key = Literal["protocol_run_id", "experiment_id", "sample_id", "flow_cell_id", "position"]
#: expected: of a sample of the run; unclassified: of no barcode; unexpected: of a barcode that nothing on it has.
ReadSetKind = Literal["expected", "unclassified", "unexpected"]


class NewAcquisition(Asked, frozen=True, kw_only=True):
    """What was read of one acquisition of a run folder, now or again. reader: the computer that sees the folder."""

    reader: Line
    reading: Reading


class MatchAsked(Asked, frozen=True, kw_only=True):
    """Say which planned run an acquisition is."""

    run: Annotated[Code, Meta(description="The id or the code of the run.")]
    reason: Annotated[Prose, Meta(description="How that is known; needed where what both say differs.")] = ""


class AsideAsked(Asked, frozen=True, kw_only=True):
    """Say that an acquisition is no planned run, and why."""

    reason: Annotated[Prose, Meta(min_length=1)]


class Candidate(Answer, frozen=True, kw_only=True):
    """A planned run that may be it: what both say alike, and what not."""

    run: str
    agrees: list[Key]
    differs: list[Key]


class Acquisition(Answer, frozen=True, kw_only=True):
    """What was read last of one acquisition in a run folder; the figures are of all its reads.

    acquisition_run_id: which one of several in the folder, blank where nothing says it; mean_q: of the mean error
    probability; candidates: the best first; detailed figures have an address of their own.
    """

    id: UUID
    reader: str
    folder: str
    state: State
    sentence: str
    problems: list[str]
    files: list[KindOfFile]
    protocol_run_id: str
    acquisition_run_id: str
    acquisition_run_ids: list[str]
    experiment_id: str
    sample_id: str
    flow_cell_id: str
    position: str
    instrument: str
    started_at: datetime | None
    ended_at: datetime | None
    reads: int | None
    bases: int | None
    pass_bases: int | None
    n50_bases: int | None
    mean_q: float | None
    standing: Standing
    run: str | None
    matched_by: str
    match_reason: str
    candidates: list[Candidate]
    created_at: datetime
    updated_at: datetime
    version: int


class AcquisitionDetail(Answer, frozen=True, kw_only=True):
    """Everything that was read last, with distributions, times and channels."""

    id: UUID
    reading: Reading


class PastReading(Answer, frozen=True, kw_only=True):
    """How a run folder stood at a time."""

    id: UUID
    state: State
    sentence: str
    problems: list[str]
    reads: int | None
    bases: int | None
    read_by: str
    read_at: datetime


class ModelNamed(Asked, frozen=True, kw_only=True):
    """Say which model a summary was called with, where nothing in its folder says it."""

    model: Annotated[Line, Meta(description="As dorado names it: dna_r10.4.1_e8.2_400bps_sup@v5.2.0.")]
    min_q: (
        Annotated[float, Meta(ge=0, le=60, description="From which mean Q reads passed; blank if unknown.")] | None
    ) = None
    reason: Annotated[LooseLine, Meta(description="How that is known.")] = ""


class Basecall(Answer, frozen=True, kw_only=True):
    """A basecalling of an acquisition; never overwritten by another. model: blank and min_q None where not known.

    named_by: the person who said the model, blank where the folder did or nobody has; named_because: how that is known.
    """

    id: UUID
    acquisition_id: UUID
    model: str
    min_q: float | None
    summary: str
    reads: int
    bases: int
    counts: bool
    created_at: datetime
    updated_at: datetime
    named_by: str = ""
    named_because: str = ""


class ReadSetOfSample(Answer, frozen=True, kw_only=True):
    """The reads of one barcode of a basecalling, and of which sample they are.

    sample: None for reads of no sample; pass_bases: None where the basecaller did not judge; load: which load of the
    flow cell, None where that is not clear; counts: no later basecalling of the same run stands before it; named: a
    person said the model.
    """

    id: UUID
    run: str
    acquisition_id: UUID
    basecall_id: UUID
    model: str
    min_q: float | None
    summary: str
    named: bool
    counts: bool
    kind: ReadSetKind
    barcode: str
    alias: str
    sample: str | None
    sample_kind: str
    load: int | None
    reads: int
    bases: int
    pass_reads: int | None
    pass_bases: int | None
    n50_bases: int | None
    mean_q: float | None
    median_q: float | None
    pass_n50_bases: int | None
    pass_mean_q: float | None
    share: float | None
