"""What the sample service announces of places, of containers that are no sample's tube, and of what befalls them."""

from datetime import date, datetime
from uuid import UUID

from nanopore_tracking.contracts.events.sample.samples import CustodyState
from nanopore_tracking.kernel.events import Event


class StorageLocationChanged(Event, frozen=True, kw_only=True):
    """A place was created, renamed, moved or retired; the whole place is in here."""

    type = "storage.location_changed"

    location_id: UUID
    kind: str
    code: str
    name: str
    path: str
    barcode: str
    parent_id: UUID | None
    grid_rows: int | None
    grid_columns: int | None
    temperature_target_c: float | None
    status: str


class StorageExcursionRecorded(Event, frozen=True, kw_only=True):
    """A place was too warm; container_count: what was in it then, each with a custody event of its own."""

    type = "storage.excursion_recorded"

    excursion_id: UUID
    location_id: UUID
    path: str
    from_at: datetime
    until_at: datetime
    max_temperature_c: float
    note: str
    container_count: int


class StorageFindingJudged(Event, frozen=True, kw_only=True):
    """A person judged what an excursion means for a sample."""

    type = "storage.finding_judged"

    finding_id: UUID
    excursion_id: UUID
    sample_id: UUID
    verdict: str
    reason: str


class StorageRetentionSet(Event, frozen=True, kw_only=True):
    """It was set until when a sample, or all of a project, is kept; one of the two is named."""

    type = "storage.retention_set"

    sample_id: UUID | None
    project_id: UUID | None
    keep_until: date
    reason: str


class ContainerCreated(Event, frozen=True, kw_only=True):
    """A container was registered by hand."""

    type = "container.created"

    container_id: UUID
    barcode: str
    kind: str
    subject_kind: str
    subject_code: str
    sample_id: UUID | None
    volume_ul: float | None


class ContainerCustodyRecorded(Event, frozen=True, kw_only=True):
    """Something happened to a container that is no sample's tube."""

    type = "container.custody_recorded"

    container_id: UUID
    barcode: str
    subject_kind: str
    subject_code: str
    status: str
    custody: CustodyState
