"""What the sample service announces of planned runs; a pool may hold several labs' samples, so they belong to none."""

from datetime import datetime
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class RunEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a run: its state after the change."""

    run_id: UUID
    code: str
    state: str
    state_reason: str
    purpose: str
    experiment_id: str
    sample_id: str
    pool_id: UUID | None
    library_id: UUID | None
    flow_cell_id: UUID
    position_id: UUID
    kits: list[str]
    run_minutes: int
    min_qscore: float
    volume_ul: float | None
    override_reason: str
    note: str
    protocol_run_id: str | None
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str


class RunPlanned(RunEvent, frozen=True, kw_only=True):
    """A run was planned."""

    type = "run.planned"


class RunChanged(RunEvent, frozen=True, kw_only=True):
    """The plan of a run was changed."""

    type = "run.changed"


class RunMoved(RunEvent, frozen=True, kw_only=True):
    """A run went on, or ended; missing: what an override passed over."""

    type = "run.moved"

    before_state: str
    missing: list[str]


class RunSheetIssued(RunEvent, frozen=True, kw_only=True):
    """Sample sheets of a run were issued; content_hash: of all that they say."""

    type = "run.sheet_issued"

    profiles: list[str]
    content_hash: str
