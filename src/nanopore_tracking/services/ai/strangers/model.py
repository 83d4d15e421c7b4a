"""Finds what looks like a label with a value, or like headings of a table, where no vocabulary knows the words. Pure.

Nothing is read by it: a person, or what a text means, may say what each is.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from nanopore_tracking.services.ai.heads.model import joined
from nanopore_tracking.services.ai.layouts.model import Look, Near, Segment, Sheet, overlap, rows_of
from nanopore_tracking.services.ai.neighbours.model import Label, Pair
from nanopore_tracking.services.ai.readings.model import Stranger
from nanopore_tracking.services.ai.rows.model import Table
from nanopore_tracking.services.ai.ruled.model import Column
from nanopore_tracking.services.ai.suspicions.model import is_order

#: Strangers of one form; more are no form but a book.
_MOST = 80
_LONGEST, _LONGEST_VALUE = 70, 300
_FEWEST_OF_LOOK = 4
_FEWEST_COLUMNS = 3
_LETTERS = re.compile(r"[^\W\d_]{2}")
_INLINE = re.compile(r"^([^:：?]{2,70}?)\s*[:：?]\s*(\S.*)$", re.DOTALL)
_LEADER = re.compile(r"^(.{2,70}?)\s*[._…]{3,}\s*(\S.*)$", re.DOTALL)
_DOTS = re.compile(r"[._…]{3,}$")
_NUMBER = re.compile(r"^[~<>≈]?\s*\d+(?:[.,]\d+)*\b")

#: Tells whether a text is one that somebody knows.
Knows = Callable[[str], bool]


def pairs(free: Sequence[Segment], knows: Knows) -> list[Pair]:
    """Return texts beside or above another of another look, or before a colon. free: what nothing else has taken."""
    found, near = [], Near(free)
    beside: dict[int, Segment] = {}
    kinds: Counter[tuple[Look, Look]] = Counter()
    for each in free:
        inline = _LEADER.match(each.text) or _INLINE.match(each.text)
        if inline is not None and _plain(inline[1]):
            if not knows(inline[1]):
                found.append(Pair(Label(inline[1], each, None, inline[2]), [each], "inline", 1.0))
            continue
        value = _neighbour(near, each)
        if value is not None and _plain(each.text):
            beside[id(each)] = value
            kinds[each.look, value.look] += 1
    for each in free:
        value = beside.get(id(each))
        if value is None or knows(each.text):
            continue
        # Of two looks beside each other, that of labels comes first more often: between columns it is the other way.
        there, back = kinds[each.look, value.look], kinds[value.look, each.look]
        often = each.look != value.look and there >= _FEWEST_OF_LOOK and there > back
        if often or _asks(each.text):
            found.append(Pair(Label(each.text, each, None), [value], "right", 1.0))
    return found


def _asks(text: str) -> bool:
    """Tell whether a text ends as labels do: with a colon, a question mark, or dots up to its value."""
    return text.rstrip(" *").endswith((":", "：", "?")) or _DOTS.search(text) is not None


def paired(sheet: Sheet, found: Sequence[Pair], knows: Knows) -> list[Stranger]:
    """Return the labels with a value that were seen as labels and not understood."""
    return [
        _told("label", pair.label.text, pair.text, sheet=sheet, box=pair.parts[0])
        for pair in found
        if pair.label.known is None and pair.parts and _plain(pair.label.text) and not knows(pair.label.text)
    ]


def headings(table: Table, named: Knows, sheets: dict[int, Sheet]) -> list[Stranger]:
    """Return the headings of a table that was found, of which nobody knows what they name."""
    found = []
    for index, column in enumerate(table.columns):
        cells = [row[index] for row in table.rows if index in row]
        if cells and _plain(column.heading) and not named(column.heading):
            sheet = sheets[cells[0].sheet]
            page, box = sheet.spot(cells[0].box)
            text, value = " ".join(column.heading.split()), cells[0].raw[:_LONGEST_VALUE]
            found.append(Stranger("heading", text, value, page, box, cells[0].place))
    return found


def tables(sheet: Sheet, free: Sequence[Segment], named: Knows) -> tuple[list[Stranger], set[int]]:
    """Return the headings of tables that were not found, since too few of them are known, and what is in those."""
    rows = rows_of(list(free))
    found: list[Stranger] = []
    used: set[int] = set()
    index = 0
    while index < len(rows):
        columns, lines = _headings(rows, index)
        if not columns:
            index += 1
            continue
        below = rows[index + lines]
        for column in columns:
            value = next(
                (one for one in below if overlap((one.box[0], one.box[2]), (column.start, column.end)) > 0), None
            )
            if value is not None and _plain(column.heading) and not named(column.heading):
                found.append(_told("heading", column.heading, value.text, sheet=sheet, box=value))
        first = index
        index += lines + 1
        while index < len(rows) and _row(rows[index], columns):
            index += 1
        used |= {id(each) for row in rows[first:index] for each in row}
    return found, used


def _headings(rows: list[list[Segment]], index: int) -> tuple[list[Column], int]:
    """Return the headings that begin in a line and in how many lines they stand; none where no table follows."""
    for lines in (1, 2, 3):
        upper = rows[index : index + lines]
        under = rows[index + lines : index + lines + 2]
        if len(under) < 2 or not all(_words(row) for row in upper) or not _alike(upper):
            return [], 0
        columns = joined(upper)
        if len(columns) >= _FEWEST_COLUMNS and all(_row(row, columns) for row in under):
            return columns, lines
    return [], 0


def _alike(lines: list[list[Segment]]) -> bool:
    """Tell whether lines may be headings together: they look alike and follow closely on each other."""
    looks = {each.look for each in lines[0]}
    alike = all(each.look in looks for line in lines for each in line)
    gaps = [lower[0].box[1] - upper[0].box[3] for upper, lower in pairwise(lines)]
    return alike and all(gap <= 0.9 * max(lines[0][0].height, 8.0) for gap in gaps)


def _words(row: list[Segment]) -> bool:
    return not any(each.entered or _NUMBER.match(each.text) or each.text.endswith(":") for each in row)


def _row(row: list[Segment], columns: Sequence[Column]) -> bool:
    """Tell whether a line is a row below headings: most of it below one of them, and two numbers in it."""
    if len(row) < _FEWEST_COLUMNS:
        return False
    under = sum(any(overlap((each.box[0], each.box[2]), (one.start, one.end)) > 0 for one in columns) for each in row)
    return under * 3 >= len(row) * 2 and sum(_NUMBER.match(each.text) is not None for each in row) >= 2


def _neighbour(near: Near, own: Segment) -> Segment | None:
    """Return what stands to the right of a text or directly below it; what looks otherwise before what looks alike."""
    right = next((each for each in near.level(own) if _beside(each, own)), None)
    below = near.within(own.box[3] - 2, own.box[3] + 1.7 * max(own.height, 8.0))
    under = next((each for each in below if each is not own and abs(each.box[0] - own.box[0]) < 9), None)
    there = [each for each in (right, under) if each is not None]
    return next((each for each in there if each.look != own.look), there[0] if there else None)


def _beside(each: Segment, own: Segment) -> bool:
    level = overlap((each.box[1], each.box[3]), (own.box[1], own.box[3])) > 0.4 * own.height
    return each.box[0] - own.box[2] > -2 and level


def _plain(text: str) -> bool:
    """Tell whether a text may be a label or a heading at all."""
    return len(text) <= _LONGEST and _LETTERS.search(text) is not None and "@" not in text and not is_order(text)


def _told(kind: str, text: str, value: str, *, sheet: Sheet, box: Segment) -> Stranger:
    bare = " ".join(text.split()).rstrip(" :*.…_")
    page, where = sheet.spot(box.box)
    return Stranger("heading" if kind == "heading" else "label", bare, value[:_LONGEST_VALUE], page, where, box.place)


def sorted_out(found: Sequence[Stranger]) -> list[Stranger]:
    """Return strangers once each, in their order, none whose value gives orders to a program."""
    once: dict[tuple[str, str], Stranger] = {}
    for each in found:
        if each.text and each.raw.strip() and not is_order(each.raw):
            once.setdefault((each.kind, each.text.casefold()), each)
    return list(once.values())[:_MOST]
