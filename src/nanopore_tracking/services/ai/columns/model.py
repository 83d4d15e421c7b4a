"""Decides which field each column of a table holds, and what has to be asked where nothing decides it."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from nanopore_tracking.contracts.manifest import BY_NAME
from nanopore_tracking.services.ai.cells.model import choice_of, is_blank, written
from nanopore_tracking.services.ai.headings.model import (
    NOTHING,
    Candidates,
    Heading,
    Method,
    candidates,
    plain,
    take_apart,
)
from nanopore_tracking.services.ai.quantities.model import factor_of, unit_name

_EXAMPLES = 3
_RANKS: dict[Method, int] = {"person": 3, "learnt": 2, "exact": 1, "synonym": 0, "unknown": 0}


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known before a table is looked at.

    learnt: heading as `plain` writes it → field, or None for a column that is not read; chosen: the same by a column's
    letters, as a person says for this file.
    """

    learnt: dict[str, str | None] = {}
    chosen: dict[str, str | None] = {}


class Matched(msgspec.Struct, kw_only=True):
    """One column as it was understood; the same fields as `contracts.api.ai.extractions.SeenColumn`."""

    column: str
    heading: str
    field: str | None
    method: Method
    candidates: list[str] = []
    unit: str | None = None
    examples: list[str] = []


class Matches(msgspec.Struct, kw_only=True):
    """All columns, what a person must be asked, and what is odd about them."""

    columns: list[Matched]
    questions: list[str] = []
    notes: list[str] = []


def letters(index: int) -> str:
    """Return the letters of a column, counted from 0: A, B, … Z, AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def position(column: str) -> int:
    """Return the index of a column from its letters."""
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number - 1


def recognised(headings: Sequence[str], known: Known) -> int:
    """Return how many different fields the headings name."""
    found: set[tuple[str, ...]] = set()
    for text in headings:
        if text:
            taught = known.learnt.get(plain(text))
            fields = (taught,) if taught else candidates(take_apart(text)).fields
            found |= {fields} if fields else set()
    return len(found)


def match(headings: Sequence[str], known: Known, values: Callable[[int], Sequence[Any]]) -> Matches:
    """Return what every column holds. values: index of a column → its values, read where a heading leaves a doubt."""
    apart = [take_apart(text) for text in headings]
    found = [_candidates(letters(index), heading, known) for index, heading in enumerate(apart)]
    found = [_by_values(each, values(index)) if len(each.fields) > 1 else each for index, each in enumerate(found)]
    _settle(found)
    columns = []
    for index, (heading, each) in enumerate(zip(apart, found, strict=True)):
        if heading.text or each.fields or any(not is_blank(value) for value in values(index)):
            columns.append(_matched(index, heading, each, values=values(index)))
    return Matches(columns=columns, questions=_questions(columns), notes=_notes(columns))


def _candidates(column: str, heading: Heading, known: Known) -> Candidates:
    if column in known.chosen:
        return _said(known.chosen[column], heading, "person")
    key = plain(heading.text)
    if key and key in known.learnt:
        return _said(known.learnt[key], heading, "learnt")
    return candidates(heading)


def _said(field: str | None, heading: Heading, method: Method) -> Candidates:
    """Return what was said, unless the heading names a unit that cannot be turned into the field's."""
    if field is None or field not in BY_NAME:
        return Candidates((), method)
    own = BY_NAME[field].unit
    fits = own is None or heading.unit is None or factor_of(heading.unit, own) is not None
    return Candidates((field,), method) if fits else NOTHING


def _by_values(found: Candidates, values: Sequence[Any]) -> Candidates:
    """Keep the fields among whose choices every value is, where that leaves exactly one."""
    texts = [written(value) for value in values if not is_blank(value)]
    if not texts or not all(BY_NAME[name].type == "choice" for name in found.fields):
        return found
    fitting = tuple(name for name in found.fields if all(choice_of(text, BY_NAME[name]) is not None for text in texts))
    return Candidates(fitting, found.method) if len(fitting) == 1 else found


def _settle(found: list[Candidates]) -> None:
    """Where several columns name one field, keep those whose match is the surest: `Sample name` before `Sample ID`."""
    for name in BY_NAME:
        rivals = [index for index, each in enumerate(found) if each.fields == (name,)]
        surest = max((_RANKS[found[index].method] for index in rivals), default=0)
        for index in rivals:
            if _RANKS[found[index].method] < surest:
                found[index] = NOTHING


def _matched(index: int, heading: Heading, found: Candidates, *, values: Sequence[Any]) -> Matched:
    field = found.fields[0] if len(found.fields) == 1 else None
    own = BY_NAME[field].unit if field else None
    foreign = heading.unit is not None and own is not None and factor_of(heading.unit, own) != 1.0
    examples = [written(value)[:100] for value in values if not is_blank(value)][:_EXAMPLES]
    return Matched(
        column=letters(index),
        heading=written(heading.text)[:200],
        field=field,
        method=found.method,
        candidates=list(found.fields) if len(found.fields) > 1 else [],
        unit=unit_name(heading.unit) if foreign and heading.unit else None,
        examples=examples,
    )


def _questions(columns: list[Matched]) -> list[str]:
    asked = []
    holders: dict[str, list[Matched]] = {}
    for each in columns:
        if each.field:
            holders.setdefault(each.field, []).append(each)
        if each.candidates:
            titles = " or ".join(BY_NAME[name].title for name in each.candidates)
            asked.append(f"Column {each.column} “{each.heading}” may hold {titles}: say which, or that it is not read.")
    for name, rivals in holders.items():
        if len(rivals) > 1:
            named = ", ".join(f"{each.column} “{each.heading}”" for each in rivals)
            asked.append(f"Several columns look like {BY_NAME[name].title}: {named}. Say which one holds it.")
            for each in rivals:
                each.candidates = [name]
                each.field = None
    if "sample_name" not in holders and not any("sample_name" in each.candidates for each in columns):
        asked.append("No column was recognised as the sample name: say which one holds it.")
    return asked


def _notes(columns: list[Matched]) -> list[str]:
    notes = []
    unread = [f"{each.column} “{each.heading}”" for each in columns if not each.field and not each.candidates]
    if unread:
        notes.append(f"Not read: {', '.join(unread)}.")
    for each in columns:
        own = BY_NAME[each.field].unit if each.field else None
        if own and take_apart(each.heading).unit is None:
            notes.append(f"The heading “{each.heading}” names no unit; its numbers were taken as {own}.")
    return notes


def factor(matched: Matched) -> float:
    """Return what one of the heading's unit is in the unit of the column's field."""
    unit = take_apart(matched.heading).unit
    own = BY_NAME[matched.field].unit if matched.field else None
    return (factor_of(unit, own) if unit else None) or 1.0
