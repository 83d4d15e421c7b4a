"""Samples: what was submitted, what counts now, and where each one is on its way."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked
from nanopore_tracking.contracts.manifest import Kind, Material

Stage = Literal[
    "expected",
    "received",
    "sample_qc",
    "library_prep",
    "library_qc",
    "sequencing_setup",
    "sequencing_run",
    "basecalling",
    "quality_assessment",
    "data_delivery",
    "delivered",
    "archived",
]
Status = Literal["queued", "active", "on_hold", "done", "failed", "cancelled"]
#: What has not come to its end.
OpenStatus = Literal["queued", "active", "on_hold"]
Priority = Literal["low", "normal", "high", "urgent"]
#: How a sample left the way: `never_arrived` and `cancelled` make it cancelled, `damaged` and `failed` make it failed.
Exit = Literal["never_arrived", "damaged", "failed", "cancelled"]
#: The values that a sample has one of now, by their field name.
Value = Literal["volume_ul", "qubit_ng_per_ul", "a260_a280", "a260_a230", "fragment_bp"]

_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

SampleName = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=ONE_LINE, description="The submitter's name of the sample.")
]
ContainerBarcode = Annotated[
    str,
    Meta(
        max_length=60,
        pattern=r"^[A-Za-z0-9._/+-]*$",
        description="What the scanner reads from the tube; no other sample has it. Blank: none.",
    ),
]
Assignee = Annotated[str, Meta(max_length=100, pattern=ONE_LINE, description="Who works on it; blank: nobody yet.")]
Urgency = Annotated[Priority, Meta(description="How soon.")]
PriorityReason = Annotated[
    str, Meta(max_length=500, pattern=ONE_LINE, description="Why it is urgent; required for that, else not kept.")
]
Comment = Annotated[str, Meta(max_length=4000, pattern=_LINES, description="What the laboratory notes about it.")]
VolumeUl = Annotated[float, Meta(ge=0, le=100_000, description="The volume that was submitted.")]
NgPerUl = Annotated[float, Meta(ge=0, le=100_000, description="The concentration that was submitted.")]
Ratio = Annotated[float, Meta(ge=0, le=10, description="The purity ratio that was submitted.")]
FragmentBp = Annotated[float, Meta(ge=1, le=10_000_000, description="The fragment length that was submitted.")]


class SampleRegistration(Asked, frozen=True, kw_only=True):
    """Register one sample by hand, under a project. What is submitted here never changes afterwards."""

    project_id: Annotated[UUID, Meta(description="The project that the sample belongs to.")]
    name: SampleName
    kind: Annotated[Kind, Meta(description="A sample to be tested, or which kind of control.")] = "test_sample"
    material: Annotated[Material | None, Meta(description="What the tube holds.")] = None
    organism: Annotated[str, Meta(max_length=200, pattern=ONE_LINE, description="By its scientific name.")] = ""
    service_type: Annotated[
        str, Meta(max_length=100, pattern=ONE_LINE, description="The code of the service; its limits count.")
    ] = ""
    container_barcode: ContainerBarcode = ""
    priority: Urgency = "normal"
    priority_reason: PriorityReason = ""
    assignee: Assignee = ""
    volume_ul: VolumeUl | None = None
    qubit_ng_per_ul: NgPerUl | None = None
    nanodrop_ng_per_ul: NgPerUl | None = None
    a260_a280: Ratio | None = None
    a260_a230: Ratio | None = None
    fragment_bp: FragmentBp | None = None
    buffer: Annotated[str, Meta(max_length=200, pattern=ONE_LINE, description="What it is dissolved in.")] = ""
    comment: Annotated[str, Meta(max_length=1000, pattern=_LINES, description="What the submitter notes.")] = ""


class SamplePatch(Asked, frozen=True, kw_only=True):
    """Change what the laboratory says of a sample; what is left out stays. What was submitted cannot be changed.

    status: `active` while somebody works on it, `queued` while it waits; only while it is one of the two.
    """

    priority: Urgency | UnsetType = UNSET
    priority_reason: PriorityReason | UnsetType = UNSET
    assignee: Assignee | UnsetType = UNSET
    comment: Comment | UnsetType = UNSET
    container_barcode: ContainerBarcode | UnsetType = UNSET
    status: Annotated[Literal["queued", "active"], Meta(description="Whether work goes on.")] | UnsetType = UNSET


class SubmittedValues(Answer, frozen=True, kw_only=True):
    """What the submitter said; it never changes."""

    volume_ul: float | None
    qubit_ng_per_ul: float | None
    nanodrop_ng_per_ul: float | None
    a260_a280: float | None
    a260_a230: float | None
    fragment_bp: float | None
    buffer: str
    comment: str


class SampleListed(Answer, frozen=True, kw_only=True):
    """A sample as lists show it.

    volume_ul, qubit_ng_per_ul (fluorometric only), a260_a280, a260_a230, fragment_bp: what counts now, which is the
    accepted measurement for the fields named in `measured` and what was submitted for the others; out_of_range: the
    fields outside the limits of the catalogue; stage_entered_at: when it came to its stage; due_at: until when the
    stage should be done, None without a running clock; clock_paused: why the clock stands still, blank while it runs.
    """

    id: UUID
    code: str
    name: str
    alias: str
    kind: Kind
    material: str
    organism: str
    service_type: str
    lab_id: UUID
    lab_name: str
    project_id: UUID
    project_code: str
    submission_id: UUID | None
    submission_code: str | None
    container_barcode: str
    stage: Stage
    status: Status
    priority: Priority
    assignee: str
    volume_ul: float | None
    qubit_ng_per_ul: float | None
    a260_a280: float | None
    a260_a230: float | None
    fragment_bp: float | None
    measured: list[Value]
    out_of_range: list[Value]
    stage_entered_at: datetime
    due_at: datetime | None
    overdue: bool
    clock_paused: str
    created_at: datetime
    updated_at: datetime
    version: int


class Sample(SampleListed, frozen=True, kw_only=True):
    """One sample.

    location: where the tube is, blank where that is not
    known; exit and status_reason: how and why it left the way, or why it is on hold; comment: of the laboratory;
    priority_reason: why it is urgent, blank where it is not.
    """

    row_number: int | None
    submitted: SubmittedValues
    location: str
    comment: str
    exit: Exit | None
    status_reason: str
    priority_reason: str
    created_by: str


class SampleCount(Answer, frozen=True, kw_only=True):
    """How many samples match; exact is false where there are more than were counted."""

    count: int
    exact: bool


class BoardCard(Answer, frozen=True, kw_only=True):
    """A sample on the board."""

    id: UUID
    code: str
    name: str
    lab_name: str
    project_code: str
    material: str
    stage: Stage
    status: Status
    priority: Priority
    assignee: str
    stage_entered_at: datetime
    due_at: datetime | None
    overdue: bool
    clock_paused: str
    version: int


class BoardColumn(Answer, frozen=True, kw_only=True):
    """One stage of the board.

    count: open samples in it, exact or at least that many; oldest_entered_at: when the one that waits longest came;
    cards: the first seven by priority, then by age.
    """

    stage: Stage
    count: int
    exact: bool
    oldest_entered_at: datetime | None
    cards: list[BoardCard]


class Board(Answer, frozen=True, kw_only=True):
    """The open samples by stage, in the order of the stages from `expected` to `data_delivery`."""

    columns: list[BoardColumn]


class StageCount(Answer, frozen=True, kw_only=True):
    """How many samples are in a stage with a status."""

    stage: Stage
    status: Status
    count: int


class Summary(Answer, frozen=True, kw_only=True):
    """How many samples there are: in all, and for each stage and status that has any, in the order of the stages."""

    total: int
    counts: list[StageCount]


class Found(Answer, frozen=True, kw_only=True):
    """What a scanned or typed code belongs to; name: of the sample, pool, batch; a submission's own number, a kit."""

    kind: Literal["sample", "submission", "library", "pool", "place", "batch"]
    id: UUID
    code: str
    name: str
