"""Spans of days as texts: `2026-10-01..2026-10-31`, both days included, either of them left out."""

import re
from datetime import UTC, date, datetime, time, timedelta

from nanopore_tracking.kernel import errors

_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?")
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


def spanned(first: date | None, last: date | None) -> str:
    """Return a span as text."""
    return f"{first or ''}..{last or ''}"


def moments(name: str, said: str | None) -> list[datetime] | None:
    """Return the moment (UTC) at which a span begins, and the one from which on it is over; None for none.

    name: of the parameter. Invalid where it is no span.
    """
    if said is None:
        return None
    found = _SPAN.fullmatch(said.strip())
    try:
        first, last = (date.fromisoformat(day) if day else None for day in found.groups()) if found else (None, None)
    except ValueError:
        first = last = None
    if (first is None and last is None) or (first and last and first > last) or last == _LAST:
        message = "A span of days is written like 2026-10-01..2026-10-31; one of the days may be left out."
        raise errors.Invalid(f"{name}: {message}", fields=[errors.FieldError(name, message)])
    after = last + timedelta(days=1) if last else _LAST
    return [datetime.combine(first or _FIRST, time(), UTC), datetime.combine(after, time(), UTC)]
