"""Finds the table of samples: its headings, in one line or merged, and its rows, which may go on over pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from nanopore_tracking.services.ai.cells.model import is_blank
from nanopore_tracking.services.ai.columns.model import Known
from nanopore_tracking.services.ai.heads.model import Head, Heads
from nanopore_tracking.services.ai.layouts.model import Segment, Sheet, overlap, rows_of, union
from nanopore_tracking.services.ai.readings.model import Box
from nanopore_tracking.services.ai.ruled.model import Column, assign, between_rules, edges

#: A gap of more than this many usual distances between rows ends a table that has no rules.
_LARGEST_GAP = 2.6
#: Cells of a column are flush left, flush right or in the middle, within this.
_FLUSH_PT = 4.0


@dataclass(slots=True)
class Cell:
    """One cell as it was written; box and sheet: where."""

    raw: str
    box: Box
    sheet: int
    place: str = ""
    entered: bool = False


@dataclass
class Table:
    """A table: headings of its columns and, for each row, the cells by column. numbered: the first has no heading."""

    columns: list[Column]
    rows: list[dict[int, Cell]] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    ruled: bool = False
    numbered: bool = False


class Finder:
    """Finds the tables of one form. is_label: tells a label of the form from a value."""

    def __init__(self, known: Known, is_label: Callable[[Segment], bool]) -> None:
        self._heads = Heads(known)
        self._is_label = is_label

    def find(self, sheets: Sequence[Sheet]) -> list[Table]:
        """Return the tables of all pages; one that goes on over pages is one."""
        tables: list[Table] = []
        current: Table | None = None
        for sheet in sheets:
            rows = rows_of(sheet.segments)
            index, went_on = 0, False
            if current is not None and sheet.paged:
                went_on = True
                index = self._continued(current, sheet, rows)
            while index < len(rows):
                head = self._heads.find(rows, index)
                if head is None:
                    index += 1
                    continue
                same = current is not None and _alike(current, head)
                table = current if same and current is not None else Table(head.columns)
                if same:
                    table.columns = head.columns
                else:
                    tables.append(table)
                current = table
                for line in rows[index : index + head.lines]:
                    table.used |= {id(each) for each in line}
                index = self._body(table, sheet, rows, index=index + head.lines)
            if went_on and not rows:
                current = None
        return [_unfolded(table) for table in tables if table.rows]

    def _body(self, table: Table, sheet: Sheet, rows: list[list[Segment]], *, index: int) -> int:
        """Read rows from an index on and return the index of the first one that is not of the table."""
        start = index
        if index >= len(rows):
            return index
        top = rows[index][0].box[1] if table.rows or not index else rows[index - 1][0].box[1]
        reach = self._rules(table, sheet, top)
        if reach is not None:
            table.ruled = True
            return self._ruled_body(table, sheet, rows, index=index, reach=reach)
        _numbered(table, rows[index : index + 8])
        before, pitches = rows[index - 1][0].box[3] if index else None, [0.0][:0]
        while index < len(rows):
            row = rows[index]
            gap = row[0].box[1] - before if before is not None else 0.0
            usual = median(pitches) if pitches else max(24.0, 2.2 * row[0].height)
            if gap > max(_LARGEST_GAP * usual, 1.6 * row[0].height) and (pitches or index > start):
                break
            found = self._row(table, row)
            if found is None or (len(table.rows) > 2 and found and not _similar(table, found)):
                break
            if pitches and gap < 0.55 * usual and _goes_on(found) and table.rows:
                _append(table.rows[-1], found)
            else:
                if index > start:
                    pitches.append(max(gap, 1.0))
                table.rows.append(found)
            table.used |= {id(each) for each in row}
            before, index = row[0].box[3], index + 1
        _settle(table)
        return index

    def _rules(self, table: Table, sheet: Sheet, top: float) -> float | None:
        """Give the columns their rules where the table has some, and return how far down they reach."""
        xs = edges(sheet.down, top, top + 4)
        if len(xs) < 3 or not between_rules(table.columns, xs):
            for column in table.columns:
                column.left = column.right = None
            return None
        inner = [rule for rule in sheet.down if any(abs((rule[0] + rule[2]) / 2 - x) < 3 for x in xs)]
        reach = top + 4
        for rule in sorted(inner, key=lambda each: each[1]):
            if rule[1] <= reach + 6:
                reach = max(reach, rule[3])
        _number_column(table, xs)
        return reach

    def _ruled_body(self, table: Table, sheet: Sheet, rows: list[list[Segment]], *, index: int, reach: float) -> int:
        left, right = table.columns[0].left or 0, table.columns[-1].right or 0
        ys = sorted((rule[1] + rule[3]) / 2 for rule in sheet.across if overlap((rule[0], rule[2]), (left, right)) > 0)
        band: int | None = None
        while index < len(rows) and rows[index][0].middle <= reach + 1:
            row = rows[index]
            found = self._cells(table, row)
            own = sum(y < row[0].middle for y in ys)
            if found is not None:
                if band == own and table.rows and any(y > row[0].middle for y in ys):
                    _append(table.rows[-1], found)
                else:
                    table.rows.append(found)
                table.used |= {id(each) for each in row}
                band = own
            index += 1
        return index

    def _row(self, table: Table, row: list[Segment]) -> dict[int, Cell] | None:
        """Return the cells of a line, None where it is not a row of the table."""
        if any(self._is_label(each) for each in row if not each.entered):
            return None
        left, right = table.columns[0].start - 40, table.columns[-1].end + 60
        if row[0].box[0] < left or row[-1].box[2] > right:
            return None
        wide = [one for one in table.columns if overlap((row[0].box[0], row[0].box[2]), (one.start, one.end)) > 4]
        if len(row) == 1 and len(wide) > 1 and len(row[0].words) > 3:
            return None
        return self._cells(table, row)

    def _cells(self, table: Table, row: list[Segment]) -> dict[int, Cell] | None:
        filled = [each for each in row if each.text]
        if not filled:
            return {}
        found = assign(filled, table.columns)
        return {place: cell_of(parts) for place, parts in found.items()} if found is not None else None

    def _continued(self, table: Table, sheet: Sheet, rows: list[list[Segment]]) -> int:
        """Go on with a table at the top of the next page, where it has no headings there."""
        if table.ruled and not _ruled_on(table, sheet):
            return 0
        for index, row in enumerate(rows[:6]):
            if self._heads.find(rows, index) is not None or any(self._is_label(each) for each in row):
                return 0
            found = self._row(table, row)
            enough = found is not None and len(found) >= max(2, (len(table.columns) + 1) // 2)
            if found is not None and enough and _similar(table, found):
                return self._body(table, sheet, rows, index=index)
        return 0


def _unfolded(table: Table) -> Table:
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
    text = " ".join(each.text for each in ordered)
    return Cell(text, union(each.box for each in ordered), ordered[0].sheet, ordered[0].place, ordered[0].entered)


def _alike(table: Table, head: Head) -> bool:
    return [one.heading for one in table.columns if one.heading] == [one.heading for one in head.columns if one.heading]


def _number_column(table: Table, xs: list[float]) -> None:
    """Add columns without a heading that the rules show left of the first heading, such as the one of row numbers."""
    first = table.columns[0].left
    if first is not None and table.columns[0].heading:
        left = [x for x in xs if x < first - 1]
        if left or table.numbered:
            start = left[-1] if left else first - 1
            table.columns.insert(0, Column("", start, first, start, first))
            table.numbered = True


def _ruled_on(table: Table, sheet: Sheet) -> bool:
    """Tell whether the rules of a table go on on a page."""
    xs = [(rule[0] + rule[2]) / 2 for rule in sheet.down]
    return all(any(abs(x - (one.left or 0)) < 3 for x in xs) for one in table.columns)


def _numbered(table: Table, rows: list[list[Segment]]) -> None:
    """Add a column without a heading where whole numbers stand left of the first heading."""
    first = table.columns[0].start
    left = [row[0] for row in rows if len(row) > 1 and row[0].box[2] < first - 1 and row[0].text.rstrip(".").isdigit()]
    if table.columns[0].heading and (table.numbered or (len(left) >= 2 and len(left) * 2 > len(rows))):
        start = min((each.box[0] for each in left), default=first - 20)
        table.columns.insert(0, Column("", start, max((each.box[2] for each in left), default=first - 10)))
        table.numbered = True


def _goes_on(found: dict[int, Cell]) -> bool:
    """Tell whether a line holds only the rest of a long text."""
    return len(found) == 1 and not any(cell.raw.replace(".", "").isdigit() for cell in found.values())


def _append(row: dict[int, Cell], more: dict[int, Cell]) -> None:
    for place, cell in more.items():
        before = row.get(place)
        if before is None:
            row[place] = cell
        else:
            before.raw, before.box = f"{before.raw} {cell.raw}", union((before.box, cell.box))


def _similar(table: Table, found: dict[int, Cell]) -> bool:
    """Tell whether a row stands as the rows before it: most cells flush with those above, numbers below numbers."""
    flush = fitting = numbers = there = 0
    for place, cell in found.items():
        above = [row[place] for row in table.rows[-5:] if place in row]
        if not above:
            continue
        there += 1
        flush += any(_flush(cell.box, each.box) for each in above)
        numeric = sum(each.raw[:1].isdigit() for each in above) * 2 > len(above)
        numbers += numeric
        fitting += numeric and (cell.raw[:1].isdigit() or is_blank(cell.raw))
    return flush * 3 >= there * 2 and fitting * 3 >= numbers * 2


def _flush(one: Box, other: Box) -> bool:
    middle = abs(one[0] + one[2] - other[0] - other[2]) / 2
    return min(abs(one[0] - other[0]), abs(one[2] - other[2]), middle) <= _FLUSH_PT


def _settle(table: Table) -> None:
    """Nothing more is known of a table without rules; rows without anything in them are dropped."""
    table.rows = [row for row in table.rows if row]
