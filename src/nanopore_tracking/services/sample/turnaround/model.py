"""Which days a report of turnaround is about, and the order of its stages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

from nanopore_tracking.contracts.api.sample.clocks import BreachCause, StageTurnaround, Turnaround
from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.kernel import errors

#: The review of the submission, then the stages of the samples.
ORDER = ("review", *get_args(Stage))
_USUAL = timedelta(days=29)
_LONGEST = timedelta(days=731)


def days(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """Return the first and the last day, the last 30 where they are not said; Invalid for what is no time."""
    end = last or today
    if end - date.min < _USUAL or end == date.max:
        message = "Nothing was done on this day, or will be."
        raise errors.Invalid(f"last_day: {message}", fields=[errors.FieldError("last_day", message)])
    begin = first or end - _USUAL
    fault = ""
    if begin > end:
        fault = "The first day lies after the last one."
    elif end - begin > _LONGEST:
        fault = "Two years at most can be told at once."
    if fault:
        raise errors.Invalid(fault, fields=[errors.FieldError("first_day", fault)])
    return begin, end


def moments(first: date, last: date) -> tuple[datetime, datetime]:
    """Return when these days begin and when they are over (UTC)."""
    return datetime.combine(first, time(), UTC), datetime.combine(last + timedelta(days=1), time(), UTC)


def report(
    first: date, last: date, *, times: Sequence[Mapping[str, Any]], causes: Sequence[Mapping[str, Any]]
) -> Turnaround:
    """Return the report, its stages in their order."""
    stages = sorted((StageTurnaround(**row) for row in times), key=lambda row: ORDER.index(row.stage))
    late = sorted((BreachCause(**row) for row in causes), key=lambda row: ORDER.index(row.stage))
    return Turnaround(first_day=first, last_day=last, stages=stages, causes=late)
