"""A small grammar of days: which span of days some words mean, counted from a day that is today."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30}
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_YEAR = re.compile(r"20\d\d")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_OPEN = frozenset({"since", "from", "after", "before", "until", "till", "by"})
_WITHIN = frozenset({"in", "on", "during", "within", "over", "of", "at"})
#: `may` and `march` are words of their own; without another word of time before them they mean no month.
_COMMON = frozenset({"may", "march", "mar"})


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included; None: open on that side."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Read:
    """How many words were understood, and what they mean."""

    words: int
    span: Span


def read(words: Sequence[str], today: date) -> Read | None:
    """Return what the first of these words mean as days; None where they are none. words: in small letters."""
    if not words:
        return None
    if words[0] in ("between", "from"):
        both = _both(words, today)
        if both is not None:
            return both
    lead = words[0] if words[0] in _OPEN | _WITHIN else ""
    skipped = 1 if lead else 0
    if words[skipped : skipped + 1] == ["the"]:
        skipped += 1
    found = _period(words[skipped:], today, led=bool(lead))
    if found is None:
        return None
    try:
        return Read(skipped + found.words, _opened(lead, found.span))
    except OverflowError:
        return None


def _both(words: Sequence[str], today: date) -> Read | None:
    begin = _period(words[1:], today, led=True)
    if begin is None:
        return None
    place = 1 + begin.words
    if words[place : place + 1] not in (["and"], ["to"], ["until"]):
        return None
    end = _period(words[place + 1 :], today, led=True)
    if end is None or begin.span.first is None or end.span.last is None or begin.span.first > end.span.last:
        return None
    return Read(place + 1 + end.words, Span(begin.span.first, end.span.last))


def _opened(lead: str, span: Span) -> Span:
    first, last = span.first, span.last
    if lead in ("since", "from"):
        return Span(first, None)
    if lead == "after" and last is not None:
        return Span(last + timedelta(days=1), None)
    if lead == "before" and first is not None:
        return Span(None, first - timedelta(days=1))
    if lead in ("until", "till", "by"):
        return Span(None, last)
    return span


def _period(words: Sequence[str], today: date, *, led: bool) -> Read | None:
    """Return a period without what stands before it. led: a word of time stood before it."""
    word, rest = (words[0], list(words[1:])) if words else ("", [])
    if word in ("today", "yesterday"):
        day = today - timedelta(days=word == "yesterday")
        return Read(1, Span(day, day))
    if word in ("this", "last", "past", "previous"):
        return _relative(word, rest, today)
    if _ISO.fullmatch(word):
        return _day(1, word, today)
    if led and _YEAR.fullmatch(word):
        return Read(1, Span(date(int(word), 1, 1), date(int(word), 12, 31)))
    if word in _WEEKDAYS:
        day = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(word)) % 7)
        return Read(1, Span(day, day))
    return _of_month(word, rest, today, led=led)


def _relative(word: str, rest: Sequence[str], today: date) -> Read | None:
    unit = rest[0] if rest else ""
    if unit in ("week", "month", "year"):
        return Read(2, _around(unit, today, back=word != "this"))
    if word != "this" and unit in _WEEKDAYS:
        day = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(unit) - 1) % 7 + 1)
        return Read(2, Span(day, day))
    if word in ("last", "past") and unit.isdecimal() and len(unit) <= 3 and rest[1:] and rest[1] in _UNITS:
        return Read(3, Span(today - timedelta(days=int(unit) * _UNITS[rest[1]]), today))
    return None


def _around(unit: str, today: date, *, back: bool) -> Span:
    """Return this or the last week (from Monday on), month or year."""
    if unit == "week":
        first = today - timedelta(days=today.weekday() + 7 * back)
        return Span(first, first + timedelta(days=6))
    if unit == "year":
        year = today.year - back
        return Span(date(year, 1, 1), date(year, 12, 31))
    first = today.replace(day=1)
    return _month((first - timedelta(days=1)).replace(day=1) if back else first)


def _month(first: date) -> Span:
    return Span(first, first.replace(day=monthrange(first.year, first.month)[1]))


def _of_month(word: str, rest: Sequence[str], today: date, *, led: bool) -> Read | None:
    """Return `October`, `October 2026`, `3 October`, `October 3 2026`; without a year, the latest that has begun."""
    number = _named(word)
    day = _DAY.fullmatch(word)
    used, said_day = 1, None
    if number is None and day and rest:
        number, said_day, used = _named(rest[0]), int(day[1]), 2
    elif number is not None and word in _COMMON and not led:
        return None
    elif number is not None and rest and (after := _DAY.fullmatch(rest[0])):
        said_day, used = int(after[1]), 2
    if number is None:
        return None
    later = rest[used - 1 : used]
    year = int(later[0]) if later and _YEAR.fullmatch(later[0]) else None
    used += year is not None
    chosen = year or (today.year if number <= today.month else today.year - 1)
    if said_day is None:
        return Read(used, _month(date(chosen, number, 1)))
    return _day(used, f"{chosen}-{number:02}-{said_day:02}", today)


def _day(used: int, said: str, today: date) -> Read | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return Read(used, Span(day, day)) if abs(day.year - today.year) < 100 else None


def _named(word: str) -> int | None:
    """Return the number of a month by its name, or by its first three letters."""
    for number, name in enumerate(_MONTHS, 1):
        if word in (name, name[:3]) or (word == "sept" and number == 9):
            return number
    return None
