"""What the catalogues say of kits, flow cells, thresholds and services, looked up however people write the codes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

_NOT_IN_CODES = re.compile(r"[^A-Z0-9]+")

Substance = Literal["DNA", "RNA"]


class Kit(msgspec.Struct, frozen=True, kw_only=True):
    """A library kit.

    material: what goes in; capacity: how many barcodes it has, None without any;
    min_barcodes: the fewest that should be used together; input_ng: mass of each sample that it
    takes, None where the catalogue does not say; fragmentation: `transposase` where the kit cuts the DNA itself;
    flow_cells: product codes that it runs on; deprecated: current software does not basecall it.
    """

    code: str
    material: Substance
    capacity: int | None = None
    min_barcodes: int | None = None
    input_ng: float | None = None
    fragmentation: str | None = None
    flow_cells: list[str] = []
    deprecated: bool = False


class Barcode(msgspec.Struct, frozen=True, kw_only=True):
    """One barcode of a set; sequence: None where it is not recorded."""

    index: int
    name: str
    sequence: str | None = None


class BarcodeSet(msgspec.Struct, frozen=True, kw_only=True):
    """The barcodes of a kit, by the kit's code."""

    code: str
    barcodes: list[Barcode]


class FlowCell(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of flow cell by its product code; device: what it goes into; warranty_pores: the fewest of a new one.

    check_within_days: from the purchase, while the warranty holds; report_within_days: from the check to the claim.
    """

    code: str
    device: str = ""
    warranty_pores: int | None = None
    check_within_days: int = 84
    report_within_days: int | None = None


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """What a value must be at a gate, both ends included; None: no limit on that side.

    gate: the stage that it belongs to; material: None for both; service_types: empty for all; fragment_min_bp,
    fragment_max_bp: the lengths it is for (from, up to and without); severity: `fail` or `warn`.
    """

    code: str
    name: str
    gate: str
    quantity: str
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    material: Substance | None = None
    service_types: list[str] = []
    fragment_min_bp: int | None = None
    fragment_max_bp: int | None = None
    severity: Literal["fail", "warn"] = "fail"

    def applies(self, *, material: Substance, service_type: str, fragment_bp: float | None) -> bool:
        """Tell whether it is meant for such a sample; without a known length only what is meant for every length is."""
        if self.material not in (None, material) or (self.service_types and service_type not in self.service_types):
            return False
        if self.fragment_min_bp is None and self.fragment_max_bp is None:
            return True
        if fragment_bp is None:
            return False
        from_bp, up_to_bp = self.fragment_min_bp or 0, self.fragment_max_bp
        return from_bp <= fragment_bp and (up_to_bp is None or fragment_bp < up_to_bp)

    def holds(self, value: float) -> bool:
        """Tell whether a value, in the unit of the quantity, is within both limits."""
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


class ServiceType(msgspec.Struct, frozen=True, kw_only=True):
    """Something the facility offers; sla_days: working days for each stage."""

    code: str
    name: str = ""
    material: Substance = "DNA"
    sla_days: dict[str, int] = {}


class PriceItem(msgspec.Struct, frozen=True, kw_only=True):
    """What one of something costs, in hundredths of a currency."""

    code: str
    unit_price_cents: int
    currency: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All catalogues as they are in effect; versions: of each, by the catalogue's name."""

    versions: Mapping[str, int] = field(default_factory=dict)
    kits: Sequence[Kit] = ()
    flow_cells: Sequence[FlowCell] = ()
    thresholds: Sequence[Threshold] = ()
    service_types: Sequence[ServiceType] = ()
    price_items: Sequence[PriceItem] = ()

    @classmethod
    def of(cls, *, versions: Mapping[str, int], entries: Mapping[str, Any]) -> "Catalogue":
        """Build the catalogues from their entries, by catalogue name; fields that are not known are passed over."""
        return cls(
            versions=versions,
            kits=msgspec.convert(entries.get("kits", []), list[Kit]),
            flow_cells=msgspec.convert(entries.get("flow_cells", []), list[FlowCell]),
            thresholds=msgspec.convert(entries.get("thresholds", []), list[Threshold]),
            service_types=msgspec.convert(entries.get("service_types", []), list[ServiceType]),
            price_items=msgspec.convert(entries.get("price_items", []), list[PriceItem]),
        )

    def kit(self, said: str) -> Kit | None:
        """Return the kit that a text names, with dots, dashes or spaces, with or without `SQK`, or None."""
        text = _key(said)
        found = [kit for kit in self.kits if _key(kit.code).removeprefix("SQK") in text]
        return max(found, key=lambda kit: len(kit.code), default=None)

    def kit_named(self, said: str) -> Kit | None:
        """Return the kit that a text is the code of, with dots, dashes or spaces, with or without `SQK`, or None."""
        wanted = _key(said).removeprefix("SQK")
        return next((kit for kit in self.kits if _key(kit.code).removeprefix("SQK") == wanted), None)

    def flow_cells_meant(self, said: str) -> list[FlowCell]:
        """Return the flow cells that a text may mean: one by its product code, all of a device by its name."""
        text = _key(said)
        coded = [cell for cell in self.flow_cells if _key(cell.code) in text]
        if coded:
            return [max(coded, key=lambda cell: len(cell.code))]
        return [cell for cell in self.flow_cells if cell.device and _key(cell.device) in text]

    def service_type(self, said: str) -> ServiceType | None:
        """Return the service that a text names by its code or its name; None for no known one."""
        text = _key(said)
        return next(
            (service for service in self.service_types if text in (_key(service.code), _key(service.name))), None
        )

    def price(self, item: str) -> PriceItem | None:
        """Return what one of an item costs; None where there is no price."""
        return next((price for price in self.price_items if price.code == item), None)

    def limits(
        self, gates: Sequence[str], *, material: Substance, service_type: str = "", fragment_bp: float | None = None
    ) -> list[Threshold]:
        """Return the thresholds of these gates that are meant for such a sample."""
        return [
            threshold
            for threshold in self.thresholds
            if threshold.gate in gates
            and threshold.applies(material=material, service_type=service_type, fragment_bp=fragment_bp)
        ]


def figure(quantity: str, value: float) -> str:
    """Write a value for people: a purity ratio with two decimals at least, as instruments show it."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:.2f}" if quantity.startswith("a260_") and len(text.partition(".")[2]) < 2 else text


def _key(text: str) -> str:
    return _NOT_IN_CODES.sub("", text.upper())
