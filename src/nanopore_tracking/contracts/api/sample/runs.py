"""Planned runs: what is to be sequenced where, the sheets that were issued, and how far it is."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.loads import Code
from nanopore_tracking.contracts.api.sample.sheets import Profile, SheetFinding

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

RunState = Literal[
    "planned",
    "sheet_issued",
    "starting",
    "running",
    "paused",
    "completed",
    "stopped_by_user",
    "failed",
    "disk_full",
    "device_disconnected",
    "analysed",
    "cancelled",
]
#: top_up: more of what a run gave too little of; recovery: in the place of a run that was lost.
Purpose = Literal["production", "qc", "test", "rerun", "top_up", "recovery"]
SheetState = Literal["none", "current", "stale"]

KitName = Annotated[str, Meta(min_length=2, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9. _-]*$")]
Kits = Annotated[
    list[KitName],
    Meta(min_length=1, max_length=5, description="The sequencing kit first; that of the pool if left out."),
]
Minutes = Annotated[int, Meta(ge=1, le=30_000, description="How long it shall run.")]
MinQ = Annotated[float, Meta(ge=0, le=60, description="Reads below this mean Q-score fail.")]
VolumeUl = Annotated[float, Meta(gt=0, le=10_000, description="How much is to be loaded.")]
Why = Annotated[
    str,
    Meta(
        max_length=1000,
        pattern=_LINES,
        description="Why barcodes are used again on the flow cell, or one with few pores; blank where neither is so.",
    ),
]
Note = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about it.")]
FlowCellSaid = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$", description="What is printed on the flow cell.")
]
PositionId = Annotated[UUID, Meta(description="A position of an instrument.")]


class NewRun(Asked, frozen=True, kw_only=True):
    """Plan a run of a pool, or of a library alone. Experiment and sample id are made from codes, never typed."""

    flow_cell: FlowCellSaid
    position_id: PositionId
    pool: Annotated[Code, Meta(description="The code of a pool (P26-000001).")] | None = None
    library: Annotated[Code, Meta(description="The code of a library that is loaded alone.")] | None = None
    kits: Kits | None = None
    run_minutes: Minutes = 4320
    min_qscore: MinQ = 10
    volume_ul: VolumeUl | None = None
    purpose: Annotated[Purpose, Meta(description="What it is for.")] = "production"
    override_reason: Why = ""
    note: Note = ""


class RunPatch(Asked, frozen=True, kw_only=True):
    """Change a run before it starts; what is left out stays. Issued sheets become stale by it."""

    flow_cell: FlowCellSaid | UnsetType = UNSET
    position_id: PositionId | UnsetType = UNSET
    run_minutes: Minutes | UnsetType = UNSET
    min_qscore: MinQ | UnsetType = UNSET
    volume_ul: VolumeUl | UnsetType = UNSET
    purpose: Annotated[Purpose, Meta(description="What it is for.")] | UnsetType = UNSET
    override_reason: Why | UnsetType = UNSET
    note: Note | UnsetType = UNSET


class RunStep(Asked, frozen=True, kw_only=True):
    """Say how far a run is. protocol_run_id: as MinKNOW says, once it runs; reason: why it ended or goes back."""

    to: Annotated[RunState, Meta(description="What it is now.")]
    protocol_run_id: Annotated[str, Meta(max_length=60, pattern=r"^[A-Za-z0-9-]*$")] = ""
    reason: Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Why; as MinKNOW says it.")] = ""


class Run(Answer, frozen=True, kw_only=True):
    """One run.

    experiment_id: what MinKNOW calls the protocol group; sample_id: what MinKNOW calls the sample, here the code of the
    pool or library that is loaded; sheet: whether the issued one says what is planned now.
    """

    id: UUID
    code: str
    state: RunState
    state_reason: str
    purpose: Purpose
    experiment_id: str
    sample_id: str
    pool: str | None
    library: str | None
    flow_cell: str | None
    flow_cell_uuid: UUID
    product_code: str
    position: str
    position_id: UUID
    instrument: str
    kits: list[str]
    run_minutes: int
    min_qscore: float
    volume_ul: float | None
    override_reason: str
    note: str
    sheet_hash: str | None
    protocol_run_id: str | None
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class Sheet(Answer, frozen=True, kw_only=True):
    """A sheet of a run for one tool. accepted: by that tool's own rules; issued_at: None for a preview."""

    profile: Profile
    state: SheetState
    content_hash: str
    text: str
    accepted: bool
    findings: list[SheetFinding]
    issued_by: str
    issued_at: datetime | None


class RunSheets(Answer, frozen=True, kw_only=True):
    """The sheets of a run as they would be now, and whether those that were issued say the same."""

    code: str
    state: SheetState
    sheets: list[Sheet]


class IssuedSheet(Answer, frozen=True, kw_only=True):
    """A sheet as it was issued; it stays as it was."""

    id: UUID
    profile: Profile
    content_hash: str
    text: str
    issued_by: str
    issued_at: datetime
