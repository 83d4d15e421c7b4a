"""What is loaded on flow cells, washed out and loaded again."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.kit_lots import UseKind

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

LoadKind = Literal["load", "reload", "wash", "flush"]
Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


class UsedLot(Asked, frozen=True, kw_only=True):
    """A lot that was used for a load or a wash."""

    kit_lot_id: UUID
    kind: Annotated[UseKind, Meta(description="What for: wash, priming, loading.")] = "loading"
    reactions: Annotated[int, Meta(ge=1, le=100)] = 1


class NewLoad(Asked, frozen=True, kw_only=True):
    """Record a load, a reload, a wash or a flush.

    pool or library: what is loaded, one of the two; reason: why barcodes are used again, or a flow cell with few pores
    or past its shelf life. Where the facility wants a second person for that, the answer is 202 with the override
    that waits, and nothing is recorded before it is confirmed; then by what was asked, you as the operator if left out.
    """

    kind: Annotated[LoadKind, Meta(description="What is done.")]
    pool: Annotated[Code, Meta(description="The code of a pool (P26-000001).")] | None = None
    library: Annotated[Code, Meta(description="The code of a library that is loaded alone.")] | None = None
    run: Annotated[Code, Meta(description="The code of the run that it is for (R26-000001).")] | None = None
    volume_ul: Annotated[float, Meta(gt=0, le=10_000, description="How much of it is loaded.")] | None = None
    lots: Annotated[list[UsedLot], Meta(max_length=20)] = []
    operator: Annotated[str, Meta(max_length=100, pattern=_ONE_LINE, description="Who did it; you if left out.")] = ""
    loaded_at: Annotated[datetime, Meta(tz=True, description="When; now if left out.")] | None = None
    reason: Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Why, where a gate is passed over.")] = ""
    note: Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about it.")] = ""


class Load(Answer, frozen=True, kw_only=True):
    """One load, reload, wash or flush.

    loaded: the code of the pool or library; fmol: by the formula; library_remaining_ul: what is left of it then;
    carry_over: barcodes that other samples had on the flow cell before; passed_over: what the reason stands for;
    asked_by: who asked for that, where a second person confirmed it.
    """

    id: UUID
    ordinal: int
    kind: LoadKind
    loaded: str
    run: str | None
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


class UsedBarcode(Answer, frozen=True, kw_only=True):
    """A barcode that was on a flow cell. washed: since its last load; load: the ordinal of that one."""

    barcode: str
    kit: str
    alias: str
    sample_code: str
    loaded: str
    load: int
    washed: bool
