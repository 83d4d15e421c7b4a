"""Batches at the bench: up to 96 tubes with their positions, and the one thing that is done with each of them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.measurements import Method, Quantity

#: What is done with each tube: received, or one quantity of it measured.
BatchTask = Literal["receive", "measure"]
#: What the tubes of a batch hold.
Thing = Literal["sample", "library"]

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"

Kit = Annotated[
    str, Meta(max_length=40, pattern=_ONE_LINE, description="The kit that is used, like SQK-LSK114; blank: none.")
]
Lot = Annotated[str, Meta(max_length=60, pattern=_ONE_LINE, description="The lot of the kit, scanned once for all.")]


class NewBatchPosition(Asked, frozen=True, kw_only=True):
    """One tube of a batch: of a sample, or of a library where the batch is of libraries."""

    sample: (
        Annotated[str, Meta(min_length=1, max_length=40, description="The id or the code of the sample.")] | None
    ) = None
    library: (
        Annotated[str, Meta(min_length=1, max_length=40, description="The id or the code of the library.")] | None
    ) = None
    position: Annotated[
        str,
        Meta(
            pattern=r"^([A-Ha-h](0?[1-9]|1[0-2]))?$",
            description="Where it is on the plate, like C4; blank: the next one that is free, column by column.",
        ),
    ] = ""


class NewBenchBatch(Asked, frozen=True, kw_only=True):
    """Put up to 96 tubes together. quantity and method: required for `measure`, refused for `receive`.

    Libraries are measured: their concentration, volume, mass, molarity or fragment length.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=_ONE_LINE, description="What people call it.")]
    thing: Annotated[Thing, Meta(description="What the tubes hold.")] = "sample"
    task: Annotated[BatchTask, Meta(description="What is done with each tube.")]
    quantity: Annotated[Quantity | None, Meta(description="What is measured of each tube.")] = None
    method: Annotated[Method | None, Meta(description="How it is measured.")] = None
    kit: Kit = ""
    positions: Annotated[list[NewBatchPosition], Meta(min_length=1, max_length=96, description="The tubes, each once.")]


class BenchBatchPatch(Asked, frozen=True, kw_only=True):
    """Say which lot is used, or that the batch is done with; what is left out stays."""

    kit: Kit | UnsetType = UNSET
    kit_lot: Lot | UnsetType = UNSET
    lot_expires_on: Annotated[date | None, Meta(description="The last day of the lot; required with a lot.")] | (
        UnsetType
    ) = UNSET
    closed: Annotated[bool, Meta(description="Whether the work on it is over.")] | UnsetType = UNSET


class BatchPosition(Answer, frozen=True, kw_only=True):
    """One tube of a batch.

    code: of the sample or the library; name: of the sample, or of those that went into the library; shares: among how
    many libraries of its pool what there must be is divided. done: the tube was received, or the quantity was measured
    after the batch was made; value: what was measured; done_by, done_at: who did it and when it happened.
    """

    position: str
    code: str
    sample_id: UUID | None
    sample_code: str | None
    library_id: UUID | None
    library_code: str | None
    name: str
    container_barcode: str
    material: str
    service_type: str
    fragment_bp: float | None
    volume_ul: float | None
    conc_ng_per_ul: float | None
    shares: int
    done: bool
    value: float | None
    done_by: str | None
    done_at: datetime | None


class BenchBatchListed(Answer, frozen=True, kw_only=True):
    """A batch as lists show it. size: how many tubes; done: for how many it is done."""

    id: UUID
    code: str
    name: str
    thing: Thing
    task: BatchTask
    quantity: Quantity | None
    method: Method | None
    kit: str
    kit_lot: str
    lot_expires_on: date | None
    closed: bool
    size: int
    done: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class BenchBatch(BenchBatchListed, frozen=True, kw_only=True):
    """One batch with its tubes, in the order of the plate: A1, B1, … H1, A2."""

    positions: list[BatchPosition]
