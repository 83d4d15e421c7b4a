"""Puts a sheet of cells on pages, cut into strips of columns and bands of rows; pure.

A page shows what was read, not what a spreadsheet program would print. Where a cell stands on it is known from the same
sums by which it is drawn, so that the places of values are true of the picture.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from nanopore_tracking.services.ai.advances.model import width_of, wrapped
from nanopore_tracking.services.ai.columns.model import letters
from nanopore_tracking.services.ai.grids.model import Area
from nanopore_tracking.services.ai.leaves.model import (
    LINE_PT,
    MARGIN_PT,
    MOST_PAGES,
    PAD_PT,
    SIZE_PT,
    Leaf,
    Piece,
    Spot,
    rounded,
)
from nanopore_tracking.services.ai.readings.model import Box

#: The first page of the second sheet of a workbook is 1001, so that no page depends on the other sheets.
SHEET_PAGES = 1000
#: Cells with something in them of one sheet.
_MOST_CELLS = 60_000
#: A page as it lies is A4 at most and no narrower than the last; above its rows letters of columns, beside them their
#: numbers.
_WIDE_PT, _TALL_PT, _LEAST_PT = 842.0, 595.0, 360.0
HEAD_PT, NUMBERS_PT = 14.0, 34.0
_NARROWEST_PT, _WIDEST_PT = 26.0, 190.0
#: Blank rows in a run beyond these are left out; the numbers of the rows show it.
_BLANK_RUN = 2
#: A text longer than this hangs over into blank cells rather than to widen its column.
_HANGS_FROM = 24


class Grid:
    """A sheet of cells on pages: first the columns beside each other, then the rows below."""

    def __init__(self, rows: Sequence[Sequence[str]], merged: Sequence[Area], *, number: int) -> None:
        self._first = SHEET_PAGES * (number - 1) + 1
        self._rows, self.cut = _some(rows)
        self._merged = _merged(merged, len(self._rows))
        self._over = {place for place, area in self._merged.items() if place != (area.first_row, area.first_column)}
        self._widths = self._column_widths()
        self._strips = _parts(self._widths, _WIDE_PT - 2 * MARGIN_PT - NUMBERS_PT)
        self._strip_of = {column: at for at, strip in enumerate(self._strips) for column in strip}
        self._heights = self._row_heights()
        self._bands = _parts(self._heights, _TALL_PT - 2 * MARGIN_PT - HEAD_PT)
        most = max(1, MOST_PAGES // max(1, len(self._strips)))
        if len(self._bands) > most:
            self._bands, self.cut = self._bands[:most], True
        self._band_of = {row: at for at, band in enumerate(self._bands) for row in band}
        self._lefts = _starts(self._strips, self._widths, MARGIN_PT + NUMBERS_PT)
        self._tops = _starts(self._bands, self._heights, MARGIN_PT + HEAD_PT)
        self._reader: tuple[Sequence[float], float] = ((), 1.0)

    def laid_out(self, starts: Sequence[float], line_pt: float) -> "Grid":
        """Keep how the reader lays the same cells out: where its columns begin, and how far its rows are apart."""
        self._reader = (starts, line_pt)
        return self

    @property
    def sizes(self) -> list[tuple[int, float, float]]:
        """Return number, width and height of each page, which is no larger than what stands on it."""
        return [(self._first + at, *self._size(at)) for at in range(len(self._strips) * len(self._bands))]

    def _size(self, at: int) -> tuple[float, float]:
        band, strip = self._bands[at // len(self._strips)], self._strips[at % len(self._strips)]
        wide = NUMBERS_PT + sum(self._widths[column] for column in strip)
        tall = HEAD_PT + sum(self._heights[row] for row in band)
        return round(max(wide, _LEAST_PT) + 2 * MARGIN_PT, 2), round(tall + 2 * MARGIN_PT, 2)

    def at(self, box: Box) -> Spot | None:
        """Return where the cells of a place of the layout are, as far as they are on one page."""
        starts, line_pt = self._reader
        rows = range(int(box[1] / line_pt), int((box[3] - 0.1) / line_pt) + 1)
        columns = range(bisect_right(starts, box[0] + 0.1) - 1, bisect_right(starts, box[2] - 0.1))
        spots = [self.spot(row, column) for row in rows for column in columns if self._text(row, column)]
        found = [each for each in spots if each is not None]
        if not found:
            return None
        boxes = [place for page, place in found if page == found[0][0]]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return found[0][0], (min(lefts), min(tops), max(rights), max(bottoms))

    def spot(self, row: int, column: int) -> Spot | None:
        """Return the page and the place of a cell with what hangs over from it, None where it is on none."""
        found = self._frame(row, column)
        if found is None or (row, column) in self._merged:
            return found
        page, (left, top, right, bottom) = found
        text = self._text(row, column)
        wide = min(self._room(row, column), width_of(text, SIZE_PT) + 2 * PAD_PT) if text else 0.0
        return page, rounded((left, top, max(right, left + wide), bottom))

    def _frame(self, row: int, column: int) -> Spot | None:
        area = self._merged.get((row, column))
        row, column = (area.first_row, area.first_column) if area else (row, column)
        strip, band = self._strip_of.get(column), self._band_of.get(row)
        if strip is None or band is None:
            return None
        last_row = min(area.last_row if area else row, self._bands[band].stop - 1)
        last_column = min(area.last_column if area else column, self._strips[strip].stop - 1)
        right = self._lefts[last_column] + self._widths[last_column]
        bottom = self._tops[last_row] + self._heights[last_row]
        page = self._first + band * len(self._strips) + strip
        return page, rounded((self._lefts[column], self._tops[row], right, bottom))

    def drawn(self, number: int) -> Leaf | None:
        """Return a page with all that stands on it, None where there is no such page."""
        at = number - self._first
        if not 0 <= at < len(self._strips) * len(self._bands):
            return None
        wide, tall = self._size(at)
        leaf = Leaf(number=number, width_pt=wide, height_pt=tall)
        band, strip = self._bands[at // len(self._strips)], self._strips[at % len(self._strips)]
        top = MARGIN_PT + HEAD_PT
        for column in strip:
            left = self._lefts[column]
            leaf.heads.append((letters(column), (left, MARGIN_PT, left + self._widths[column], top)))
        for row in band:
            if self._heights[row]:
                bottom = self._tops[row] + self._heights[row]
                leaf.heads.append((str(row + 1), (MARGIN_PT, self._tops[row], MARGIN_PT + NUMBERS_PT, bottom)))
                for column in strip:
                    self._draw(leaf, row, column)
        return leaf

    def _draw(self, leaf: Leaf, row: int, column: int) -> None:
        found = self._frame(row, column)
        if found is None or (row, column) in self._over:
            return
        left, top, _, bottom = found[1]
        text = self._text(row, column)
        leaf.frames.append(found[1])
        if not text:
            return
        for index, line in enumerate(wrapped(text, self._room(row, column) - 2 * PAD_PT, SIZE_PT)):
            upper = top + PAD_PT + index * LINE_PT
            if index and upper + SIZE_PT > bottom + 0.5:
                break
            right = left + PAD_PT + width_of(line, SIZE_PT)
            leaf.pieces.append(Piece(line, (left + PAD_PT, upper, right, upper + SIZE_PT)))

    def _text(self, row: int, column: int) -> str:
        cells = self._rows[row] if row < len(self._rows) else ()
        return cells[column] if column < len(cells) else ""

    def _room(self, row: int, column: int) -> float:
        """Return how wide the text of a cell may be: over blank cells to its right too, up to the edge of the page."""
        stop = self._strips[self._strip_of[column]].stop
        area = self._merged.get((row, column))
        if area:
            return sum(self._widths[column : min(area.last_column + 1, stop)])
        wide = self._widths[column]
        for beside in range(column + 1, stop):
            if self._text(row, beside) or (row, beside) in self._merged:
                break
            wide += self._widths[beside]
        return wide

    def _column_widths(self) -> list[float]:
        count = max((len(row) for row in self._rows), default=0)
        widths = [_NARROWEST_PT] * count
        for index, row in enumerate(self._rows):
            for column, text in enumerate(row):
                alone = column + 1 < count and not self._text(index, column + 1)
                if text and (index, column) not in self._merged and not (alone and len(text) > _HANGS_FROM):
                    wide = min(width_of(text[:200], SIZE_PT) + 2 * PAD_PT + 1, _WIDEST_PT)
                    widths[column] = max(widths[column], wide)
        return widths

    def _row_heights(self) -> list[float]:
        heights, blanks = [], 0
        for index, row in enumerate(self._rows):
            blanks = 0 if any(row) else blanks + 1
            lines = 0 if blanks > _BLANK_RUN else 1
            for column, text in enumerate(row):
                # Letters are no wider than their size, so that short texts need no sum.
                if text and (len(text) * SIZE_PT > self._widths[column] or "\n" in text):
                    lines = max(lines, len(wrapped(text, self._room(index, column) - 2 * PAD_PT, SIZE_PT)))
            heights.append(lines * LINE_PT + 2 * PAD_PT if lines else 0.0)
        return heights


def _starts(parts: Sequence[range], sizes: Sequence[float], start: float) -> dict[int, float]:
    """Return where each stretch of its part begins."""
    found: dict[int, float] = {}
    for part in parts:
        found.update(zip(part, accumulate((sizes[each] for each in part), initial=start), strict=False))
    return found


def _some(rows: Sequence[Sequence[str]]) -> tuple[list[Sequence[str]], bool]:
    """Return as many rows as are put on pages at all, and whether there are more."""
    last = max((index for index, row in enumerate(rows) if any(row)), default=-1)
    found: list[Sequence[str]] = []
    cells = 0
    for row in rows[: last + 1]:
        cells += sum(map(bool, row))
        if cells > _MOST_CELLS:
            return found, True
        wide = max((column for column, text in enumerate(row) if text), default=-1)
        found.append(row[: wide + 1])
    return found, False


def _merged(areas: Sequence[Area], count: int) -> dict[tuple[int, int], Area]:
    """Return the area of each merged cell; areas of thousands of cells are none that a form has."""
    found: dict[tuple[int, int], Area] = {}
    for area in areas:
        rows, columns = area.last_row - area.first_row + 1, area.last_column - area.first_column + 1
        if area.first_row < count and rows * columns <= 2000 and len(found) < _MOST_CELLS:
            last = min(area.last_row, count - 1)
            across = range(area.first_column, area.last_column + 1)
            found |= {(row, column): area for row in range(area.first_row, last + 1) for column in across}
    return found


def _parts(sizes: Sequence[float], room: float) -> list[range]:
    """Return stretches of sizes that fit into the room, each as long as can be."""
    parts: list[range] = []
    first, used = 0, 0.0
    for index, size in enumerate(sizes):
        if index > first and used + size > room:
            parts.append(range(first, index))
            first, used = index, 0.0
        used += size
    return [*parts, range(first, len(sizes))] if sizes else []
