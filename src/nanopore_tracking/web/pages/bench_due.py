"""What is due for a tube at the bench, as things that one can do there, and the limits that values are held to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nanopore_tracking.contracts.api.sample.samples import Sample
from nanopore_tracking.contracts.api.sample.stages import Gate, Requirement
from nanopore_tracking.web import words
from nanopore_tracking.web.pages.chain import UNITS

_SIZING = ("tapestation", "femto_pulse", "fragment_analyzer", "bioanalyzer")
#: How each quantity is measured at the bench, the usual way first.
METHODS: dict[str, tuple[str, ...]] = {
    "concentration": ("qubit_br", "qubit_hs"),
    "volume": ("pipette", "weighing"),
    "a260_a280": ("nanodrop",),
    "a260_a230": ("nanodrop",),
    "fragment_mean_bp": _SIZING,
    "rin": _SIZING,
}
#: Of what and which quantity a requirement of a gate wants to be measured.
_MEASURED: dict[str, tuple[str, str]] = {
    "volume": ("sample", "volume"),
    "concentration": ("sample", "concentration"),
    "purity-260-280": ("sample", "a260_a280"),
    "purity-260-230": ("sample", "a260_a230"),
    "fragment": ("sample", "fragment_mean_bp"),
    "integrity": ("sample", "rin"),
    "library-concentration": ("library", "concentration"),
    "library-volume": ("library", "volume"),
    "library-fragment": ("library", "fragment_mean_bp"),
}
#: What the catalogue of thresholds calls a measured quantity.
_LIMITED = {
    "volume": "volume_ul",
    "concentration": "qubit_ng_per_ul",
    "a260_a280": "a260_a280",
    "a260_a230": "a260_a230",
    "fragment_mean_bp": "fragment_bp",
    "rin": "rin",
}
#: Grams of one mole of a base pair, as amounts are computed with.
BASE_PAIR_G_PER_MOL = 660
_RNA = ("total RNA", "poly(A) RNA")
_SHOWN_UNITS = {"ng_per_ul": "ng/µL", "ul": "µL", "bp": "bp"}


class Judged(Protocol):
    """What a limit is chosen by."""

    @property
    def material(self) -> str:
        """What the tube holds."""

    @property
    def service_type(self) -> str:
        """The code of the service."""

    @property
    def fragment_bp(self) -> float | None:
        """The length of its fragments; None where that is not known."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The catalogues that values are held to, as their entries were published."""

    thresholds: Sequence[Mapping[str, Any]] = ()
    kits: Sequence[Mapping[str, Any]] = ()


def tube(sample: Sample, gate: Gate, limits: Limits) -> dict[str, Any]:
    """Return all that the bench shows of a tube and can do with it, also without network."""
    library = sample.stage == "library_qc"
    due = [_due(item, sample, limits) for item in gate.requirements if not item.met and item.severity == "fail"]
    return {
        "id": str(sample.id),
        "code": sample.code,
        "name": sample.name,
        "barcode": sample.container_barcode,
        "lab": sample.lab_name,
        "stage": sample.stage,
        "stage_title": words.stage_title(sample.stage),
        "status": words.words(sample.status),
        "open": sample.status in ("queued", "active"),
        "library": library,
        "location": sample.location,
        "due": due,
        "next": {"to": gate.to, "title": words.stage_title(gate.to)} if gate.to else None,
    }


def _due(item: Requirement, sample: Sample, limits: Limits) -> dict[str, Any]:
    return {"code": item.code, "message": item.message, "how": item.how, "act": _act(item, sample, limits)}


def _act(item: Requirement, sample: Sample, limits: Limits) -> dict[str, Any] | None:
    """Return what is done for a requirement at the bench; None where that is not done there."""
    if item.fulfilled_by == "custody":
        return {"kind": "custody", "custody": "received" if item.code == "received" else "stored"}
    if item.code in _MEASURED:
        subject, quantity = _MEASURED[item.code]
        return measuring(subject, quantity, list(limits_of(sample, (subject, quantity), limits)))
    return None


def measuring(subject: str, quantity: str, limits: list[dict[str, Any]], *, method: str = "") -> dict[str, Any]:
    """Return how one quantity is measured: what it is called, its unit, its methods, and its limits."""
    unit = UNITS[quantity]
    methods = (method,) if method else METHODS[quantity]
    if subject == "library" and quantity == "concentration" and not method:
        methods = ("qubit_hs", "qubit_br")
    return {
        "kind": "measurement",
        "subject": subject,
        "quantity": quantity,
        "title": words.words(quantity),
        "unit": unit,
        "unit_title": _SHOWN_UNITS.get(unit, ""),
        "methods": [{"code": code, "title": words.words(code)} for code in methods],
        "limits": limits,
    }


class Prepared(Judged, Protocol):
    """A library with what was measured of it; shares: among how many of its pool what there must be is divided."""

    @property
    def volume_ul(self) -> float | None:
        """How much of it there is."""

    @property
    def conc_ng_per_ul(self) -> float | None:
        """What is in it."""

    @property
    def shares(self) -> int:
        """The number of libraries in its pool, 1 where it is in none."""


def limits_of_library(library: Prepared, quantity: str, limits: Limits) -> Iterator[dict[str, Any]]:
    """Yield what the amount that a library has to have means for the quantity that is measured of it.

    An amount follows from concentration and volume: where one of the two is known the other has a limit.
    """
    other = {"concentration": library.volume_ul, "volume": library.conc_ng_per_ul}.get(quantity)
    if not other:
        return
    for entry in limits.thresholds:
        if entry["gate"] != "library_qc" or entry.get("min") is None or not _applies(entry, library):
            continue
        least_ng = float(entry["min"])
        if entry["quantity"] == "amount_fmol" and library.fragment_bp:
            least_ng *= BASE_PAIR_G_PER_MOL * library.fragment_bp / 1e6
        elif entry["quantity"] != "mass_ng":
            continue
        yield {"name": entry["name"], "min": least_ng / other / library.shares, "max": None}


def limits_of(sample: Judged, measured: tuple[str, str], limits: Limits, *, kit: str = "") -> Iterator[dict[str, Any]]:
    """Yield the limits for a sample. measured: of what, and which quantity; kit: what it is prepared with."""
    subject, quantity = measured
    if subject != "sample":
        return
    for entry in limits.thresholds:
        if entry["gate"] == "sample_qc" and entry["quantity"] == _LIMITED[quantity] and _applies(entry, sample):
            yield {"name": entry["name"], "min": entry.get("min"), "max": entry.get("max")}
    used = next((entry for entry in limits.kits if kit and entry["code"] == kit), None)
    if used and quantity == "concentration" and used.get("input_ng") and used.get("input_max_volume_ul"):
        yield {"kit": kit.removeprefix("SQK-"), "min": used["input_ng"] / used["input_max_volume_ul"], "max": None}


def _applies(entry: Mapping[str, Any], sample: Judged) -> bool:
    """Tell whether a limit is meant for such a sample; of an unknown length only what is meant for every length is."""
    material = "RNA" if sample.material in _RNA else "DNA"
    services = entry.get("service_types") or []
    if entry.get("material") not in (None, material) or (services and sample.service_type not in services):
        return False
    least, most = entry.get("fragment_min_bp"), entry.get("fragment_max_bp")
    if least is None and most is None:
        return True
    length = sample.fragment_bp
    return length is not None and (least or 0) <= length and (most is None or length < most)
