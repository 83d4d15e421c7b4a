"""Finds the table in a grid: its row of headings within the first rows, the header above it, the rows below it."""

from typing import Any

from nanopore_tracking.counting import counted
from nanopore_tracking.services.ai.cells.model import is_blank, visible, written
from nanopore_tracking.services.ai.columns.model import Known, Matches, position, recognised
from nanopore_tracking.services.ai.grids.model import HEADER_ROWS, MOST_COLUMNS, Grid, Refused, too_many_columns
from nanopore_tracking.services.ai.headings.model import label_of

_MOST_LABELS = 50
_LONGEST_LABEL = 1000


class Table:
    """A table in a grid: its headings, and the indexes of the rows below them that hold something."""

    def __init__(self, grid: Grid, header_row: int, headings: list[str], *, first_header_row: int) -> None:
        """header_row, first_header_row: index of the (lower and upper) row of headings."""
        self.header_row = header_row
        self.first_header_row = first_header_row
        self.headings = headings
        self._rows = grid.rows
        below = range(header_row + 1, len(grid.rows))
        self.body = [index for index in below if any(not is_blank(cell) for cell in grid.rows[index])]

    def values(self, column: int) -> list[Any]:
        """Return the values of a column below its heading."""
        return [self._rows[index][column] for index in self.body if column < len(self._rows[index])]

    def keep_filled(self, matches: Matches) -> None:
        """Leave rows out in which no column that is read holds anything, and headings that are repeated."""
        read_columns = [position(each.column) for each in matches.columns if each.field]
        headings = [self.headings[column] for column in read_columns]
        kept = []
        for index in self.body:
            row = self._rows[index]
            cells = [row[column] if column < len(row) else None for column in read_columns]
            if any(not is_blank(cell) for cell in cells) and cells != headings:
                kept.append(index)
        if len(kept) < len(self.body):
            rows = counted(len(self.body) - len(kept), "row holds", "rows hold")
            matches.notes.append(f"{rows} no value in a column that is read.")
        self.body = kept


def find(grid: Grid, known: Known) -> Table:
    """Return the table whose heading row names the most fields; where no heading is known, the likeliest one."""
    best: tuple[int, int, list[str], int] | None = None
    for index, row in enumerate(grid.rows[:HEADER_ROWS]):
        single = _headings(row)
        double = _combined(grid, index)
        for headings, first in ((single, index), (double, index - 1)):
            count = recognised(headings, known)
            if count and (best is None or count > best[0]):
                best = (count, index, headings, first)
    if best is None:
        best = _likeliest(grid)
    _, index, headings, first = best
    if len(headings) > MOST_COLUMNS:
        raise too_many_columns(len(headings))
    return Table(grid, index, headings, first_header_row=first)


def _headings(row: list[Any]) -> list[str]:
    headings = [cell.strip() if isinstance(cell, str) else written(cell) for cell in row]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def _combined(grid: Grid, index: int) -> list[str]:
    """Return the headings of two rows joined, where the upper one has merged cells; otherwise nothing."""
    spans = [area for area in grid.merged if area.first_row == index - 1]
    if not spans:
        return []
    upper = [*_headings(grid.rows[index - 1]), *[""] * MOST_COLUMNS][:MOST_COLUMNS]
    for area in spans:
        for column in range(area.first_column, min(area.last_column, MOST_COLUMNS - 1) + 1):
            upper[column] = upper[area.first_column]
    lower = _headings(grid.rows[index])
    width = max(len(lower), *(area.last_column + 1 for area in spans if area.last_column < MOST_COLUMNS), 0)
    lower += [""] * (width - len(lower))
    return [f"{above} {below}".strip() for above, below in zip(upper, lower, strict=False)]


def _likeliest(grid: Grid) -> tuple[int, int, list[str], int]:
    """Return the first of the widest rows of different texts with something below it."""
    found: tuple[int, int, list[str], int] | None = None
    for index, row in enumerate(grid.rows[:HEADER_ROWS]):
        headings = [heading for heading in _headings(row) if heading]
        texts = all(isinstance(cell, str) for cell in row if not is_blank(cell))
        distinct = len(set(headings)) == len(headings) > (found[0] if found else 1)
        if texts and distinct and index + 1 < len(grid.rows):
            found = (len(headings), index, _headings(row), index)
    if found is None:
        raise Refused(
            f"No row of headings was found in the first {HEADER_ROWS} rows. Nothing was read: name the columns, "
            "as the template does (sample_name, volume_ul, …)."
        )
    return found


def header(rows: list[list[Any]]) -> dict[str, str]:
    """Return what stands above the table as label and value: in two cells beside each other, or in one with a colon."""
    found: dict[str, str] = {}
    for row in rows:
        cells = [written(cell).strip() for cell in row if not is_blank(cell)]
        if len(cells) == 1:
            label, colon, value = cells[0].partition(":")
            cells = [label, value.strip()] if colon else []
        pairs = list(zip(cells[::2], cells[1::2], strict=False))
        if len(cells) % 2 == 0 and (len(pairs) == 1 or all(label.endswith(":") for label, _ in pairs)):
            for label, value in pairs:
                name = label_of(visible(label))
                if name and value and len(found) < _MOST_LABELS:
                    found.setdefault(name, value[:_LONGEST_LABEL])
    return found
