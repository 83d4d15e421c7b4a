"""The rows of a table of samples while it is found: cells with their places, and what tells one row from the next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from nanopore_tracking.services.ai.cells.model import is_blank
from nanopore_tracking.services.ai.layouts.model import BROKEN, Look, Segment, Word, one_text, overlap, union
from nanopore_tracking.services.ai.readings.model import Box
from nanopore_tracking.services.ai.ruled.model import Column
from nanopore_tracking.services.ai.spaces.model import segment

#: Cells of a column are flush left, flush right or in the middle, within this.
_FLUSH_PT = 4.0
#: A line of one word that may go on in the next line, where it fills the column: it takes this share of it at least.
_FILLED = 0.6
#: The lines of one cell have less than this between them, of the height of a line.
_TIGHT = 0.5
#: A number, and what may stand behind it such as its unit; `29a` is none.
_AMOUNT = re.compile(r"\d[\d.,]*(?:\s.*)?", re.DOTALL)
#: So many rows show that numbers count them; a space between words is no wider than this share of a line.
_FEWEST_NUMBERS, _SPACE = 3, 0.4
#: Lines of one row that stand at different heights overlap by more than this share of a line.
_STAGGERED = 0.3


@dataclass(slots=True)
class Cell:
    """One cell as it was written; box and sheet: where.

    lines: each with its width; whole: the text where a word may be broken at the edge of the column, else nothing.
    """

    raw: str
    box: Box
    sheet: int
    place: str = ""
    entered: bool = False
    lines: list[tuple[str, float]] = field(default_factory=list)
    whole: str = ""


@dataclass
class Table:
    """A table: headings of its columns and, for each row, the cells by column. numbered: the first has no heading."""

    columns: list[Column]
    rows: list[dict[int, Cell]] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    ruled: bool = False
    numbered: bool = False


def unfolded(table: Table) -> Table:
    """Return a table whose columns stand twice or more beside each other as one below the other."""
    headings = [column.heading for column in table.columns]
    for wide in range(2, len(headings) // 2 + 1):
        blocks, rest = divmod(len(headings), wide)
        if rest or headings != headings[:wide] * blocks:
            continue
        parts = [
            {place - block * wide: cell for place, cell in row.items() if place // wide == block}
            for block in range(blocks)
            for row in table.rows
        ]
        return Table(table.columns[:wide], [row for row in parts if row], table.used, table.ruled, table.numbered)
    return table


def cell_of(parts: list[Segment]) -> Cell:
    """Return the cell that some segments fill together."""
    ordered = sorted(parts, key=lambda each: (round(each.middle / 3), each.box[0]))
    levels: list[list[Segment]] = []
    for each in ordered:
        if levels and abs(each.middle - levels[-1][-1].middle) < 0.5 * each.height:
            levels[-1].append(each)
        else:
            levels.append([each])
    lines = [(_level(level), level[-1].box[2] - level[0].box[0]) for level in levels]
    first = ordered[0]
    return Cell(_text(lines), union(each.box for each in ordered), first.sheet, first.place, first.entered, lines)


def _level(parts: Sequence[Segment]) -> str:
    """Return the texts of one line of a cell; two numbers are not made one by the space between them."""
    text = parts[0].text
    for before, each in pairwise(parts):
        text += ("  " if before.text[-1:].isdigit() and each.text[:1].isdigit() else " ") + each.text
    return text


def _text(lines: Sequence[tuple[str, float]]) -> str:
    text = ""
    for line, _ in lines:
        text += line if not text or BROKEN.search(text) else f" {line}"
    return text


def look_at_edge(table: Table, place: int) -> None:
    """Find the cells of a column in which a word may be broken, for it fills its line and goes on in the next one."""
    column, cells = table.columns[place], [row[place] for row in table.rows if place in row]
    widest = max((width for cell in cells for _, width in cell.lines), default=0.0)
    if column.left is not None and column.right is not None and widest < _FILLED * (column.right - column.left):
        return
    for cell in cells:
        whole, broken = cell.lines[0][0] if cell.lines else "", False
        for (upper, width), (lower, _) in pairwise(cell.lines):
            cut = upper[-1:].isalnum() and lower[:1].isalnum() and widest - width < width / len(upper)
            # Of several words the last one fitted in, more likely than not.
            whole += lower if (cut and " " not in upper) or BROKEN.search(upper) else f" {lower}"
            broken = broken or cut
        cell.whole = whole if broken else ""


def goes_on(table: Table, found: dict[int, Cell]) -> bool:
    """Tell whether a line holds only the rest of a long text: one cell, in a column of texts where it is a number."""
    if len(found) != 1:
        return False
    place, cell = next(iter(found.items()))
    if not cell.raw.replace(".", "").isdigit():
        return True
    above = [row[place].raw for row in table.rows if place in row]
    texts = sum(any(letter.isalpha() for letter in raw) for raw in above)
    return bool(above) and texts == len(above) and len(table.columns) > 1


def usual_gap(rows: Sequence[Sequence[Segment]], columns: int) -> float | None:
    """Return how much space is between rows that fill most columns, None where there are too few to tell."""
    full = [row[0] for row in rows if len(row) * 2 > columns]
    gaps = [lower.box[1] - upper.box[3] for upper, lower in pairwise(full)]
    return median(gaps) if gaps else None


def append(row: dict[int, Cell], more: dict[int, Cell]) -> None:
    """Add the cells of a further line to those of a row."""
    for place, cell in more.items():
        before = row.get(place)
        if before is None:
            row[place] = cell
        else:
            before.lines, before.box = before.lines + cell.lines, union((before.box, cell.box))
            before.raw = _text(before.lines)


def part_numbers(table: Table, rows: Sequence[list[Segment]]) -> None:
    """Give numbers of rows that nearly touch the texts behind them a column of their own, which has no heading.

    A name may begin with a number of its own. It is the row's where it counts on from row to row, and the texts behind
    it stand flush, below the first heading or further away than a space.
    """
    found = [(row, words) for row in rows if (words := _numbered(row))]
    if len(found) < _FEWEST_NUMBERS or len(found) * 5 < len(rows) * 4 or not table.columns[0].heading:
        return
    numbers, first = [words[0] for _, words in found], table.columns[0]
    starts, end = [words[1].box[0] for _, words in found], max(each.box[2] for each in numbers)
    counting = all(int(one.text.rstrip(".)")) + 1 == int(other.text.rstrip(".)")) for one, other in pairwise(numbers))
    below = abs(starts[0] - first.start) <= _FLUSH_PT and end < first.start
    apart = min(starts) - end > _SPACE * numbers[0].look.size
    headed = any(overlap((first.start, first.end), (each.box[0], each.box[2])) > 0 for each in numbers)
    if not counting or max(starts) - min(starts) > 1 or headed or not (below or apart):
        return
    for row, (number, *rest) in found:
        own = row[0]
        if len(own.words) > 1:
            table.used.add(id(own))
            row[:1] = [segment([number], own.sheet), segment(rest, own.sheet)]
    first.start = max(first.start, end + 1)
    table.columns.insert(0, Column("", min(each.box[0] for each in numbers), end))
    table.numbered = True


def _numbered(row: list[Segment]) -> list[Word]:
    """Return the words of a row's first text, or first two, where the first is a whole number."""
    words = [word for each in row[: 1 + (len(row[0].words) == 1)] for word in each.words]
    return words if len(words) > 1 and words[0].text.rstrip(".)").isdecimal() else []


def similar(table: Table, found: dict[int, Cell]) -> bool:
    """Tell whether a row stands as the rows before it: most cells flush with those above, numbers below numbers."""
    flush = fitting = numbers = there = 0
    for place, cell in found.items():
        above = [row[place] for row in table.rows[-5:] if place in row]
        if not above:
            continue
        there += 1
        flush += any(_flush(cell.box, each.box) for each in above)
        numeric = sum(_AMOUNT.fullmatch(each.raw) is not None for each in above) * 2 > len(above)
        numbers += numeric
        fitting += numeric and (cell.raw[:1].isdigit() or is_blank(cell.raw))
    return flush * 3 >= there * 2 and fitting * 3 >= numbers * 2


def _flush(one: Box, other: Box) -> bool:
    middle = abs(one[0] + one[2] - other[0] - other[2]) / 2
    return min(abs(one[0] - other[0]), abs(one[2] - other[2]), middle) <= _FLUSH_PT


def settle(table: Table) -> None:
    """Nothing more is known of a table without rules; rows without anything in them are dropped."""
    table.rows = [row for row in table.rows if row]


def staggered(rows: Sequence[list[Segment]], index: int) -> int:
    """Return how many lines from an index on are one row: longer cells begin above and end below shorter ones."""
    count = 1
    bottom = max(each.box[3] for each in rows[index])
    while index + count < len(rows):
        lower = rows[index + count]
        if min(each.box[1] for each in lower) > bottom - _STAGGERED * lower[0].height:
            break
        bottom = max(bottom, *(each.box[3] for each in lower))
        count += 1
    return count


def at_foot(rows: Sequence[list[Segment]], index: int, before: float | None) -> int:
    """Return how many lines from an index on are one row whose short cells stand beside the end of its long one.

    before: where the row above ends. The lines of a cell are nearer to each other than rows are.
    """
    end, widest = index, 0.0
    while end + 1 < len(rows) and len(rows[end]) == 1:
        upper, lower = rows[end][0], rows[end + 1]
        gap = min(each.box[1] for each in lower) - upper.box[3]
        if gap > _TIGHT * upper.height or not any(abs(each.box[0] - upper.box[0]) <= 2 for each in lower):
            break
        end, widest = end + 1, max(widest, gap)
    above = rows[index][0].box[1] - before if before is not None else 0.0
    return end - index + 1 if len(rows[end]) > 1 and above > max(1.5 * widest, widest + 2) else 1


def is_title(rows: Sequence[list[Segment]], index: int, seen: set[Look]) -> bool:
    """Tell whether a line is the title of the rows below it: one text that looks otherwise than those.

    seen: how the rows above look.
    """
    line = rows[index]
    below = in_one(rows[index + 1 : index + 1 + staggered(rows, index + 1)]) if index + 1 < len(rows) else []
    others = {*seen, *(each.look for each in below)}
    return (
        one_text(line)
        and len(below) > len(line)
        and any(letter.isalpha() for letter in line[0].text)
        and not any(each.look in others for each in line)
    )


def spans(line: Sequence[Segment], here: Sequence[float], xs: Sequence[float]) -> bool:
    """Tell whether a line of a table with rules is one text over all of its columns, such as a title of some rows.

    here: where rules run down beside the text; xs: where those of the table do.
    """
    return len(xs) > 3 and one_text(line) and sum(xs[0] + 3 < x < xs[-1] - 3 for x in here) == 0


def in_one(lines: Sequence[list[Segment]]) -> list[Segment]:
    """Return the texts of several lines that are one row, from left to right."""
    return sorted((each for line in lines for each in line), key=lambda each: (each.box[0], each.box[1]))
