"""How well forms are read, as people found: numbers, calibrations, what is accepted unseen, and every correction."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

By = Literal["week", "method", "field", "template", "version"]
Unit = Literal["field", "column"]


class Acceptance(Answer, frozen=True, kw_only=True):
    """Which share of what is accepted unseen may be wrong; error_rate: null where nothing is accepted unseen."""

    error_rate: float | None
    changed_by: str | None
    changed_at: datetime | None
    version: int


class ChangedAcceptance(Asked, frozen=True, kw_only=True):
    """Say which share of what is accepted unseen may be wrong; null: everything is looked at."""

    error_rate: Annotated[float, Meta(ge=0.001, le=0.1)] | None


class Performance(Answer, frozen=True, kw_only=True):
    """Numbers of readings of one kind; what was not asked for is null.

    documents: accepted forms; right, wrong, extra (read where nothing is), missing (there and not read): values;
    automatic: fields and columns that were accepted unseen, escaped: those of them that somebody corrected.
    """

    week: date | None
    method: str | None
    field: str | None
    template: str | None
    version: str | None
    unit: Unit
    documents: int
    right: int
    wrong: int
    extra: int
    missing: int
    precision: float | None
    recall: float | None
    f1: float | None
    correction_rate: float | None
    automatic: int
    escaped: int


class PerformanceReport(Answer, frozen=True, kw_only=True):
    """Numbers since a moment, and what they mean."""

    since: datetime
    definition: str
    items: list[Performance]


class CalibrationBin(Answer, frozen=True, kw_only=True):
    """Readings that said about the same: how many, what they said in the mean, and which share was right."""

    low: float
    high: float
    count: int
    said: float
    right: float


class CalibrationQuality(Answer, frozen=True, kw_only=True):
    """How well what was said fits what people found; both errors are 0 at best."""

    count: int
    ece: float
    brier: float
    bins: list[CalibrationBin]


class AcceptanceThreshold(Answer, frozen=True, kw_only=True):
    """From which probability on a reading is accepted unseen.

    least: null where none is low enough; count, errors: of the readings from there on; bound: of their error rate with
    95 % certainty; missing: how many more without an error would be enough.
    """

    least: float | None
    count: int
    errors: int
    bound: float
    missing: int


class UnitCalibration(Answer, frozen=True, kw_only=True):
    """The calibration of fields, or of columns. said: by the reader, calibrated: on documents it was not made from."""

    unit: Unit
    said: CalibrationQuality
    calibrated: CalibrationQuality
    threshold: AcceptanceThreshold | None


class LackingCalibration(Answer, frozen=True, kw_only=True):
    """A field and method that have no calibration of their own yet; missing: readings, count: that there are."""

    unit: Unit
    field: str
    method: str
    count: int
    missing: int


class Drift(Answer, frozen=True, kw_only=True):
    """Whether the last forms needed more corrections than those before. last, before: mean shares of values.

    chance: of seeing that by accident, null where there are too few forms; missing: how many more are needed.
    """

    worse: bool
    last: float
    before: float
    last_count: int
    before_count: int
    chance: float | None
    missing: int
    definition: str


class Calibration(Answer, frozen=True, kw_only=True):
    """What counts for the next form. version: of the calibration, null before there is one; needed: readings for it."""

    version: int | None
    made_at: datetime | None
    outcomes: int
    needed: int
    units: list[UnitCalibration]
    lacking: list[LackingCalibration]
    acceptance: Acceptance
    drift: Drift


class Correction(Answer, frozen=True, kw_only=True):
    """What a person said of one value. read: by the reader, before: what counted until then, after: from then on."""

    id: UUID
    extraction_id: UUID
    filename: str
    field: str
    row_number: int | None
    action: Literal["confirm", "correct", "undo"]
    read: str
    before: str
    after: str
    method: str
    confidence: float | None
    reader: str
    reader_version: int
    template: str | None
    template_version: int | None
    decided_by: str
    decided_at: datetime


class Drawn(Answer, frozen=True, kw_only=True):
    """A value that would be accepted unseen and was drawn by lot; one of a column stands for all of it."""

    value_id: UUID
    field: str
    row_number: int | None


class Lot(Answer, frozen=True, kw_only=True):
    """A form that waits with such values. to_check: all of its values in doubt; reviewer: who looks at it now."""

    extraction_id: UUID
    filename: str
    project_code: str
    requested_at: datetime
    to_check: int
    drawn: list[Drawn]
    reviewer: str | None
    version: int
