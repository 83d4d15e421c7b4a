"""Catalogues: kits, barcodes, flow cells, thresholds and service types, in versions that never change."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked, LooseLine

CatalogueName = Literal["kits", "barcodes", "flow_cells", "thresholds", "service_types", "price_items", "holidays"]

Code = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
KitCode = Annotated[str, Meta(max_length=40, pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")]
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, Meta(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]
#: How well a value is founded.
Standing = Literal["vendor", "secondary", "site"]
Stage = Literal[
    "expected",
    "received",
    "sample_qc",
    "library_prep",
    "library_qc",
    "sequencing_setup",
    "sequencing_run",
    "basecalling",
    "quality_assessment",
    "data_delivery",
]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every entry.

    source: where the values are from; standing: `vendor` for documents or code of the vendor read first-hand,
    `secondary` for transcriptions and memory, to be checked against the vendor's document, `site` for own choices.
    """

    source: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
    standing: Standing


class KitEntry(Entry, frozen=True, kw_only=True):
    """A sequencing or expansion kit.

    code: in the dash form that MinKNOW wants; material: what goes in; capacity: how many barcodes it has, None without
    any; min_barcodes: the fewest that should be used together; input_ng: for each sample, for a genomic or total
    sample as input_note says; fragmentation: what the kit itself does to the length; deprecated: no longer basecalled
    by current software.
    """

    code: KitCode
    name: Name
    kind: Literal["sequencing", "expansion"] = "sequencing"
    material: Literal["DNA", "RNA"]
    capacity: Annotated[int, Meta(ge=1, le=384)] | None = None
    min_barcodes: Annotated[int, Meta(ge=1, le=384)] | None = None
    input_ng: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    input_max_volume_ul: Annotated[float, Meta(gt=0, le=10_000)] | None = None
    input_note: Text = ""
    fragmentation: Literal["transposase", "none"] | None = None
    chemistry: LooseLine
    flow_cells: Annotated[list[Code], Meta(max_length=50)]
    deprecated: bool = False


class Barcode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One barcode. sequence: None where it is not recorded here."""

    index: Annotated[int, Meta(ge=1, le=384)]
    name: Annotated[str, Meta(max_length=20, pattern=r"^barcode[0-9]{2,3}$")]
    sequence: Annotated[str, Meta(min_length=4, max_length=80, pattern=r"^[ACGT]+$")] | None = None


class BarcodeSetEntry(Entry, frozen=True, kw_only=True):
    """The barcodes of one kit. code: the kit's; note: how its sequences relate to those of other kits."""

    code: KitCode
    barcodes: Annotated[list[Barcode], Meta(min_length=1, max_length=384)]
    note: Text = ""


class FlowCellEntry(Entry, frozen=True, kw_only=True):
    """A kind of flow cell, by its product code.

    name: what people call it; wells: of all channels together; warranty_pores: the fewest available pores of a new
    one; check_within_days: from the purchase, while the warranty holds; report_within_days: from the check to the
    claim.
    """

    code: KitCode
    name: Name
    device: Literal["Flongle", "MinION", "PromethION"]
    generation: Name
    channels: Annotated[int, Meta(ge=1, le=20_000)]
    wells: Annotated[int, Meta(ge=1, le=100_000)]
    warranty_pores: Annotated[int, Meta(ge=1, le=100_000)]
    check_within_days: Annotated[int, Meta(ge=1, le=1000)]
    report_within_days: Annotated[int, Meta(ge=1, le=1000)] | None = None
    deprecated: bool = False


class ThresholdEntry(Entry, frozen=True, kw_only=True):
    """What a value must be at a gate, both ends included; None: no limit on that side.

    material: None for both; service_types: by code, empty for all; fragment_min_bp and fragment_max_bp: the lengths it
    is for (from, up to and without); severity: `fail` stops at the gate unless a person decides, `warn` is shown.
    """

    code: Code
    name: Name
    gate: Stage
    quantity: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_]*$")]
    unit: Annotated[str, Meta(max_length=20)] | None = None
    min: float | None = None
    max: float | None = None
    material: Literal["DNA", "RNA"] | None = None
    service_types: Annotated[list[Code], Meta(max_length=50)] = []
    fragment_min_bp: Annotated[int, Meta(ge=0)] | None = None
    fragment_max_bp: Annotated[int, Meta(ge=0)] | None = None
    severity: Literal["fail", "warn"]


class ServiceTypeEntry(Entry, frozen=True, kw_only=True):
    """Something the facility offers. sla_days: working days for each stage; default_kit: a code of the kits."""

    code: Code
    name: Name
    material: Literal["DNA", "RNA"]
    sla_days: dict[Stage, Annotated[int, Meta(ge=1, le=365)]]
    default_kit: KitCode


class PriceItemEntry(Entry, frozen=True, kw_only=True):
    """What is charged. unit: what one of it is; unit_price_cents: in hundredths of the currency, by its ISO code."""

    code: Code
    name: Name
    unit: Name
    unit_price_cents: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]


class HolidayEntry(Entry, frozen=True, kw_only=True):
    """A day on which the facility does not work. code: the day, like 2026-12-25."""

    code: Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
    name: Name


class NewCatalogueVersion(Asked, frozen=True, kw_only=True):
    """Publish the next version: all entries, not only those that change.

    entries: one object each with the fields of that catalogue; effective_from: today if left out, not before that of
    the version before.
    """

    entries: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=1000)]
    effective_from: date | None = None
    note: Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$", description="Why it was changed.")] = ""


class CatalogueSummary(Answer, frozen=True, kw_only=True):
    """One version of a catalogue without its entries.

    latest_version: the newest one, which If-Match must name; it is another one while a version waits for its day.
    """

    name: CatalogueName
    version: int
    latest_version: int
    effective_from: date
    note: str
    published_at: datetime
    published_by: str
    entry_count: int


class Catalogue(CatalogueSummary, frozen=True, kw_only=True):
    """One version of a catalogue; entries: one object each with the fields of that catalogue."""

    entries: list[dict[str, Any]]
