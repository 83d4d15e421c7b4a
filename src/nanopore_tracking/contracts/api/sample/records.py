"""Stage records: what was done to a sample at each stage, typed by kind; a later one stands before an earlier one."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.samples import Stage

#: `library`, `loading` and `delivery` only of records of before there were libraries, planned runs and deliveries.
RecordKind = Literal["library", "loading", "run", "basecalling", "decision", "delivery"]
#: `pass` and `accept_as_is` let a sample go on after quality assessment; `conditional` goes on outside the limits of
#: sample QC and library QC; `fail` and `top_up` stop it.
Verdict = Literal["pass", "conditional", "accept_as_is", "top_up", "fail"]

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Filled = Annotated[str, Meta(min_length=1, max_length=100, pattern=_ONE_LINE)]
Loose = Annotated[str, Meta(max_length=100, pattern=_ONE_LINE)]
Lines = Annotated[str, Meta(max_length=1000, pattern=_LINES)]

Decided = Annotated[Verdict, Meta(description="What was decided.")]
Because = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Why, and who agreed.")]
Agreed = Annotated[str, Meta(max_length=100, pattern=_ONE_LINE, description="Who agreed.")]
#: A time with its zone.
Moment = Annotated[datetime, Meta(tz=True)]


class NewRun(Asked, frozen=True, kw_only=True, tag_field="kind", tag="run"):
    """A sequencing run was done; at the stage sequencing_run."""

    protocol_run_id: Annotated[UUID, Meta(description="MinKNOW's protocol run id.")]
    flow_cell_id: Annotated[str, Meta(pattern=r"^[A-Z]{3}[0-9]{3,6}$", description="The flow cell that it ran on.")]
    started_at: Annotated[Moment, Meta(description="When it started.")]
    ended_at: Annotated[Moment | None, Meta(description="When it ended; left out while it runs.")] = None
    end_reason: Annotated[Loose, Meta(description="Why it ended, in MinKNOW's words.")] = ""
    note: Annotated[Lines, Meta(description="Anything to know about it.")] = ""


class ReadSet(Asked, frozen=True, kw_only=True):
    """The reads of one barcode; barcode: None where the library has none, `unclassified` for the rest of a run.

    n50_bp: of the passed reads; mean_q: mean Q-score of the passed reads, by the mean error probability.
    """

    barcode: (
        Annotated[str, Meta(pattern=r"^(barcode[0-9]{2,3}|unclassified)$", description="Which barcode.")] | None
    ) = None
    reads: Annotated[int, Meta(ge=0, le=10**12, description="How many reads, passed and failed.")]
    bases_pass_bp: Annotated[int, Meta(ge=0, le=10**15, description="Bases of the passed reads.")]
    n50_bp: Annotated[float, Meta(ge=0, le=10**8, description="N50 of the passed reads.")]
    mean_q: Annotated[float, Meta(ge=0, le=60, description="Mean Q-score of the passed reads.")]


class NewBasecalling(Asked, frozen=True, kw_only=True, tag_field="kind", tag="basecalling"):
    """A run was basecalled; at the stage basecalling. Basecalling again is a record of its own."""

    model: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            pattern=r"^[A-Za-z0-9_.@+-]+$",
            description="The model with its version, like dna_r10.4.1_e8.2_400bps_sup@v5.2.0.",
        ),
    ]
    min_q: Annotated[float, Meta(ge=0, le=60, description="The Q-score from which a read passes.")] | None = None
    read_sets: Annotated[list[ReadSet], Meta(min_length=1, max_length=400, description="The reads of each barcode.")]
    all_reads: (
        Annotated[int, Meta(ge=0, le=10**12, description="Reads of the whole run, where these sets are not all of it.")]
        | None
    ) = None
    note: Annotated[Lines, Meta(description="Anything to know about it.")] = ""


class NewDecision(Asked, frozen=True, kw_only=True, tag_field="kind", tag="decision"):
    """A person decided about the sample at its present stage. Every verdict but `pass` needs a reason."""

    verdict: Decided
    reason: Because = ""
    second_person: Agreed = ""


NewRecord = NewRun | NewBasecalling | NewDecision


class Record(Answer, frozen=True, kw_only=True):
    """One record.

    stage: the stage that it was made at; code: of a library of before, like S26-000123-L1, else blank; details: the
    fields of its kind as they were recorded; current: it counts, false after a later one of its kind or after work
    went back to its stage or before.
    """

    id: UUID
    sample_id: UUID
    kind: RecordKind
    stage: Stage
    code: str
    details: dict[str, Any]
    current: bool
    recorded_by: str
    recorded_at: datetime
