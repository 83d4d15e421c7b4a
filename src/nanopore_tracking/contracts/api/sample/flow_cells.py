"""Flow cells: from the order to the return, with every check, claim, load and wash."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

FlowCellState = Literal[
    "ordered",
    "received",
    "checked_ok",
    "check_failed",
    "in_use",
    "washed",
    "spent",
    "returned",
    "discarded",
    "expired",
]
#: What can be done with a flow cell; each leads from some states to one.
FlowCellAction = Literal["receive", "check", "load", "reload", "wash", "flush", "spend", "return", "discard", "expire"]
#: What is only said, without anything more than a reason.
Ending = Literal["spend", "return", "discard", "expire"]
EventKind = Literal[
    "ordered",
    "received",
    "changed",
    "checked",
    "claim_reported",
    "load",
    "reload",
    "wash",
    "flush",
    "reserved",
    "freed",
    "spent",
    "returned",
    "discarded",
    "expired",
]

PrintedId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="What is printed on it and MinKNOW reads from it: FAX12345, PAK04567, AOZ898.",
    ),
]
ProductCode = Annotated[
    str,
    Meta(max_length=40, pattern=r"^[A-Za-z0-9-]+$", description="As in the catalogue: FLO-MIN114, FLO-PRO114M."),
]
Lot = Annotated[str, Meta(max_length=60, pattern=_ONE_LINE, description="The lot number.")]
Storage = Annotated[str, Meta(max_length=200, pattern=_ONE_LINE, description="Where it is kept, at 2 to 8 °C.")]
CellNote = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about it.")]
Reason = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Why.")]
Pores = Annotated[int, Meta(ge=0, le=20_000)]


class NewFlowCell(Asked, frozen=True, kw_only=True):
    """Put a flow cell into the ledger; one that is only ordered has no flow_cell_id and no day of receipt yet."""

    product_code: ProductCode
    purchased_on: Annotated[date, Meta(description="The warranty counts from this day.")]
    flow_cell_id: PrintedId | None = None
    received_on: Annotated[date, Meta(description="When it came; today if left out.")] | None = None
    expires_on: Annotated[date, Meta(description="The last day of its shelf life.")] | None = None
    lot: Lot = ""
    storage: Storage = ""
    note: CellNote = ""


class FlowCellReceipt(Asked, frozen=True, kw_only=True):
    """An ordered flow cell has come."""

    flow_cell_id: PrintedId
    received_on: Annotated[date, Meta(description="When it came; today if left out.")] | None = None
    expires_on: Annotated[date, Meta(description="The last day of its shelf life.")] | None = None
    lot: Lot = ""
    storage: Storage = ""


class FlowCellPatch(Asked, frozen=True, kw_only=True):
    """Change what is known of a flow cell; what is left out stays."""

    lot: Lot | UnsetType = UNSET
    storage: Storage | UnsetType = UNSET
    note: CellNote | UnsetType = UNSET
    expires_on: Annotated[date | None, Meta(description="The last day of its shelf life.")] | UnsetType = UNSET


class NewCheck(Asked, frozen=True, kw_only=True):
    """Record a flow cell check (platform QC). pores_by_mux: single pores of each of the four groups."""

    pores_available: Annotated[Pores, Meta(description="Pores available, as MinKNOW says.")]
    pores_by_mux: Annotated[list[Pores], Meta(max_length=4)] | None = None
    position: Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z0-9-]*$", description="Where it was checked.")] = ""
    minknow_run_id: Annotated[
        str, Meta(max_length=60, pattern=r"^[A-Za-z0-9-]*$", description="The protocol run id of the check.")
    ] = ""
    checked_at: Annotated[datetime, Meta(tz=True, description="When; now if left out.")] | None = None
    note: CellNote = ""


class FlowCellStep(Asked, frozen=True, kw_only=True):
    """Say what became of a flow cell."""

    action: Annotated[Ending, Meta(description="What is done with it.")]
    reason: Reason


class ClaimReport(Asked, frozen=True, kw_only=True):
    """Say that a failing check was reported to the vendor."""

    reference: Annotated[str, Meta(min_length=1, max_length=100, pattern=_ONE_LINE, description="The vendor's number.")]
    note: CellNote = ""


class FlowCell(Answer, frozen=True, kw_only=True):
    """One flow cell.

    check_by: the last day on which the warranty takes a check; warranty_pores: what a new one must have;
    pores_available: by the last check; check_due: it was never checked and can be returned only until check_by;
    check_overdue: that day is over; claim_deadline: until when a failing check must be reported, where one is open;
    held_by: the run that has reserved it; actions: what can be done with it now.
    """

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
    state: FlowCellState
    pores_available: int | None
    check_count: int
    load_count: int
    check_due: bool
    check_overdue: bool
    claim_deadline: datetime | None
    held_by: str | None
    actions: list[FlowCellAction]
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class Check(Answer, frozen=True, kw_only=True):
    """One check. claim_deadline: until when it had to be reported, None where it was no case for the warranty."""

    id: UUID
    flow_cell_id: UUID
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
    claim_deadline: datetime | None


class Claim(Answer, frozen=True, kw_only=True):
    """A failing check that is to be reported; overdue: the deadline is over and it was not."""

    id: UUID
    flow_cell: UUID
    flow_cell_id: str
    product_code: str
    pores_available: int
    threshold_pores: int
    deadline: datetime
    overdue: bool
    reported_at: datetime | None
    reported_by: str
    reference: str
    note: str
    opened_at: datetime
    version: int


class LedgerEntry(Answer, frozen=True, kw_only=True):
    """One thing that happened to a flow cell; state: after it; details: the fields of its kind."""

    id: UUID
    ordinal: int
    kind: EventKind
    state: FlowCellState
    details: dict[str, Any]
    reason: str
    done_by: str
    happened_at: datetime


class Stock(Answer, frozen=True, kw_only=True):
    """What there is of one product. ready: checked and unused; unchecked: here, not checked; low: too few of both."""

    product_code: str
    device: str
    ordered: int
    unchecked: int
    ready: int
    in_use: int
    check_due: int
    check_overdue: int
    low: bool


class StockList(Answer, frozen=True, kw_only=True):
    """What is there of every product that was ever here; low_at: as few as this are too few."""

    items: list[Stock]
    low_at: int
    claims_open: int
    claims_overdue: int
