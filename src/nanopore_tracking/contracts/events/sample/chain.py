"""What the sample service announces of aliquots, libraries and pools: the whole state after each change."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class AliquotTaken(Event, frozen=True, kw_only=True):
    """An aliquot was taken of a sample; available_ul: what there was before."""

    type = "aliquot.taken"

    aliquot_id: UUID
    code: str
    sample_id: UUID
    sample_code: str
    lab_id: UUID
    volume_ul: float
    mass_ng: float | None
    available_ul: float
    purpose: str


class LibraryEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a library: its state after the change.

    sources: sample, aliquot and volume of each thing that went in; barcodes: sample, kit, number, alias of each.
    """

    library_id: UUID
    code: str
    lab_id: UUID
    state: str
    state_reason: str
    kit: str
    kit_lot: str
    lot_expires_on: date | None
    protocol_version: str
    operator: str
    started_at: datetime | None
    finished_at: datetime | None
    input_ng: float | None
    input_volume_ul: float | None
    deviations: str
    conc_ng_per_ul: float | None
    mean_fragment_bp: float | None
    volume_ul: float | None
    used_ul: float
    amount_fmol: float | None
    amount_length_bp: float | None
    amount_formula: str | None
    sources: list[dict[str, Any]]
    barcodes: list[dict[str, Any]]


class LibraryCreated(LibraryEvent, frozen=True, kw_only=True):
    """A library was planned, or recorded as prepared."""

    type = "library.created"


class LibraryChanged(LibraryEvent, frozen=True, kw_only=True):
    """What is said of the preparation of a library was changed, or how much of it there is."""

    type = "library.changed"


class LibraryMoved(LibraryEvent, frozen=True, kw_only=True):
    """A library went to another state; missing: requirements that an override passed over.

    asked_by: who asked for the override, where whoever did it confirmed it as the second person.
    """

    type = "library.moved"

    before_state: str
    reason: str
    missing: list[str]
    asked_by: str = ""


class LibrariesChanged(Event, frozen=True, kw_only=True):
    """Many libraries were changed at once; each one's own change is announced as always, under the same request id.

    kind: `move`, `measure`, or `undo` of the change `undoes`.
    """

    type = "libraries.changed"

    bulk_id: UUID
    kind: str
    operation: dict[str, Any]
    undoes: UUID | None
    changed: int
    refused: int


class LibraryMeasured(LibraryEvent, frozen=True, kw_only=True):
    """Something was measured of a library, or a measurement of it was declared invalid."""

    type = "library.measured"

    measurement: dict[str, Any]


class PoolEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a pool; components: code, volume, amount and share of each library."""

    pool_id: UUID
    code: str
    name: str
    state: str
    state_reason: str
    arrangement_name: str | None
    arrangement_reason: str | None
    target_fmol: float | None
    target_volume_ul: float | None
    buffer_ul: float
    conc_ng_per_ul: float | None
    mean_fragment_bp: float | None
    volume_ul: float | None
    used_ul: float
    amount_fmol: float | None
    amount_length_bp: float | None
    amount_formula: str | None
    note: str
    components: list[dict[str, Any]]


class PoolCreated(PoolEvent, frozen=True, kw_only=True):
    """A pool was begun."""

    type = "pool.created"


class PoolChanged(PoolEvent, frozen=True, kw_only=True):
    """A draft pool was changed, or how much of a pool there is."""

    type = "pool.changed"


class PoolMoved(PoolEvent, frozen=True, kw_only=True):
    """A pool went to another state; missing: requirements that an override passed over.

    asked_by: who asked for the override, where whoever did it confirmed it as the second person.
    """

    type = "pool.moved"

    before_state: str
    reason: str
    missing: list[str]
    asked_by: str = ""


class PoolMeasured(PoolEvent, frozen=True, kw_only=True):
    """Something was measured of a pool, or a measurement of it was declared invalid."""

    type = "pool.measured"

    measurement: dict[str, Any]
