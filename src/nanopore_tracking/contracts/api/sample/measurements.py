"""Measurements: what the facility measured of a sample, its library or its pool; never overwritten."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

Subject = Literal["sample", "library", "pool"]
Quantity = Literal[
    "concentration",
    "volume",
    "mass",
    "a260_a280",
    "a260_a230",
    "fragment_mean_bp",
    "fragment_mode_bp",
    "din",
    "rin",
    "molarity",
]
#: ng/µL, µL, ng, base pairs, nM; `ratio` for purity, `number` for DIN and RIN.
Unit = Literal["ng_per_ul", "ul", "ng", "bp", "nm", "ratio", "number"]
Method = Literal[
    "qubit_br",
    "qubit_hs",
    "nanodrop",
    "tapestation",
    "fragment_analyzer",
    "femto_pulse",
    "bioanalyzer",
    "qpcr",
    "weighing",
    "pipette",
]

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Name = Annotated[str, Meta(max_length=100, pattern=_ONE_LINE)]

#: A time with its zone.
Moment = Annotated[datetime, Meta(tz=True)]


class NewMeasurement(Asked, frozen=True, kw_only=True):
    """Record one measurement.

    The unit and the method must fit the quantity: concentration ng_per_ul; volume ul; mass ng; a260_a280 and a260_a230
    ratio; fragment_mean_bp and fragment_mode_bp bp; din and rin number; molarity nm. A NanoDrop concentration is kept
    and does not count as the concentration: only a fluorometric one (qubit_br, qubit_hs) does.
    """

    quantity: Annotated[Quantity, Meta(description="What was measured.")]
    value: Annotated[float, Meta(ge=0, le=1_000_000_000, description="The value in the unit.")]
    unit: Annotated[Unit, Meta(description="The unit of the value.")]
    method: Annotated[Method, Meta(description="How it was measured.")]
    subject: Annotated[Subject, Meta(description="Of the sample itself, its present library, or its pool.")] = "sample"
    instrument: Annotated[Name, Meta(description="Which instrument.")] = ""
    kit_lot: Annotated[Name, Meta(description="The lot of the assay kit.")] = ""
    operator: Annotated[Name, Meta(description="Who measured; blank: whoever sends this.")] = ""
    measured_at: Annotated[Moment | None, Meta(description="When; now if left out.")] = None
    replaces: Annotated[UUID | None, Meta(description="The measurement that this one replaces; it is kept.")] = None
    note: Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about it.")] = ""


class Invalidation(Asked, frozen=True, kw_only=True):
    """Declare that a measurement does not count; it is kept."""

    reason: Annotated[str, Meta(min_length=3, max_length=1000, pattern=_LINES, description="Why it does not count.")]


class Signature(Asked, frozen=True, kw_only=True):
    """Sign, as a person, that a concentration that is not fluorometric may be diluted by."""

    reason: Annotated[str, Meta(min_length=3, max_length=1000, pattern=_LINES, description="Why it may be used.")]


class Dilution(Answer, frozen=True, kw_only=True):
    """How to dilute a sample: so much of it and so much buffer give the volume at the concentration.

    measurement_id, method: the concentration that it is computed from; formula: how; signed_by, signed_reason: who
    signed for a concentration that is not fluorometric and why, blank for one that is.
    """

    sample_id: UUID
    measurement_id: UUID
    method: Method
    concentration_ng_per_ul: float
    target_ng_per_ul: float
    final_volume_ul: float
    sample_volume_ul: float
    buffer_volume_ul: float
    mass_ng: float
    formula: str
    signed_by: str
    signed_reason: str


class Measurement(Answer, frozen=True, kw_only=True):
    """One measurement.

    sample_id: None for what was measured of a library or pool itself; subject_code: of the library or pool, else of
    the sample; state: `accepted` for the one that counts, `earlier` for
    a valid one that a later one of the same quantity stands before, `replaced`, `invalid`, or `kept` for what never
    counts, which is a concentration that is not fluorometric; invalid_*: who declared it invalid, when and why;
    signed_*: who signed that it may be diluted by although it is not fluorometric, and why.
    """

    id: UUID
    sample_id: UUID | None
    subject: Subject
    subject_code: str
    quantity: Quantity
    value: float
    unit: Unit
    method: Method
    instrument: str
    kit_lot: str
    operator: str
    measured_at: datetime
    replaces: UUID | None
    note: str
    state: Literal["accepted", "earlier", "replaced", "invalid", "kept"]
    invalid_by: str | None
    invalid_at: datetime | None
    invalid_reason: str | None
    signed_by: str | None
    signed_reason: str | None
    recorded_by: str
    recorded_at: datetime
