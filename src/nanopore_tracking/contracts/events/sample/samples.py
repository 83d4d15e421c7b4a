"""What the sample service announces of samples: how each one came, what was measured and done, where it is."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from nanopore_tracking.kernel.events import Event


class SampleEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a sample: its state after the change.

    volume_ul, qubit_ng_per_ul, a260_a280, a260_a230, fragment_bp: what counts now; measured: those of them that the
    facility measured; exit and status_reason: how and why it left the way or is on hold; location: where the tube is.
    due_at: until when its stage should be done; clock_paused: why its clock stands still, blank while it runs.
    """

    sample_id: UUID
    code: str
    name: str
    alias: str
    kind: str
    material: str
    organism: str
    lab_id: UUID
    project_id: UUID
    submission_id: UUID | None
    row_number: int | None
    service_type: str
    container_barcode: str
    priority: str
    assignee: str
    comment: str
    stage: str
    status: str
    exit: str | None
    status_reason: str
    stage_entered_at: datetime
    volume_ul: float | None
    qubit_ng_per_ul: float | None
    a260_a280: float | None
    a260_a230: float | None
    fragment_bp: float | None
    measured: list[str]
    location: str
    due_at: datetime | None = None
    clock_paused: str = ""


class SampleCreated(SampleEvent, frozen=True, kw_only=True):
    """A sample was registered, by the acceptance of a submission or by hand; submitted: what never changes."""

    type = "sample.created"

    submitted: dict[str, float | str | None]


class SampleChanged(SampleEvent, frozen=True, kw_only=True):
    """Priority, assignee, comment, container barcode or status was changed; the changes say which."""

    type = "sample.changed"


class SampleStageChanged(SampleEvent, frozen=True, kw_only=True):
    """A sample was moved on, back, out, on hold, or back from there.

    before_stage and before_status: where it was; to: what was asked for; missing: codes of the requirements that an
    override passed over, empty without one; figures: what was computed at the gate, by name with the unit, and how;
    catalogue_versions: of the catalogues that it was judged by; asked_by: who asked for the override, where whoever did
    it confirmed it as the second person.
    """

    type = "sample.stage_changed"

    to: str
    direction: Literal["on", "back", "out", "hold", "resume"]
    before_stage: str
    before_status: str
    reason: str
    overridden: bool
    missing: list[str]
    figures: dict[str, float | str]
    catalogue_versions: dict[str, int]
    asked_by: str = ""


class MeasurementState(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement as it was recorded."""

    id: UUID
    subject: str
    subject_code: str
    quantity: str
    value: float
    unit: str
    method: str
    instrument: str
    kit_lot: str
    operator: str
    measured_at: datetime
    replaces: UUID | None
    note: str


class SampleMeasured(SampleEvent, frozen=True, kw_only=True):
    """Something was measured of a sample, its library or its pool; the changes say what counts now instead."""

    type = "sample.measured"

    measurement: MeasurementState


class SampleMeasurementInvalidated(SampleEvent, frozen=True, kw_only=True):
    """A measurement was declared not to count; it is kept."""

    type = "sample.measurement_invalidated"

    measurement: MeasurementState
    reason: str


class SampleMeasurementSigned(SampleEvent, frozen=True, kw_only=True):
    """A person signed that a concentration that is not fluorometric may be diluted by."""

    type = "sample.measurement_signed"

    measurement: MeasurementState
    reason: str


class CustodyState(msgspec.Struct, frozen=True, kw_only=True):
    """One custody event as it was recorded; sequence: counts on for each container, from 1.

    location: what was said of the place; location_id and place: where it is after the event, in a modelled place and
    in words; hash: of all this together with prev_hash, that of the event before.
    """

    id: UUID
    container_id: UUID
    sequence: int
    kind: str
    location: str
    location_id: UUID | None
    place: str
    condition: str | None
    temperature_c: float | None
    person: str
    witness: str
    shipping_ref: str
    note: str
    happened_at: datetime
    prev_hash: str
    hash: str


class SampleCustodyRecorded(SampleEvent, frozen=True, kw_only=True):
    """Something happened to the tube of a sample."""

    type = "sample.custody_recorded"

    custody: CustodyState


class RecordState(msgspec.Struct, frozen=True, kw_only=True):
    """One stage record: `library`, `loading`, `run`, `basecalling`, `decision` or `delivery`, and its fields."""

    id: UUID
    kind: str
    stage: str
    code: str
    details: dict[str, Any]


class SampleRecordAdded(SampleEvent, frozen=True, kw_only=True):
    """Work on a sample at a stage was recorded."""

    type = "sample.record_added"

    record: RecordState


class SampleClockPaused(SampleEvent, frozen=True, kw_only=True):
    """The clock of a sample stands still; reason: `waiting_for_reagent` or `instrument_down`."""

    type = "sample.clock_paused"

    reason: str
    note: str


class SampleClockResumed(SampleEvent, frozen=True, kw_only=True):
    """The clock of a sample runs on."""

    type = "sample.clock_resumed"
