"""Changing many samples at once: what is selected, what is to be done, what would become of each, and what did."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.custody import Condition, Moment, Noted, Warmth, Where
from nanopore_tracking.contracts.api.sample.records import Agreed, Because, Decided
from nanopore_tracking.contracts.api.sample.samples import (
    Assignee,
    Comment,
    Priority,
    PriorityReason,
    Stage,
    Status,
    Urgency,
)
from nanopore_tracking.contracts.api.sample.stages import Target, Why

#: Samples that one job changes.
MOST = 10_000

#: `receive`, `basecall` and `decide` add to what is only ever added to, so that they cannot be undone.
Kind = Literal["move", "change", "receive", "basecall", "decide", "edit", "undo"]
Outcome = Literal["changed", "unchanged", "refused"]


class SampleFilters(Asked, frozen=True, kw_only=True):
    """The filters of the list of samples, by the same names."""

    stage: list[Stage] | None = None
    status: list[Status] | None = None
    priority: list[Priority] | None = None
    assignee: Annotated[str, Meta(max_length=100)] | None = None
    lab_id: UUID | None = None
    project_id: UUID | None = None
    submission_id: UUID | None = None
    q: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class Selection(Asked, frozen=True, kw_only=True):
    """Which samples: those of `ids`, those of `codes`, or all that match `filters`; one of the three.

    filters: `{}` is all there are. count: how many were seen; where another number matches, nothing is done.
    """

    ids: Annotated[list[UUID], Meta(min_length=1, max_length=MOST)] | None = None
    codes: (
        Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(min_length=1, max_length=MOST)] | None
    ) = None
    filters: SampleFilters | None = None
    count: Annotated[int, Meta(ge=1)] | None = None


class Move(Asked, frozen=True, kw_only=True, tag_field="kind", tag="move"):
    """Move each sample, as a transition of it alone would."""

    to: Annotated[Target, Meta(description="The stage, or the exit, `on_hold` or `resumed`.")]
    reason: Why = ""
    override: Annotated[bool, Meta(description="Go on although requirements are missing.")] = False


class Change(Asked, frozen=True, kw_only=True, tag_field="kind", tag="change"):
    """Change what the laboratory says of each sample; what is left out stays."""

    priority: Urgency | UnsetType = UNSET
    priority_reason: PriorityReason | UnsetType = UNSET
    assignee: Assignee | UnsetType = UNSET
    comment: Comment | UnsetType = UNSET
    status: Annotated[Literal["queued", "active"], Meta(description="Whether work goes on.")] | UnsetType = UNSET


class Receive(Asked, frozen=True, kw_only=True, tag_field="kind", tag="receive"):
    """Record of each tube that it came, as a custody event of it alone would; one that is here already stays as it is.

    location: a room, freezer, shelf or rack, as a path or a barcode; a position in a box has room for one tube only.
    """

    condition: Annotated[Condition, Meta(description="In which condition they came.")]
    location: Where = ""
    temperature_c: Warmth | None = None
    note: Noted = ""
    happened_at: Annotated[Moment | None, Meta(description="When; now if left out.")] = None


class Decide(Asked, frozen=True, kw_only=True, tag_field="kind", tag="decide"):
    """Record a person's decision about each sample at its present stage; every verdict but `pass` needs a reason."""

    verdict: Decided
    reason: Because = ""
    second_person: Agreed = ""


class BulkChange(Asked, frozen=True, kw_only=True):
    """Do one thing with many samples."""

    selection: Selection
    operation: Move | Change | Receive | Decide


class BulkUndo(Asked, frozen=True, kw_only=True):
    """Take back what a job did, of every sample that was not changed since; reason: why, kept in the history."""

    reason: Annotated[Why, Meta(min_length=1)]


class BulkResult(Answer, frozen=True, kw_only=True):
    """What becomes, or became, of one sample; outcome: null while it waits.

    reason: why it is refused, stable, for programs; message: the same for people. changes: each changed field, before
    and after; measurements: how many were recorded, or by an undo declared not to count.
    """

    sample_id: UUID
    code: str
    name: str
    outcome: Outcome | None
    reason: str = ""
    message: str = ""
    changes: dict[str, list[Any]] = msgspec.field(default_factory=dict)
    measurements: int = 0


class BulkReason(Answer, frozen=True, kw_only=True):
    """Why samples are refused, of how many, and what one of them is told."""

    reason: str
    samples: int
    message: str


class BulkPreview(Answer, frozen=True, kw_only=True):
    """What would become of a selection now; nothing was changed. refused: the first 200 of them."""

    total: int
    will_change: int
    unchanged: int
    will_not: int
    reasons: list[BulkReason]
    refused: list[BulkResult]


class BulkJob(Answer, frozen=True, kw_only=True):
    """One change of many samples, and how far it is; state `done` once every sample has its result.

    undoes: the job that this one takes back; undone_by: the job that takes this one back.
    """

    id: UUID
    kind: Kind
    operation: dict[str, Any]
    state: Literal["running", "done"]
    total: int
    changed: int
    unchanged: int
    refused: int
    undoes: UUID | None
    undone_by: UUID | None
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    version: int


#: Codes that are looked up together.
MOST_SCANNED = 500


class Scans(Asked, frozen=True, kw_only=True):
    """Codes as they were scanned: of samples, or barcodes of their tubes."""

    codes: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(min_length=1, max_length=MOST_SCANNED)
    ]


class ScannedSample(Answer, frozen=True, kw_only=True):
    """A sample that was scanned; said: the code that was scanned first."""

    said: str
    sample_id: UUID
    code: str
    name: str


class ScanProblem(Answer, frozen=True, kw_only=True):
    """A scanned code that is not one more sample: nothing that you may see has it, or its sample was scanned before."""

    said: str
    reason: Literal["unknown", "doubled"]
    message: str


class ScannedSamples(Answer, frozen=True, kw_only=True):
    """The samples of scanned codes, each once in the order of scanning, and the codes that are none."""

    samples: list[ScannedSample]
    problems: list[ScanProblem]
