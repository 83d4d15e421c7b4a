"""Turns cards (`Sample 1`: label and value below each other) and tables turned over into tables of rows."""

from collections.abc import Callable, Sequence

from nanopore_tracking.contracts.manifest import NUMBERS
from nanopore_tracking.services.ai.layouts.model import Segment, rows_of, union
from nanopore_tracking.services.ai.neighbours.model import Pair
from nanopore_tracking.services.ai.rows.model import Cell, Table, cell_of
from nanopore_tracking.services.ai.ruled.model import Column

#: Names the column of samples that a label is, None for any other text.
Names = Callable[[str], str | None]
_FEWEST_LINES = 3
#: Values stand flush with the name of their sample, or in the middle below it.
_ALIGNED_PT = 10.0


def from_pairs(pairs: Sequence[Pair], names: Names) -> tuple[Table | None, set[int]]:
    """Return the table that cards make, and which pairs (by id) are in it. A card begins at each name of a sample."""
    cards: list[list[tuple[str, Pair]]] = []
    for pair in pairs:
        name = names(pair.label.text)
        if name is None or (pair.label.known is not None and name != "sample_name"):
            continue
        if name == "sample_name" or (cards and any(name == other for other, _ in cards[-1])):
            cards.append([])
        if cards:
            cards[-1].append((name, pair))
    cards = [card for card in cards if card[0][0] == "sample_name" and len(card) >= _FEWEST_LINES]
    if not cards:
        return None, set()
    headings: dict[str, tuple[int, str]] = {}
    for card in cards:
        for name, pair in card:
            headings.setdefault(name, (len(headings), pair.label.text))
    table = Table([Column(text.rstrip(" :*"), 0, 0) for _, text in headings.values()])
    for card in cards:
        table.rows.append({headings[name][0]: _cell(pair) for name, pair in card if pair.parts})
    return table, {id(pair) for card in cards for _, pair in card}


def _cell(pair: Pair) -> Cell:
    first = pair.parts[0]
    box = union(part.box for part in pair.parts if part.sheet == first.sheet)
    return Cell(pair.text, box, first.sheet, first.place, first.entered)


def turned(free: Sequence[Segment], names: Names) -> list[Table]:
    """Return the tables of a page whose headings stand below each other and whose samples stand side by side."""
    tables: list[Table] = []
    block: list[tuple[str, list[Segment]]] = []
    for row in [*rows_of(list(free)), []]:
        least = 1 if block else 2
        name = names(row[0].text) if len(row) > least and not row[0].entered else None
        if name is not None and any(names(each.text) or each.text.endswith(":") for each in row[1:]):
            name = None
        near = not block or (row and row[0].box[1] - block[-1][1][0].box[3] < 3 * row[0].height)
        if name is not None and near and not any(name == other for other, _ in block):
            block.append((name, row))
            continue
        if block and len(row) > 2 and name is None and near:
            continue
        table = _turned(block)
        if table is not None:
            tables.append(table)
        block = [(name, row)] if name is not None else []
    return tables


def _turned(block: list[tuple[str, list[Segment]]]) -> Table | None:
    named = next((row for name, row in block if name == "sample_name"), None)
    if named is None:
        return None
    anchors = named[1:]
    block = [(name, row) for name, row in block if abs(row[0].box[0] - named[0].box[0]) < 4 or row is named]
    if len(block) < _FEWEST_LINES or not any(name in NUMBERS for name, _ in block):
        return None
    block = [(name, row) for name, row in block if all(_anchor(each, anchors) is not None for each in row[1:])]
    table = Table([Column(row[0].text.rstrip(" :*"), 0, 0) for _, row in block])
    found: list[dict[int, list[Segment]]] = [{} for _ in anchors]
    for index, (_, row) in enumerate(block):
        for each in row[1:]:
            found[_anchor(each, anchors) or 0].setdefault(index, []).append(each)
        table.used |= {id(each) for each in row}
    table.rows = [{index: cell_of(parts) for index, parts in row.items()} for row in found]
    return table


def _anchor(each: Segment, anchors: Sequence[Segment]) -> int | None:
    """Return the sample below whose name a value stands, None where it stands below none."""
    place = min(range(len(anchors)), key=lambda at: _distance(each, anchors[at]))
    return place if _distance(each, anchors[place]) <= _ALIGNED_PT else None


def _distance(each: Segment, anchor: Segment) -> float:
    return min(
        abs(each.box[0] - anchor.box[0]),
        abs(each.box[2] - anchor.box[2]),
        abs(each.box[0] + each.box[2] - anchor.box[0] - anchor.box[2]) / 2,
    )
