"""Puts the paragraphs and tables of a document on pages, one below the other; pure.

A page shows what was read in its order, not what a word processor would print.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from nanopore_tracking.services.ai.advances.model import fitting, width_of, wrapped
from nanopore_tracking.services.ai.layouts.model import Segment, Word, overlap, union
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

#: A4 upright, wider where a table needs it.
_WIDE_PT, _TALL_PT, _WIDEST_PAGE_PT, _SHORTEST_PT = 595.0, 842.0, 2400.0, 200.0
_NARROWEST_PT, _WIDEST_PT = 26.0, 220.0
_SPACE_PT, _TAB_PT, _TAB_FROM_PT = 2.6, 36.0, 35.0
_BETWEEN_PT = 3.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its first column, how many it spans, and its text, None for a blank one."""

    column: int
    span: int
    said: Segment | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells."""

    rows: list[list[Cell]]


class _Full(Exception):
    """There are as many pages as there may be."""


class Flow:
    """A document on pages; they are made when they are first asked for."""

    def __init__(self) -> None:
        self._blocks: list[list[Word] | Table] = []

    def paragraph(self, words: list[Word]) -> None:
        """Add a paragraph by its words as they are laid out; one without words is a blank line."""
        self._blocks.append(words)

    def table(self, rows: list[list[Cell]]) -> None:
        """Add a table."""
        self._blocks.append(Table(rows))

    @cached_property
    def _set(self) -> "_Setter":
        setter = _Setter(self._blocks)
        setter.run()
        return setter

    @property
    def cut(self) -> bool:
        """Tell whether there is more than is on the pages."""
        return self._set.cut

    @property
    def sizes(self) -> list[tuple[int, float, float]]:
        """Return number, width and height of each page."""
        return [(each.number, each.width_pt, each.height_pt) for each in self._set.leaves]

    def drawn(self, number: int) -> Leaf | None:
        """Return a page with all that stands on it, None where there is no such page."""
        leaves = self._set.leaves
        return leaves[number - 1] if 1 <= number <= len(leaves) else None

    def at(self, box: Box) -> Spot | None:
        """Return where the words and cells of a place of the layout are, as far as they are on one page."""
        tops, lines = self._set.tops, self._set.lines
        found = []
        for top in tops[bisect_left(tops, box[1] - 0.5) : bisect_right(tops, box[3])]:
            line = lines[top]
            for own, page, place in line[bisect_left(line, box[0], key=lambda each: each[0][2]) :]:
                if own[0] > box[2]:
                    break
                if overlap((own[0], own[2]), (box[0], box[2])) > 0.5:
                    found.append((page, place))
        if not found:
            return None
        page = found[0][0]
        return page, rounded(union(place for own, place in found if own == page))


class _Setter:
    """Sets blocks on pages, one line after the other."""

    def __init__(self, blocks: Sequence[list[Word] | Table]) -> None:
        self._blocks = blocks
        self._widths = {id(each): _column_widths(each) for each in blocks if isinstance(each, Table)}
        widest = max((sum(each) for each in self._widths.values()), default=0.0)
        self._width_pt = min(max(_WIDE_PT, widest + 2 * MARGIN_PT), _WIDEST_PAGE_PT)
        self._right = self._width_pt - MARGIN_PT
        self._top = MARGIN_PT
        self.leaves: list[Leaf] = []
        #: Places of the layout from left to right, by their upper edges, with the page and the place there.
        self.lines: dict[float, list[tuple[Box, int, Box]]] = {}
        self.tops: list[float] = []
        self.cut = False

    def run(self) -> None:
        """Set everything, as far as there are pages for it."""
        try:
            self._turn()
            for block in self._blocks:
                if isinstance(block, Table):
                    self._table(block)
                else:
                    self._paragraph(block)
            # The last page is no longer than what stands on it.
            self.leaves[-1].height_pt = round(min(max(self._top + MARGIN_PT, _SHORTEST_PT), _TALL_PT), 2)
        except _Full:
            self.cut = True
        self.tops = sorted(self.lines)
        for line in self.lines.values():
            line.sort()

    def _keep(self, own: Box, page: int, place: Box) -> None:
        self.lines.setdefault(own[1], []).append((own, page, place))

    def _turn(self) -> None:
        if len(self.leaves) == MOST_PAGES:
            raise _Full
        number = len(self.leaves) + 1
        self.leaves.append(Leaf(number=number, width_pt=self._width_pt, height_pt=_TALL_PT))
        self._top = MARGIN_PT

    def _room(self, height_pt: float) -> None:
        if self._top + height_pt > _TALL_PT - MARGIN_PT:
            self._turn()

    def _paragraph(self, words: list[Word]) -> None:
        self._room(LINE_PT)
        left, before = MARGIN_PT, None
        for word in words:
            if before is not None and word.box[1] > before.box[1] + 0.5:
                self._down()
                left = MARGIN_PT
            elif before is not None:
                left = _behind(left, word.box[0] - before.box[2])
            left = self._word(word, left)
            before = word
        self._top += LINE_PT + _BETWEEN_PT

    def _down(self) -> None:
        self._top += LINE_PT
        self._room(LINE_PT)

    def _word(self, word: Word, left: float) -> float:
        """Set a word, over several lines where one is too short for it; return where it ends."""
        text, bold = word.text, word.look.bold
        places: list[tuple[int, Box]] = []
        if left > MARGIN_PT and left + width_of(text, SIZE_PT, bold=bold) > self._right:
            self._down()
            left = MARGIN_PT
        while text:
            cut = fitting(text, self._right - left, SIZE_PT, bold=bold)
            wide = width_of(text[:cut], SIZE_PT, bold=bold)
            box = rounded((left, self._top, left + wide, self._top + SIZE_PT))
            self.leaves[-1].pieces.append(Piece(text[:cut], box, bold=bold))
            places.append((len(self.leaves), box))
            text, left = text[cut:], left + wide
            if text:
                self._down()
                left = MARGIN_PT
        if places:
            page = places[0][0]
            self._keep(word.box, page, union(box for own, box in places if own == page))
        return left

    def _table(self, table: Table) -> None:
        widths = self._widths[id(table)]
        room = self._right - MARGIN_PT
        if sum(widths) > room:
            widths = [each * room / sum(widths) for each in widths]
        starts = list(accumulate(widths, initial=MARGIN_PT))
        for row in table.rows:
            self._row(row, starts)
        self._top += LINE_PT / 2

    def _row(self, row: list[Cell], starts: Sequence[float]) -> None:
        set_: list[tuple[Cell, float, float, list[str]]] = []
        for cell in row:
            left, right = starts[cell.column], starts[min(cell.column + cell.span, len(starts) - 1)]
            bold = cell.said is not None and cell.said.look.bold
            text = cell.said.text if cell.said is not None else ""
            set_.append((cell, left, right, wrapped(text, right - left - 2 * PAD_PT, SIZE_PT, bold=bold)))
        tall = max((len(lines) for _, _, _, lines in set_), default=1) * LINE_PT + 2 * PAD_PT
        self._room(tall)
        leaf = self.leaves[-1]
        for cell, left, right, lines in set_:
            place = rounded((left, self._top, right, self._top + tall))
            leaf.frames.append(place)
            if cell.said is not None:
                self._keep(cell.said.box, leaf.number, place)
                leaf.pieces += _pieces(lines, left + PAD_PT, self._top + PAD_PT, bold=cell.said.look.bold)
        self._top += tall


def _pieces(lines: Sequence[str], left: float, top: float, *, bold: bool) -> Iterator[Piece]:
    for index, line in enumerate(lines):
        upper = top + index * LINE_PT
        right = left + width_of(line, SIZE_PT, bold=bold)
        yield Piece(line, rounded((left, upper, right, upper + SIZE_PT)), bold=bold)


def _behind(left: float, gap: float) -> float:
    """Return where a word begins that stands so far behind another in the layout: close, by a space, or by a tab."""
    if gap >= _TAB_FROM_PT:
        return MARGIN_PT + (int((left - MARGIN_PT) / _TAB_PT) + 1) * _TAB_PT
    return left + (_SPACE_PT if gap > 0.5 else 0.0)


def _column_widths(table: Table) -> list[float]:
    count = max((cell.column + cell.span for row in table.rows for cell in row), default=0)
    widths = [_NARROWEST_PT] * count
    for row in table.rows:
        for cell in row:
            if cell.said is not None and cell.span == 1:
                wide = width_of(cell.said.text[:200], SIZE_PT, bold=cell.said.look.bold) + 2 * PAD_PT + 1
                widths[cell.column] = max(widths[cell.column], min(wide, _WIDEST_PT))
    total, room = sum(widths), _WIDE_PT - 2 * MARGIN_PT
    if total > room:
        widths = [max(each * room / total, _NARROWEST_PT) for each in widths]
    return widths
