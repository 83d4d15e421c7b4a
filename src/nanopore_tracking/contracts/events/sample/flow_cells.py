"""What the sample service announces of flow cells; they belong to the facility, not to a lab."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel.events import Event


class FlowCellEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a flow cell: its state after the change."""

    id: UUID
    flow_cell_id: str | None
    product_code: str
    device: str
    lot: str
    purchased_on: date
    received_on: date | None
    expires_on: date | None
    check_by: date
    warranty_pores: int
    storage: str
    note: str
    state: str
    pores_available: int | None
    check_count: int
    load_count: int
    held_by: str | None


class FlowCellChanged(FlowCellEvent, frozen=True, kw_only=True):
    """A flow cell was ordered, received, changed, reserved, freed, used up, returned or thrown away; cause: which."""

    type = "flow_cell.changed"

    cause: str
    reason: str


class CheckState(msgspec.Struct, frozen=True, kw_only=True):
    """One check of a flow cell."""

    id: UUID
    ordinal: int
    pores_available: int
    pores_by_mux: list[int] | None
    threshold_pores: int
    passed: bool
    position: str
    minknow_run_id: str
    note: str
    checked_by: str
    checked_at: datetime


class FlowCellChecked(FlowCellEvent, frozen=True, kw_only=True):
    """A flow cell was checked; claim_deadline: until when it has to be reported, where the warranty covers it."""

    type = "flow_cell.checked"

    check: CheckState
    claim_deadline: datetime | None


class FlowCellClaimReported(FlowCellEvent, frozen=True, kw_only=True):
    """A failing check was reported to the vendor."""

    type = "flow_cell.claim_reported"

    claim: dict[str, Any]


class LoadState(msgspec.Struct, frozen=True, kw_only=True):
    """One load, reload, wash or flush; loaded: the code of the pool or library.

    asked_by: who asked for the override, where whoever recorded it confirmed it as the second person.
    """

    id: UUID
    ordinal: int
    kind: str
    loaded: str
    pool_id: UUID | None
    library_id: UUID | None
    run_id: UUID | None
    volume_ul: float | None
    fmol: float | None
    amount_formula: str | None
    library_remaining_ul: float | None
    lots: list[str]
    carry_over: list[str]
    passed_over: list[str]
    reason: str
    note: str
    operator: str
    loaded_at: datetime
    asked_by: str = ""


class FlowCellLoaded(FlowCellEvent, frozen=True, kw_only=True):
    """Something was loaded on a flow cell, loaded again, washed out or flushed; load: which and what."""

    type = "flow_cell.loaded"

    load: LoadState
