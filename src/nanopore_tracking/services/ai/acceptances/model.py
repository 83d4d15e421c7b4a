"""Decides which values of a form are accepted unseen and which a person must look at; pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.manifest import BY_NAME as COLUMNS
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.ai.calibrations import model as calibrations
from nanopore_tracking.services.ai.calibrations.model import Calibration, Quality, Seen, Threshold, Unit
from nanopore_tracking.services.ai.readings.model import Read

UNITS: tuple[Unit, ...] = ("field", "column")
#: What submission forms mark as required: where one is blank, a person looks.
REQUIRED = frozenset({"library_kit", "sample_type", "contains_human_dna", "flow_cell_type", "sample_name"})
#: The share of what would be accepted unseen that a person is shown all the same.
AUDITED = 0.05
#: New readings after which calibrations are made anew: a tenth of those that there are, within these numbers.
_FEW, _MANY = 20, 200


class Lacking(msgspec.Struct, frozen=True):
    """What a calibration of one field and method of its own still lacks; count: readings that there are."""

    unit: Unit
    field: str
    method: str
    count: int
    missing: int


class Fit(msgspec.Struct, frozen=True):
    """How well confidences and calibrated ones fit what people found, for one unit; measured on other documents."""

    said: Quality
    calibrated: Quality
    threshold: Threshold | None


class Made(msgspec.Struct, frozen=True):
    """A calibration as it is kept: what it stands on, how well it fits and what may be accepted unseen by it."""

    calibration: Calibration = Calibration()
    fits: dict[Unit, Fit] = {}
    lacking: list[Lacking] = []


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Which share of what is accepted unseen may be wrong; error_rate: None where nothing is."""

    error_rate: float | None
    changed_by: str | None
    changed_at: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """A calibration as it is kept. outcome_count: readings that there were; error_rate: that it was made for."""

    version: int
    outcome_count: int
    error_rate: float | None
    content: Made
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What counts for the next form. error_rate: None where nothing is accepted unseen."""

    error_rate: float | None = None
    made: Made = field(default_factory=Made)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A value as it is kept. calibrated: how probably it is right, None where too little is known.

    automatic: why it is accepted unseen, empty where it is not; audited: it would have been, but was drawn by lot.
    """

    row_number: int | None
    read: Read
    calibrated: float | None = None
    automatic: str = ""
    audited: bool = False


def due(count: int, last_count: int | None) -> bool:
    """Tell whether there are enough new readings for another calibration. last_count: of the last one, if any."""
    return count > 0 and (last_count is None or count - last_count >= max(_FEW, min(_MANY, last_count // 10)))


def make(seen: Sequence[Seen], error_rate: float | None) -> Made:
    """Return a calibration from readings that people looked at, with what may be accepted unseen at an error rate."""
    fits: dict[Unit, Fit] = {}
    tried = calibrations.tried(seen)
    for unit in UNITS:
        said = [(each.confidence, each.right) for each in seen if each.unit == unit]
        points = [(chance, each.right) for each, chance in tried if each.unit == unit]
        bound = None if error_rate is None else calibrations.threshold(points, error_rate)
        fits[unit] = Fit(calibrations.quality(said), calibrations.quality(points), bound)
    lacking = [
        Lacking(unit, field, method, calibrations.ENOUGH - missing, missing)
        for (unit, field, method), missing in sorted(calibrations.missing(seen).items())
        if missing
    ]
    return Made(calibrations.calibrate(seen), fits, lacking)


def judge(
    placed: Sequence[tuple[int | None, Read]], rule: Rule, *, extraction_id: UUID, scanned: frozenset[int] = frozenset()
) -> list[Judged]:
    """Return the values of a form as they are kept. scanned: pages that hold no text, only its picture."""
    columns = _columns(placed, rule)
    asked: set[str] = set()
    found = []
    for row_number, each in placed:
        unit: Unit = "field" if row_number is None else "column"
        chance = _chance(each, rule) if row_number is None else columns.get(each.field)
        judged = Judged(row_number=row_number, read=each, calibrated=chance if each.state != "blank" else None)
        if rule.error_rate is not None:
            by_lot = _drawn(extraction_id, unit, each.field)
            judged = _decide(judged, rule, unit, by_lot=by_lot, scanned=each.page in scanned)
            if unit == "column" and judged.read.state == "needs_review" and each.state == "read":
                # One cell stands for its column; each of them would be asked about for nothing.
                judged = judged if each.field not in asked or each.page in scanned else replace(judged, read=each)
                asked.add(each.field)
        found.append(judged)
    return found


def _columns(placed: Sequence[tuple[int | None, Read]], rule: Rule) -> Mapping[str, float | None]:
    """Return how probably each column is right, by the median confidence of its cells."""
    cells: dict[str, list[Read]] = {}
    for row_number, each in placed:
        if row_number is not None and each.state == "read":
            cells.setdefault(each.field, []).append(each)
    return {
        field: _chance(sorted(reads, key=lambda each: each.confidence)[(len(reads) - 1) // 2], rule, unit="column")
        for field, reads in cells.items()
    }


def _chance(each: Read, rule: Rule, *, unit: Unit = "field") -> float | None:
    return rule.made.calibration.probability(unit, each.field, each.method, confidence=each.confidence)


def _decide(judged: Judged, rule: Rule, unit: Unit, *, by_lot: bool, scanned: bool) -> Judged:
    """Return a value accepted unseen, or with the reason why a person must look."""
    each = judged.read
    if each.state == "blank":
        return _doubted(judged, "This is blank, and forms require it.") if each.field in REQUIRED else judged
    if each.state == "needs_review":
        return judged
    if scanned and unit == "column" and COLUMNS.get(each.field) and COLUMNS[each.field].type == "number":
        return _doubted(judged, "Numbers from the picture of a page are always looked at.")
    fit = rule.made.fits.get(unit)
    limit = fit.threshold if fit else None
    if limit is None or limit.least is None or judged.calibrated is None:
        return _doubted(judged, "Too few readings like this were looked at to accept it unseen.")
    if judged.calibrated < limit.least:
        return _doubted(judged, f"Readings like this are right {judged.calibrated:.1%} of the time; {_asked(limit)}.")
    if by_lot:
        return replace(
            _doubted(judged, "It would be accepted unseen, and was drawn by lot to see whether that is right."),
            audited=True,
        )
    return replace(judged, automatic=f"Accepted unseen: {judged.calibrated:.1%} probable, where {_asked(limit)}.")


def _asked(limit: Threshold) -> str:
    return (
        f"{limit.least:.1%} is asked for, from which on {limit.errors} of {limit.count} readings were wrong "
        f"(at most {limit.bound:.2%})"
    )


def _doubted(judged: Judged, doubt: str) -> Judged:
    return replace(judged, read=msgspec.structs.replace(judged.read, state="needs_review", doubt=doubt))


def _drawn(extraction_id: UUID, unit: Unit, field: str) -> bool:
    """Tell whether a reading is drawn by lot: always the same for the same one."""
    digest = hashlib.sha256(f"{extraction_id}/{unit}/{field}".encode()).digest()
    return int.from_bytes(digest[:4]) < AUDITED * 2**32


def refuse_unfounded(count: int, error_rate: float | None) -> None:
    """Raise Conflict where fewer readings were looked at than could ever show such an error rate.

    count: readings of fields, or of columns if there are more; what may be accepted unseen is found for each alone.
    """
    if error_rate is not None and count < calibrations.needed(error_rate):
        needed = calibrations.needed(error_rate)
        lacking = needed - count
        raise errors.Conflict(
            f"An error rate of {error_rate:.1%} cannot be shown yet: {needed} readings of fields, or of columns, "
            f"without an error are needed for that, {lacking} more than there are. Nothing was changed; review more "
            "forms, or choose a higher rate.",
            type="too-few-readings",
            lacking=lacking,
        )
