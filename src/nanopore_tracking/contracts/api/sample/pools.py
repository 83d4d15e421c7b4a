"""Pools: libraries that are sequenced together, how much of each goes in, and how that is computed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked
from nanopore_tracking.contracts.api.sample.chain import Lines, Loose, Named, PoolState, VolumeUl

Fmol = Annotated[float, Meta(gt=0, le=1_000_000)]
Share = Annotated[float, Meta(gt=0, le=1_000)]


class Arrangement(Asked, frozen=True, kw_only=True):
    """A custom arrangement of barcodes, with which libraries of several kits can be told apart in one pool."""

    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE)]
    reason: Annotated[str, Meta(min_length=3, max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]


class NewComponent(Asked, frozen=True, kw_only=True):
    """A library in a pool; share: how much of the amount it is meant to have, 1 for each if all are the same."""

    library: Annotated[Named, Meta(description="The id or the code of a library.")]
    volume_ul: Annotated[VolumeUl, Meta(description="How much of it goes in.")] | None = None
    share: Annotated[Share, Meta(description="Its part of the amount, beside the others'.")] = 1


class NewPool(Asked, frozen=True, kw_only=True):
    """Begin a pool."""

    name: Annotated[Loose, Meta(description="What people call it.")] = ""
    components: Annotated[list[NewComponent], Meta(max_length=384)] = []
    target_fmol: Annotated[Fmol, Meta(description="The amount of the whole.")] | None = None
    target_volume_ul: Annotated[VolumeUl, Meta(description="The volume of the whole.")] | None = None
    arrangement: Arrangement | None = None
    note: Annotated[Lines, Meta(description="Anything to know about it.")] = ""


class PoolPatch(Asked, frozen=True, kw_only=True):
    """Change a draft pool; components: all of them anew."""

    name: Annotated[Loose, Meta(description="What people call it.")] | UnsetType = UNSET
    components: Annotated[list[NewComponent], Meta(max_length=384)] | UnsetType = UNSET
    target_fmol: Annotated[Fmol, Meta(description="The amount of the whole.")] | UnsetType = UNSET
    target_volume_ul: Annotated[VolumeUl, Meta(description="The volume of the whole.")] | UnsetType = UNSET
    buffer_ul: Annotated[float, Meta(ge=0, le=100_000, description="Buffer or water that is added.")] | UnsetType = (
        UNSET
    )
    arrangement: Arrangement | UnsetType | None = UNSET
    note: Annotated[Lines, Meta(description="Anything to know about it.")] | UnsetType = UNSET


class Component(Answer, frozen=True, kw_only=True):
    """A library in a pool. library: None for one of a lab that the caller may not see; what it says is then blank."""

    position: int
    library: str | None
    library_state: str
    sample_codes: list[str]
    kit: str
    barcodes: list[str]
    share: float
    volume_ul: float | None
    fmol: float | None
    fraction_planned: float | None
    left_ul: float | None
    molarity_nm: float | None


class BarcodeInPool(Answer, frozen=True, kw_only=True):
    """A barcode of a pool; key: what is compared, which is its sequence where the catalogue has it."""

    barcode: str
    number: int
    kit: str
    alias: str
    library: str | None
    sequence: str | None
    key: str


class PoolListed(Answer, frozen=True, kw_only=True):
    """A pool in a list."""

    id: UUID
    code: str
    name: str
    state: PoolState
    kits: list[str]
    library_count: int
    barcode_count: int
    volume_ul: float | None
    amount_fmol: float | None
    planned_fmol: float | None
    updated_at: datetime
    version: int


class Pool(PoolListed, frozen=True, kw_only=True):
    """A pool; volume_ul, conc_ng_per_ul and mean_fragment_bp are measured, planned_* are the sums of its parts."""

    state_reason: str
    arrangement_name: str | None
    arrangement_reason: str | None
    target_fmol: float | None
    target_volume_ul: float | None
    buffer_ul: float
    planned_volume_ul: float | None
    conc_ng_per_ul: float | None
    mean_fragment_bp: float | None
    amount_length_bp: float | None
    amount_formula: str | None
    left_ul: float | None
    note: str
    components: list[Component]
    barcodes: list[BarcodeInPool]
    created_by: str
    created_at: datetime


class Dose(Answer, frozen=True, kw_only=True):
    """How much of one library goes into a pool.

    wanted_fmol: its share of the amount; fmol: what volume_ul holds; reached: false with a message that says why not.
    """

    library: str
    share: float
    wanted_fmol: float
    volume_ul: float | None
    fmol: float | None
    reached: bool
    message: str


class Equimolar(Answer, frozen=True, kw_only=True):
    """What an equimolar pool takes of each library.

    buffer_ul: what is added up to the volume that was asked for, below 0 where the libraries are more than that;
    least_ul: the least that can be pipetted; reached: all of it can be done.
    """

    target_fmol: float
    target_volume_ul: float | None
    least_ul: float
    doses: list[Dose]
    volume_ul: float
    buffer_ul: float | None
    amount_fmol: float
    reached: bool
    messages: list[str]


class Observed(Asked, frozen=True, kw_only=True):
    """What a library's barcode yielded: bases or reads; weight: of the target that it is meant to have."""

    library: Annotated[Named, Meta(description="The id or the code of a library.")]
    observed: Annotated[float, Meta(ge=0, le=1e16, description="What there is: bases or reads.")]
    target: Annotated[float, Meta(gt=0, le=1e16, description="What there should be, in the same unit.")]


class Repooling(Asked, frozen=True, kw_only=True):
    """Compute from the yield of each library how much of it another pool should have beside the others."""

    yields: Annotated[list[Observed], Meta(min_length=1, max_length=384)]
    most: Annotated[float, Meta(gt=1, le=1000, description="The most that a factor may be.")] = 10


class Factor(Answer, frozen=True, kw_only=True):
    """How a library is pooled again.

    missing: what is still to come, in the unit of the yield; share: its part in another pool, 0 where all is there.
    """

    library: str
    observed: float
    target: float
    missing: float
    factor: float
    share: float
    message: str


class Factors(Answer, frozen=True, kw_only=True):
    """The re-pooling factors: target divided by yield, beside the library that yielded most for its target."""

    factors: list[Factor]
    messages: list[str]
