"""Puts the texts of a row into columns: between the rules that run down, or by the places of headings and values.

Without rules a row is matched to the columns in order, at the least total distance, so that a blank cell moves nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nanopore_tracking.services.ai.layouts.model import Segment, Word, overlap, union
from nanopore_tracking.services.ai.readings.model import Box
from nanopore_tracking.services.ai.spaces.model import segment

#: A text further away from every edge of a column than this is not in it.
_FAR_PT = 60.0
#: Rules closer than this are one line, drawn twice or as two edges of a cell.
_ONE_RULE_PT = 2.5
#: Values of neighbouring columns are further apart than this; so many rows show where the columns are.
_GUTTER_PT, _FEWEST_ROWS = 2.0, 2
_FLUSH_PT = 4.0


@dataclass(slots=True)
class Column:
    """A column: its heading and where heading and values stand. left, right: its rules, where there are some."""

    heading: str
    start: float
    end: float
    left: float | None = None
    right: float | None = None


def edges(rules: list[Box], top: float, bottom: float) -> list[float]:
    """Return where rules run down through a stretch of the page, each once, from left to right."""
    found: list[float] = []
    for x in sorted((rule[0] + rule[2]) / 2 for rule in rules if rule[1] <= bottom and rule[3] >= top):
        if not found or x - found[-1] > _ONE_RULE_PT:
            found.append(x)
    return found


def reach_of(rules: list[Box], xs: Sequence[float], top: float) -> float:
    """Return how far down from a height the rules at some places run on."""
    reach = top + 4
    for rule in sorted(rules, key=lambda each: each[1]):
        if rule[1] <= reach + 6 and any(abs((rule[0] + rule[2]) / 2 - x) < 3 for x in xs):
            reach = max(reach, rule[3])
    return reach


def between_rules(columns: list[Column], xs: list[float]) -> bool:
    """Give the columns their rules and tell whether each heading stands between two of its own."""
    taken: set[int] = set()
    for column in columns:
        middle = (column.start + column.end) / 2
        place = next((i for i in range(len(xs) - 1) if xs[i] <= middle <= xs[i + 1]), None)
        if place is None or place in taken:
            return False
        taken.add(place)
        column.left, column.right = xs[place], xs[place + 1]
    return True


def widen(columns: list[Column], rows: Sequence[Sequence[Segment]]) -> bool:
    """Move columns without rules to where the values below their headings stand, and tell whether that is known.

    Headings in the middle of wide columns may be far from values that are flush with one of its edges. It is known only
    where the values of all rows leave gaps that run down the whole table, as many as between the headings, and none
    reaches below another heading.
    """
    full = [row for row in rows if len(row) * 2 > len(columns)]
    bands: list[list[float]] = []
    for each in sorted((box for row in full for box in _cells(row)), key=lambda box: box[0]):
        if bands and each[0] < bands[-1][1] + _GUTTER_PT:
            bands[-1][1] = max(bands[-1][1], each[2])
        else:
            bands.append([each[0], each[2]])
    if len(full) < _FEWEST_ROWS or len(bands) != len(columns):
        return False
    for place, (column, (start, end)) in enumerate(zip(columns, bands, strict=True)):
        left = columns[place - 1].end if place else -math.inf
        right = columns[place + 1].start if place + 1 < len(columns) else math.inf
        below = overlap((column.start, column.end), (start, end)) > 0
        if not below and not (left - _FLUSH_PT <= start and end <= right + _FLUSH_PT):
            return False
    for column, (start, end) in zip(columns, bands, strict=True):
        column.start, column.end = start, end
    return True


def _cells(row: Sequence[Segment]) -> list[Box]:
    """Return the boxes of a row's texts, those that are a word's distance apart as one."""
    boxes = [row[0].box]
    for before, each in pairwise(row):
        numbers = before.text[-1:].isdigit() and (each.text[:1].isdigit() or before is row[0])
        if each.box[0] - boxes[-1][2] < 0.62 * each.height and not each.entered and not numbers:
            boxes[-1] = union([boxes[-1], each.box])
        else:
            boxes.append(each.box)
    return boxes


def assign(row: list[Segment], columns: list[Column]) -> dict[int, list[Segment]] | None:
    """Return the segments of a row by the index of their column, None when one fits nowhere."""
    if columns[0].left is not None:
        return _by_rules(row, columns)
    parts = [part for each in row for part in _apart(each, columns)]
    places = _matched(parts, columns)
    if places is None:
        return None
    found: dict[int, list[Segment]] = {}
    for part, place in zip(parts, places, strict=True):
        found.setdefault(place, []).append(part)
    return found


def _by_rules(row: list[Segment], columns: list[Column]) -> dict[int, list[Segment]] | None:
    found: dict[int, list[Segment]] = {}
    for each in row:
        for words in _cut(each, [column.right for column in columns if column.right is not None]):
            box = union(word.box for word in words)
            middle = (box[0] + box[2]) / 2
            place = next((i for i, one in enumerate(columns) if (one.left or 0) <= middle <= (one.right or 0)), None)
            if place is not None:
                part = each if len(words) == len(each.words) else segment(words, each.sheet)
                found.setdefault(place, []).append(part)
    return found or None


def _cut(each: Segment, xs: list[float]) -> list[list[Word]]:
    """Return the words of a segment, cut where a rule stands between two of them."""
    parts = [[each.words[0]]]
    for word in each.words[1:]:
        before = parts[-1][-1]
        if any(before.box[2] - 1 <= x <= word.box[0] + 1 for x in xs):
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _apart(each: Segment, columns: list[Column]) -> list[Segment]:
    """Return a segment, cut between its words where it reaches over the beginning of another column."""
    if len(each.words) < 2:
        return [each]
    spanned = [one for one in columns if overlap((each.box[0], each.box[2]), (one.start, one.end)) > 2]
    if len(spanned) < 2:
        return [each]
    parts = [[each.words[0]]]
    for word in each.words[1:]:
        before = parts[-1][-1]
        here = _nearest(before.box, spanned)
        if _nearest(word.box, spanned) is not here:
            parts.append([word])
        else:
            parts[-1].append(word)
    return [segment(words, each.sheet) for words in parts] if len(parts) > 1 else [each]


def _nearest(box: Box, columns: list[Column]) -> Column:
    return min(columns, key=lambda one: _distance(box, one))


def _distance(box: Box, column: Column) -> float:
    """Return how far a text is from standing under a heading: flush left, flush right or in the middle."""
    return min(
        abs(box[0] - column.start),
        abs(box[2] - column.end),
        abs(box[0] + box[2] - column.start - column.end) / 2,
    ) - 0.25 * max(0.0, min(overlap((box[0], box[2]), (column.start, column.end)), 40.0))


def _matched(parts: list[Segment], columns: list[Column]) -> list[int] | None:
    """Return the column of each segment, in order and at the least distance; two of one column may share it."""
    count = len(columns)
    worst = 1e9
    best = [[worst] * count for _ in parts]
    came = [[0] * count for _ in parts]
    for index, part in enumerate(parts):
        for place, column in enumerate(columns):
            cost = _distance(part.box, column)
            if cost > _FAR_PT:
                continue
            if index == 0:
                best[index][place] = cost
                continue
            # Sharing a cell costs what is between the two texts, so that near columns are filled one after another.
            options = [(best[index - 1][other], other) for other in range(place)]
            shared = best[index - 1][place] + max(4.0, 2 * (part.box[0] - parts[index - 1].box[2]))
            before, other = min([*options, (shared, place)])
            best[index][place], came[index][place] = before + cost, other
    if not parts:
        return []
    last = min(range(count), key=lambda place: best[-1][place])
    if best[-1][last] >= worst:
        return None
    places = [last]
    for index in range(len(parts) - 1, 0, -1):
        places.append(came[index][places[-1]])
    return places[::-1]
