"""Libraries: what was prepared of samples, with which kit, which barcodes, and how much of it there is."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.chain import (
    SAFE,
    Filled,
    LibraryState,
    Lines,
    Loose,
    Moment,
    Named,
    VolumeUl,
)

Barcode = Annotated[
    str,
    Meta(
        pattern=r"^([Bb]arcode|[A-Za-z]{2})? ?[0-9]{1,3}$",
        description="The barcode: barcode07, NB07 as it stands on the plate, or 7.",
    ),
]
Kit = Annotated[Filled, Meta(description="The library kit, like SQK-NBD114-24.")]
KitLot = Annotated[Loose, Meta(description="The lot of the kit; of one in the inventory, reactions are taken.")]
LastDay = Annotated[date, Meta(description="The last day on which the lot may be used.")]
Protocol = Annotated[Loose, Meta(description="The protocol and its version.")]
InputNg = Annotated[float, Meta(gt=0, le=1_000_000, description="The mass that went in.")]
InputUl = Annotated[VolumeUl, Meta(description="The volume that went in.")]


class NewSource(Asked, frozen=True, kw_only=True):
    """What went into a library: an aliquot, or a sample directly; exactly one of the two is named."""

    sample: Annotated[Named, Meta(description="The id or the code of a sample.")] | None = None
    aliquot: Annotated[Named, Meta(description="The id or the code of an aliquot.")] | None = None
    volume_ul: Annotated[VolumeUl, Meta(description="How much of it went in.")] | None = None


class NewAssignment(Asked, frozen=True, kw_only=True):
    """A barcode of a sample in a library.

    sample: its code, left out where the library has one sample; kit: whose barcodes, where they are not the library
    kit's own; alias: what demultiplexed reads are called, the sample's alias if left out.
    """

    barcode: Barcode
    sample: Annotated[Named, Meta(description="The id or the code of a sample.")] | None = None
    kit: Annotated[Filled, Meta(description="An expansion like EXP-PBC096.")] | None = None
    alias: Annotated[str, Meta(pattern=SAFE, description="The name of its reads.")] | None = None


class NewLibrary(Asked, frozen=True, kw_only=True):
    """Plan a library of samples that are at library prep, or record one that was prepared.

    prepared: it is finished; it then needs what the gate of prepared libraries wants: kit, lot in date, protocol,
    barcodes. operator: whoever sends this if blank; finished_at: now if left out and it is prepared.
    """

    sources: Annotated[list[NewSource], Meta(min_length=1, max_length=96)]
    kit: Kit
    kit_lot: KitLot = ""
    lot_expires_on: LastDay | None = None
    protocol_version: Protocol = ""
    operator: Annotated[Loose, Meta(description="Who prepared it.")] = ""
    started_at: Annotated[Moment | None, Meta(description="When work on it began.")] = None
    finished_at: Annotated[Moment | None, Meta(description="When it was finished.")] = None
    input_ng: InputNg | None = None
    input_volume_ul: InputUl | None = None
    barcodes: Annotated[list[NewAssignment], Meta(max_length=96)] = []
    deviations: Annotated[Lines, Meta(description="Deviations from the protocol, or anything else to know.")] = ""
    prepared: Annotated[bool, Meta(description="It is finished.")] = False


class LibraryPatch(Asked, frozen=True, kw_only=True):
    """Change what is said of the preparation of a library, while it is planned.

    null: it is not known any more; barcodes: all of them anew.
    """

    kit: Kit | UnsetType = UNSET
    kit_lot: KitLot | UnsetType = UNSET
    lot_expires_on: LastDay | UnsetType | None = UNSET
    protocol_version: Protocol | UnsetType = UNSET
    operator: Annotated[Loose, Meta(description="Who prepares it.")] | UnsetType = UNSET
    started_at: Annotated[Moment, Meta(description="When work on it began.")] | UnsetType | None = UNSET
    finished_at: Annotated[Moment, Meta(description="When it was finished.")] | UnsetType | None = UNSET
    input_ng: InputNg | UnsetType | None = UNSET
    input_volume_ul: InputUl | UnsetType | None = UNSET
    deviations: Annotated[Lines, Meta(description="Deviations from the protocol.")] | UnsetType = UNSET
    barcodes: Annotated[list[NewAssignment], Meta(max_length=96)] | UnsetType = UNSET


class NewBatch(Asked, frozen=True, kw_only=True):
    """Plan one library of each sample, the barcodes of the kit given in order from the first one on.

    pool: a draft pool that they are put into; the rows that are refused say why, the others are made.
    """

    samples: Annotated[list[Named], Meta(min_length=1, max_length=96)]
    kit: Kit
    first_barcode: Annotated[int, Meta(ge=1, le=384, description="The number of the first barcode.")] = 1
    kit_lot: KitLot = ""
    lot_expires_on: LastDay | None = None
    protocol_version: Protocol = ""
    operator: Annotated[Loose, Meta(description="Who prepares them.")] = ""
    input_ng: InputNg | None = None
    input_volume_ul: InputUl | None = None
    pool: Annotated[Named, Meta(description="The id or the code of a draft pool.")] | None = None


class BatchRow(Answer, frozen=True, kw_only=True):
    """What became of one row of a batch; library: its code, None where the row was refused for the reason."""

    sample: str
    library: str | None
    barcode: str | None
    message: str


class Batch(Answer, frozen=True, kw_only=True):
    """What became of a batch."""

    made: int
    refused: int
    rows: list[BatchRow]


class Source(Answer, frozen=True, kw_only=True):
    """What went into a library; current: false after work on the sample went back."""

    sample_id: UUID
    sample_code: str
    sample_name: str
    aliquot_code: str | None
    volume_ul: float | None
    current: bool


class Assignment(Answer, frozen=True, kw_only=True):
    """A barcode of a sample; sequence: None where the catalogue does not have it, sequence_key: what is compared."""

    sample_code: str
    kit: str
    number: int
    barcode: str
    alias: str
    sequence: str | None
    sequence_key: str


class InPool(Answer, frozen=True, kw_only=True):
    """A pool that a library is part of."""

    code: str
    state: str
    volume_ul: float | None


class LibraryListed(Answer, frozen=True, kw_only=True):
    """A library in a list; left_ul: what is left of it, None where its volume was not measured."""

    id: UUID
    code: str
    state: LibraryState
    kit: str
    sample_codes: list[str]
    barcodes: list[str]
    pools: list[str]
    lab_name: str
    conc_ng_per_ul: float | None
    mean_fragment_bp: float | None
    volume_ul: float | None
    left_ul: float | None
    amount_fmol: float | None
    updated_at: datetime
    version: int


class Library(LibraryListed, frozen=True, kw_only=True):
    """A library.

    amount_fmol: computed by amount_formula with the length amount_length_bp; molarity_nm: its concentration;
    lot_reactions: taken for it of the lot of its kit, where that is in the inventory.
    """

    lab_id: UUID
    state_reason: str
    kit_lot: str
    lot_expires_on: date | None
    lot_reactions: int
    protocol_version: str
    operator: str
    started_at: datetime | None
    finished_at: datetime | None
    input_ng: float | None
    input_volume_ul: float | None
    deviations: str
    mass_ng: float | None
    molarity_nm: float | None
    amount_length_bp: float | None
    amount_formula: str | None
    sources: list[Source]
    assignments: list[Assignment]
    in_pools: list[InPool]
    created_by: str
    created_at: datetime
