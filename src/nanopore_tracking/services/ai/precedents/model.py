"""Compares what people decided on an earlier reading of a document with what is read now; pure.

A decision holds again where the same place says the same, letter by letter. Everything else is told to a person:
nothing is lost, and nothing is applied to a value that its reviewer never saw.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import msgspec

from nanopore_tracking.services.ai.acceptances.model import Judged
from nanopore_tracking.services.ai.readings.model import Box, Value

Action = Literal["confirm", "correct", "drop"]
#: A place is the same where its middle is no further away: another version of the reader may see a box a little larger.
_NEAR_PT = 3.0


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A value of the earlier reading as it was read, and where.

    in_table: it belongs to a sample, whose row_number is None where that reading did not have it either.
    """

    row_number: int | None
    in_table: bool
    field: str
    raw: str
    page: int | None = None
    box: Box | None = None
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person decided of a value, or of a row (drop: it is no sample); became: the text that counts since."""

    cell: Cell
    action: Action
    became: str
    value: Value = None
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Held:
    """A decision that holds again. row_number: of the row here; field: blank for a row as a whole."""

    row_number: int | None
    field: str
    said: Said


@dataclass(frozen=True, kw_only=True)
class Told:
    """A decision that a person has to look at. row_number: of the row here; there: the form has such a value here."""

    row_number: int | None
    said: Said
    there: bool


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What comes of decisions; judged: the values of this reading, in doubt where they were decided otherwise."""

    judged: list[Judged]
    held: list[Held] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def compare(said: Sequence[Said], before: Sequence[Cell], judged: Sequence[Judged]) -> Compared:
    """Return which decisions hold here and which do not. before: all values of the earlier reading."""
    rows = _Rows(before, judged, {each.cell.row_number for each in said})
    here = {(each.row_number, each.read.field): index for index, each in enumerate(judged)}
    found = Compared(judged=list(judged))
    for each in said:
        row = rows.of(each.cell)
        if each.action == "drop":
            _row(found, each, before=before, row=row)
            continue
        index = here.get((row, each.cell.field)) if row is not None or not each.cell.in_table else None
        if index is None:
            found.told.append(Told(row_number=row, said=each, there=False))
        else:
            _value(found, each, index)
    return found


def _value(found: Compared, said: Said, index: int) -> None:
    own = found.judged[index]
    raw = own.read.raw or ""
    if raw == said.cell.raw:
        found.held.append(Held(row_number=own.row_number, field=own.read.field, said=said))
    elif raw != said.became or said.action == "confirm":
        # Where what was typed is what is read now, there is nothing left to decide.
        read = msgspec.structs.replace(own.read, state="needs_review", doubt=_doubt(said, own.read.doubt))
        found.judged[index] = replace(own, read=read, automatic="", audited=False)
        found.told.append(Told(row_number=own.row_number, said=said, there=True))


def _doubt(said: Said, doubt: str) -> str:
    was = f"“{said.cell.raw}”" if said.cell.raw else "nothing"
    did = "confirmed it" if said.action == "confirm" else f"wrote “{said.became}”" if said.became else "cleared it"
    told = f"Decided before on another reading, which said {was}: {said.by} {did}. This reading says something else."
    return f"{told} {doubt}".strip()


def _row(found: Compared, said: Said, *, before: Sequence[Cell], row: int | None) -> None:
    """Let a row be left out again where all that both readings have of it is the same."""
    own, other = row, said.cell.row_number
    now = {each.read.field: each.read.raw or "" for each in found.judged if each.row_number == own}
    then = {each.field: each.raw for each in before if each.row_number == other}
    shared = now.keys() & then.keys()
    if own is not None and shared and all(now[name] == then[name] for name in shared):
        found.held.append(Held(row_number=row, field="", said=said))
    else:
        found.told.append(Told(row_number=row, said=said, there=False))


class _Rows:
    """Finds which row here is which of the earlier reading: the one in the same place.

    Without any place it is the one with the same number and name. wanted: the rows that are asked for.
    """

    def __init__(self, before: Sequence[Cell], judged: Sequence[Judged], wanted: Iterable[int | None]) -> None:
        self._here = [_cell(each) for each in judged if each.row_number is not None]
        self._places = {_key(each): each.row_number for each in self._here if _key(each)}
        self._names = {(each.row_number, each.raw) for each in self._here if each.field == "sample_name"}
        self._found: dict[int, int] = {}
        asked = set(wanted)
        for each in before:
            if each.row_number is not None and each.row_number in asked and each.row_number not in self._found:
                row = self._same(each)
                if row is not None:
                    self._found[each.row_number] = row

    def of(self, cell: Cell) -> int | None:
        """Return the row here of a cell of the earlier reading, None where there is none or it is no cell."""
        if not cell.in_table:
            return None
        return self._same(cell) if cell.row_number is None else self._found.get(cell.row_number)

    def _same(self, cell: Cell) -> int | None:
        key = _key(cell)
        if not key:
            named = cell.field == "sample_name" and (cell.row_number, cell.raw) in self._names
            return cell.row_number if named else None
        row = self._places.get(key)
        if row is None and not cell.place:
            row = next((other.row_number for other in self._here if _same(cell, other)), None)
        return row


def _cell(each: Judged) -> Cell:
    read = each.read
    return Cell(
        row_number=each.row_number,
        in_table=each.row_number is not None,
        field=read.field,
        raw=read.raw or "",
        page=read.page,
        box=read.box,
        place=read.place,
    )


def _key(cell: Cell) -> tuple[object, ...]:
    """Return a place in a way in which it can be looked up; empty where there is none."""
    if cell.place:
        return cell.field, cell.place
    return (cell.field, cell.page, *cell.box) if cell.box is not None else ()


def _same(one: Cell, other: Cell) -> bool:
    if one.field != other.field or one.page != other.page or one.box is None or other.box is None:
        return False
    x, y = (one.box[0] + one.box[2]) / 2, (one.box[1] + one.box[3]) / 2
    left, top, right, bottom = other.box
    return left - _NEAR_PT <= x <= right + _NEAR_PT and top - _NEAR_PT <= y <= bottom + _NEAR_PT
