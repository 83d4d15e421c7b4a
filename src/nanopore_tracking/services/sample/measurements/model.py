"""Which unit and method fit a quantity, which measurements count, and what a sample's values are with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from nanopore_tracking.contracts.api.sample.measurements import (
    Dilution,
    Method,
    NewMeasurement,
    Quantity,
    Subject,
    Unit,
)
from nanopore_tracking.contracts.events.sample.samples import MeasurementState
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.catalogue.model import Threshold
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples.model import Submitted

#: The methods whose concentration counts; all others are kept beside it.
FLUOROMETRIC: tuple[Method, ...] = ("qubit_br", "qubit_hs")

_ELECTROPHORESIS: tuple[Method, ...] = ("tapestation", "fragment_analyzer", "femto_pulse", "bioanalyzer")
_UNITS: dict[Unit, str] = {"ng_per_ul": "ng/µL", "ul": "µL", "nm": "nM", "ratio": "none, as it is a ratio"}
_NUMBER = re.compile(r"[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]{1,2})?")
#: Instruments' clocks may be ahead by so much.
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a measurement of one quantity must be like; least and most: of its value, in the unit."""

    unit: Unit
    methods: tuple[Method, ...]
    least: float
    most: float


RULES: dict[Quantity, Rule] = {
    "concentration": Rule("ng_per_ul", (*FLUOROMETRIC, "nanodrop", "qpcr", *_ELECTROPHORESIS), 0, 100_000),
    "volume": Rule("ul", ("pipette", "weighing"), 0, 100_000),
    "mass": Rule("ng", (*FLUOROMETRIC, "weighing"), 0, 1_000_000_000),
    "a260_a280": Rule("ratio", ("nanodrop",), 0, 10),
    "a260_a230": Rule("ratio", ("nanodrop",), 0, 10),
    "fragment_mean_bp": Rule("bp", _ELECTROPHORESIS, 1, 10_000_000),
    "fragment_mode_bp": Rule("bp", _ELECTROPHORESIS, 1, 10_000_000),
    "din": Rule("number", _ELECTROPHORESIS, 0, 10),
    "rin": Rule("number", _ELECTROPHORESIS, 0, 10),
    "molarity": Rule("nm", ("qpcr", *_ELECTROPHORESIS), 0, 1_000_000),
}

#: Which accepted measurement is which value of a sample; the first one that is there.
_AS_VALUE: dict[str, tuple[Quantity, ...]] = {
    "volume_ul": ("volume",),
    "qubit_ng_per_ul": ("concentration",),
    "a260_a280": ("a260_a280",),
    "a260_a230": ("a260_a230",),
    "fragment_bp": ("fragment_mean_bp", "fragment_mode_bp"),
}
#: The quantities that are values of a sample.
SHOWN = frozenset(quantity for quantities in _AS_VALUE.values() for quantity in quantities)


@dataclass(frozen=True, slots=True)
class Part:
    """A library or a pool that something is measured of."""

    subject: Literal["library", "pool"]
    id: UUID
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """An accepted measurement."""

    id: UUID
    subject: Subject
    subject_code: str
    quantity: Quantity
    value: float
    method: Method


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A measurement as it is stored, and whether it was replaced or declared invalid."""

    id: UUID
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
    replaced: bool
    invalid: bool
    signed_by: str = ""
    signed_reason: str = ""


def check(asked: NewMeasurement, now: datetime) -> None:
    """Raise Invalid unless unit, method, value and time fit the quantity."""
    rule, quantity = RULES[asked.quantity], asked.quantity
    wrong = []
    if asked.unit != rule.unit:
        wrong.append(errors.FieldError("unit", f"The unit of {quantity} is {rule.unit}."))
    if asked.method not in rule.methods:
        allowed = ", ".join(rule.methods)
        wrong.append(errors.FieldError("method", f"{quantity} is measured by one of {allowed}."))
    if not rule.least <= asked.value <= rule.most:
        message = f"{quantity} must be between {rule.least:,g} and {rule.most:,g} {rule.unit}."
        wrong.append(errors.FieldError("value", message))
    if asked.measured_at is not None and asked.measured_at > now + _AHEAD:
        wrong.append(errors.FieldError("measured_at", "This is in the future."))
    if wrong:
        said = " ".join(field.message for field in wrong)
        raise errors.Invalid(f"The measurement does not fit its quantity. {said} Nothing was recorded.", fields=wrong)


def typed(cell: str, quantity: Quantity, method: Method) -> NewMeasurement | str:
    """Return the measurement that a cell of a grid says, or in one sentence what is wrong with it."""
    rule = RULES[quantity]
    unit = _UNITS.get(rule.unit, rule.unit)
    if not _NUMBER.fullmatch(cell):
        return f"{cell[:40]} is no number. Write it like 12.5, alone; the unit is {unit}."
    value = float(cell.replace(",", "."))
    if method not in rule.methods:
        return f"{quantity} is measured by one of {', '.join(rule.methods)}."
    if not rule.least <= value <= rule.most:
        return f"It must be between {rule.least:,g} and {rule.most:,g}; the unit is {unit}."
    return NewMeasurement(quantity=quantity, value=value, unit=rule.unit, method=method)


def counts(quantity: Quantity, method: Method) -> bool:
    """Tell whether such a measurement can be the one that counts; of concentrations only a fluorometric one can."""
    return quantity != "concentration" or method in FLUOROMETRIC


def replaceable(stored: Stored | None, asked: NewMeasurement) -> None:
    """Raise Invalid unless the measurement that is to be replaced is one of the same, and still stands."""
    if stored is None:
        message = "There is no such measurement of this sample."
    elif (stored.subject, stored.quantity) != (asked.subject, asked.quantity):
        message = f"It is a measurement of the {stored.subject}'s {stored.quantity}."
    elif stored.replaced or stored.invalid:
        message = "It was replaced or declared invalid already."
    else:
        return
    fields = [errors.FieldError("replaces", message)]
    raise errors.Invalid(f"The measurement cannot be replaced. {message} Nothing was recorded.", fields=fields)


def invalidable(stored: Stored | None) -> Stored:
    """Return the measurement when it can be declared invalid; NotFound or Conflict."""
    if stored is None:
        raise errors.NotFound("There is no such measurement of this sample.")
    if stored.invalid:
        message = "The measurement was declared invalid already. Nothing was changed."
        raise errors.Conflict(message, type="already-invalid")
    return stored


def undoable(stored: Stored | None) -> None:
    """Raise Conflict unless the measurement stands as it was recorded, so that its recording can be undone."""
    if stored is None or stored.replaced or stored.invalid:
        message = "What was measured was replaced or declared invalid since. It stays as it is."
        raise errors.Conflict(message, type="changed-since")


def signable(stored: Stored | None, *, person: bool) -> Stored:
    """Return the measurement when a person can sign that it may be diluted by; NotFound, Conflict or Forbidden."""
    if stored is None:
        raise errors.NotFound("There is no such measurement of this sample.")
    if stored.quantity != "concentration" or stored.method in FLUOROMETRIC:
        message = "Only a concentration that is not fluorometric needs a signature. Nothing was changed."
        raise errors.Conflict(message, type="not-allowed")
    if stored.signed_by or stored.replaced or stored.invalid:
        message = f"The measurement was {_ended(stored)} already. Nothing was changed."
        raise errors.Conflict(message, type="not-allowed")
    if not person:
        raise errors.Forbidden("Only a person signs for a measurement. Nothing was changed; ask one.")
    return stored


def _ended(stored: Stored) -> str:
    return "replaced" if stored.replaced else "declared invalid" if stored.invalid else "signed"


def usable(stored: Stored | None) -> Stored:
    """Return the concentration that amounts may be computed from; Conflict for one that nobody signed.

    Whoever computes an amount asks this: pools and dilutions alike.
    """
    if stored is None or stored.quantity != "concentration" or stored.replaced or stored.invalid:
        message = "There is no such concentration that counts. Measure the sample by fluorometry."
        raise errors.Conflict(message, type="no-concentration")
    if stored.method not in FLUOROMETRIC and not stored.signed_by:
        message = (
            f"A concentration by {stored.method.replace('_', ' ')} does not count for amounts. Measure it by "
            "fluorometry, or sign with a reason that this one may be used."
        )
        raise errors.Conflict(message, type="not-fluorometric", method=stored.method, measurement_id=str(stored.id))
    return stored


def diluted(stored: Stored, sample_id: UUID, *, target_ng_per_ul: float, final_volume_ul: float) -> Dilution:
    """Return how to dilute a sample to a concentration; Conflict where it is thinner than that."""
    if stored.value < target_ng_per_ul:
        message = f"The sample has {stored.value:g} ng/µL and cannot be diluted to {target_ng_per_ul:g} ng/µL."
        raise errors.Conflict(message, type="too-thin")
    sample_volume_ul = final_volume_ul * target_ng_per_ul / stored.value
    return Dilution(
        sample_id=sample_id,
        measurement_id=stored.id,
        method=stored.method,
        concentration_ng_per_ul=stored.value,
        target_ng_per_ul=target_ng_per_ul,
        final_volume_ul=final_volume_ul,
        sample_volume_ul=round(sample_volume_ul, 3),
        buffer_volume_ul=round(final_volume_ul - sample_volume_ul, 3),
        mass_ng=round(final_volume_ul * target_ng_per_ul, 3),
        formula="sample µL = final µL × target ng/µL / measured ng/µL",
        signed_by=stored.signed_by,
        signed_reason=stored.signed_reason,
    )


def values(submitted: Submitted, accepted: Sequence[Reading]) -> tuple[dict[str, float | None], list[str]]:
    """Return the sample's values, accepted before submitted, and the names of those that were measured."""
    by_quantity = {reading.quantity: reading.value for reading in accepted if reading.subject == "sample"}
    found: dict[str, float | None] = {}
    measured = []
    for name, quantities in _AS_VALUE.items():
        value = next((by_quantity[quantity] for quantity in quantities if quantity in by_quantity), None)
        if value is not None:
            measured.append(name)
        found[name] = getattr(submitted, name) if value is None else value
    return found, measured


def standing(
    values: Mapping[str, float | None], measured: Sequence[str], limits: Sequence[Threshold]
) -> dict[str, Any]:
    """Return what the sample's row says of its values."""
    return {**values, "measured": list(measured), "out_of_range": samples.out_of_range(values, limits)}


def counting(accepted: Sequence[Reading], said: MeasurementState) -> float | None:
    """Return the accepted value of the same quantity of the same subject."""
    same = (said.subject, said.subject_code, said.quantity)
    return next(
        (reading.value for reading in accepted if (reading.subject, reading.subject_code, reading.quantity) == same),
        None,
    )
