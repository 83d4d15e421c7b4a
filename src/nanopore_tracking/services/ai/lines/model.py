"""Finds the table of samples: its headings, in one line or merged, and its rows, which may go on over pages."""

from collections.abc import Callable, Sequence
from statistics import median

from nanopore_tracking.services.ai.columns.model import Known
from nanopore_tracking.services.ai.heads.model import Head, Heads
from nanopore_tracking.services.ai.layouts.model import Look, Segment, Sheet, overlap, rows_of
from nanopore_tracking.services.ai.rows.model import (
    Cell,
    Table,
    append,
    at_foot,
    cell_of,
    goes_on,
    in_one,
    is_title,
    part_numbers,
    settle,
    similar,
    spans,
    staggered,
    unfolded,
    usual_gap,
)
from nanopore_tracking.services.ai.ruled.model import Column, assign, between_rules, edges, reach_of, widen

#: A gap of more than this many usual distances between rows ends a table that has no rules.
_LARGEST_GAP = 2.6
#: A text of one cell does not end further right than its column.
_BEYOND_PT = 6.0
#: Rows that show where the columns of a table without rules are.
_MOST_SHOWING = 40
#: A table goes on after no more blank rows than these.
_MOST_BLANK = 2.4


class Finder:
    """Finds the tables of one form. is_label: tells a label of the form from a value."""

    def __init__(self, known: Known, is_label: Callable[[Segment], bool]) -> None:
        self._heads = Heads(known)
        self._is_label = is_label
        #: Segments of headings below which nothing stands.
        self.blank: set[int] = set()

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
                head = self._heads.find(rows, index, sheet.across)
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
        self.blank = {each for table in tables if not table.rows for each in table.used}
        return [unfolded(table) for table in tables if table.rows]

    def _body(self, table: Table, sheet: Sheet, rows: list[list[Segment]], *, index: int) -> int:
        """Read rows from an index on and return the index of the first one that is not of the table."""
        if index >= len(rows):
            return index
        top = rows[index][0].box[1] if table.rows or not index else rows[index - 1][0].box[1]
        reach = self._rules(table, sheet, top)
        if reach is None and is_title(rows, index, set()):
            reach = self._rules(table, sheet, rows[index + 1][0].box[1])
        if reach is not None:
            table.ruled = True
            return self._ruled_body(table, sheet, rows, index=index, reach=reach)
        showing = self._below(rows, index)
        if sheet.paged:
            part_numbers(table, showing)
        if not (sheet.paged and widen(table.columns, showing)):
            _numbered(table, rows[index : index + 8])
            if sheet.paged and table.numbered:
                widen(table.columns, showing)
        return self._open_body(table, rows, index=index, wide=usual_gap(showing, len(table.columns)) or 0.0)

    def _open_body(self, table: Table, rows: list[list[Segment]], *, index: int, wide: float) -> int:
        """Read the rows of a table without rules, by their distances and where their texts stand.

        wide: the usual space between rows that are full.
        """
        start, before = index, rows[index - 1][0].box[3] if index else None
        pitches: list[float] = []
        seen: set[Look] = set()
        while index < len(rows):
            if is_title(rows, index, seen) and self._goes_on_below(table, rows, index=index + 1):
                table.used |= {id(each) for each in rows[index]}
                before, start, index = rows[index][0].box[3], index + 1, index + 1
                continue
            count = max(staggered(rows, index), at_foot(rows, index, before))
            row = rows[index] if count == 1 else in_one(rows[index : index + count])
            top = min(each.box[1] for each in row)
            gap, height = top - before if before is not None else 0.0, row[0].height
            usual = median(pitches) if pitches else max(24.0, 2.2 * height)
            found = self._row(table, row)
            if found is None or (len(table.rows) > 2 and found and not similar(table, found)):
                break
            looks = {each.look for each in row}
            if gap > 2 * height and seen and not looks & seen:
                # What stands apart and looks otherwise is the foot of the page.
                break
            far = gap > max(_LARGEST_GAP * usual, 1.6 * height) and (pitches or index > start)
            if far and not (pitches and _resumes(table, found, rows=(gap - usual) / (usual + height))):
                break
            closer = gap < 0.55 * max(usual, wide) if pitches else gap < 0.55 * wide
            if closer and table.rows and index > start and looks <= seen and goes_on(table, found):
                append(table.rows[-1], found)
            else:
                pitches += [max(gap, 1.0)] if index > start else []
                table.rows.append(found)
            seen |= looks
            table.used |= {id(each) for each in row}
            before, index = max(each.box[3] for each in row), index + count
        settle(table)
        return index

    def _goes_on_below(self, table: Table, rows: list[list[Segment]], *, index: int) -> bool:
        """Tell whether a row of a table follows below what stands between its rows, such as the title of some."""
        if index >= len(rows) or rows[index][0].box[1] - rows[index - 1][0].box[3] > 2 * rows[index][0].height:
            return False
        found = self._row(table, in_one(rows[index : index + staggered(rows, index)]))
        return found is not None and len(found) * 2 > len(table.columns) and similar(table, found)

    def _below(self, rows: list[list[Segment]], index: int) -> list[list[Segment]]:
        """Return the lines below headings that look like rows of one table: at even distances, without labels."""
        found: list[list[Segment]] = []
        usual = 0.0
        for row in rows[index : index + _MOST_SHOWING]:
            gap = row[0].middle - found[-1][0].middle if found else 0.0
            usual = usual or gap
            if gap > 1.8 * max(usual, row[0].height) or any(self._is_label(each) for each in row if not each.entered):
                break
            found.append(row)
        return found

    def _rules(self, table: Table, sheet: Sheet, top: float) -> float | None:
        """Give the columns their rules where the table has some, and return how far down they reach."""
        xs = edges(sheet.down, top, top + 4)
        if len(xs) < 3 or not between_rules(table.columns, xs):
            for column in table.columns:
                column.left = column.right = None
            return None
        _number_column(table, xs)
        return reach_of(sheet.down, xs, top)

    def _ruled_body(self, table: Table, sheet: Sheet, rows: list[list[Segment]], *, index: int, reach: float) -> int:
        left, right = table.columns[0].left or 0, table.columns[-1].right or 0
        ys = sorted((rule[1] + rule[3]) / 2 for rule in sheet.across if overlap((rule[0], rule[2]), (left, right)) > 0)
        xs = [left, *(column.right or 0 for column in table.columns)]
        band: int | None = None
        while index < len(rows):
            row = rows[index]
            if row[0].middle > reach + 1:
                # The title of some rows may interrupt the rules.
                lower = rows[index + 1][0].box[1] if index + 1 < len(rows) else 0.0
                if not is_title(rows, index, set()) or len(edges(sheet.down, lower, lower)) < len(xs):
                    break
                reach = reach_of(sheet.down, xs, lower)
            if spans(row, edges(sheet.down, row[0].middle, row[0].middle), xs):
                table.used |= {id(each) for each in row}
                band, index = None, index + 1
                continue
            found = self._cells(table, row)
            own = sum(y < row[0].middle for y in ys)
            if found is not None:
                if band == own and table.rows and any(y > row[0].middle for y in ys):
                    append(table.rows[-1], found)
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
        if len(row) == 1 and len(row[0].words) > 5 and wide and row[0].box[2] > wide[-1].end + _BEYOND_PT:
            # A sentence below the table.
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
            if self._heads.find(rows, index, sheet.across) is not None or any(self._is_label(each) for each in row):
                return 0
            found = self._row(table, row)
            enough = found is not None and len(found) >= max(2, (len(table.columns) + 1) // 2)
            if found is not None and enough and similar(table, found):
                return self._body(table, sheet, rows, index=index)
        return 0


def _resumes(table: Table, found: dict[int, Cell], *, rows: float) -> bool:
    """Tell whether a row goes on with a table after some blank rows: it is as full, and stands as those before."""
    return rows <= _MOST_BLANK and len(found) * 2 > len(table.columns) and similar(table, found)


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
