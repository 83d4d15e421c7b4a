"""Pages as a reader sees them, whatever file they come from: segments of text with their looks, and what is drawn.

A segment is what stands together: words of one look with no more than a space between them. All places are in points
from the top left corner of the page in the direction in which it is read; `Sheet.shown` turns them into the page's own.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from nanopore_tracking.services.ai.leaves.model import Printed
from nanopore_tracking.services.ai.readings.model import Box

#: What ends a line in the middle of a word; it stays, and no space belongs behind it.
BROKEN = re.compile(r"\w[-_/]$")
#: Words whose middles are closer than this share of the lower one's height stand in one line.
_SAME_LINE = 0.45


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks: two segments of one look have the same role on most forms."""

    font: str = ""
    bold: bool = False
    size: float = 10.0
    colour: tuple[int, int, int] = (0, 0, 0)


@dataclass(slots=True)
class Word:
    """Letters without a space between them; entered: typed into a field of the form."""

    text: str
    box: Box
    look: Look
    entered: bool = False


@dataclass(slots=True)
class Segment:
    """Words that stand together. place: where it stands in a file that has no pages, such as `B4`."""

    text: str
    box: Box
    look: Look
    words: list[Word]
    sheet: int = 1
    entered: bool = False
    name: str = ""
    place: str = ""
    cell: tuple[int, int] | None = None

    @property
    def middle(self) -> float:
        """Return the height at which it stands."""
        return (self.box[1] + self.box[3]) / 2

    @property
    def height(self) -> float:
        """Return how tall it is."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class Mark:
    """A drawing or a field that may mark an option. kind: an empty outline, something dark, or a field of the form."""

    box: Box
    kind: str
    on: bool = False
    name: str = ""


@dataclass(kw_only=True)
class Sheet:
    """One page; name: of the sheet of a workbook; hidden: texts that nobody sees; turned: quarter turns of its text.

    across, down: thin lines as boxes, from left to right; scanned: only its picture is there, which lay askew by so
    many degrees clockwise; paged: it is a page of its file; printed: the pages that were made for it where it is none.
    """

    number: int
    width_pt: float
    height_pt: float
    name: str = ""
    segments: list[Segment] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    across: list[Box] = field(default_factory=list)
    down: list[Box] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    turned: int = 0
    paged: bool = True
    printed: Printed | None = None
    scanned: bool = False
    skew: float = 0.0

    def spot(self, box: Box) -> tuple[int, Box] | tuple[None, None]:
        """Return the page and the place on it, as it is shown, of a place in the direction in which it is read."""
        if self.paged:
            return self.number, self.shown(box)
        return (self.printed.at(box) if self.printed is not None else None) or (None, None)

    def shown(self, box: Box) -> Box:
        """Return a place on the page as it is shown, from one in the direction in which it is read."""
        x0, y0, x1, y1 = box = self._askew(box) if self.skew else box
        turned: Box = box
        if self.turned == 1:
            turned = (self.width_pt - y1, x0, self.width_pt - y0, x1)
        elif self.turned == 2:
            turned = (self.width_pt - x1, self.height_pt - y1, self.width_pt - x0, self.height_pt - y0)
        elif self.turned == 3:
            turned = (y0, self.height_pt - x1, y1, self.height_pt - x0)
        left, top, right, bottom = (round(each, 2) for each in turned)
        return left, top, right, bottom

    def _askew(self, box: Box) -> Box:
        """Return a box of the same size where its middle is on a page that lies askew."""
        wide, tall = (self.width_pt, self.height_pt) if self.turned % 2 == 0 else (self.height_pt, self.width_pt)
        sine, cosine = math.sin(math.radians(self.skew)), math.cos(math.radians(self.skew))
        x, y = (box[0] + box[2] - wide) / 2, (box[1] + box[3] - tall) / 2
        across, down = x * cosine - y * sine + wide / 2, x * sine + y * cosine + tall / 2
        half, high = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
        return across - half, down - high, across + half, down + high

    def upright(self, box: Box) -> Box:
        """Return a place in the direction in which the page is read, from one on the page as it is shown."""
        x0, y0, x1, y1 = box
        if self.turned == 1:
            return y0, self.width_pt - x1, y1, self.width_pt - x0
        if self.turned == 2:
            return self.width_pt - x1, self.height_pt - y1, self.width_pt - x0, self.height_pt - y0
        if self.turned == 3:
            return self.height_pt - y1, x0, self.height_pt - y0, x1
        return box


@dataclass(kw_only=True)
class Layout:
    """All pages of a file, and what a person must be told about it."""

    sheets: list[Sheet]
    warnings: list[str] = field(default_factory=list)


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of them."""
    many = list(boxes)
    return min(b[0] for b in many), min(b[1] for b in many), max(b[2] for b in many), max(b[3] for b in many)


def lines_of(words: list[Word]) -> list[list[Word]]:
    """Return words as lines from top to bottom, each from left to right."""
    lines: list[tuple[float, float, list[Word]]] = []
    for word in sorted(words, key=lambda each: (each.box[1] + each.box[3], each.box[0])):
        middle, height = (word.box[1] + word.box[3]) / 2, word.box[3] - word.box[1]
        if lines:
            at, tall, line = lines[-1]
            if abs(middle - at) <= _SAME_LINE * min(tall, height) or _inside(word.box, line, middle):
                line.append(word)
                continue
        lines.append((middle, height, [word]))
    return [sorted(line, key=lambda each: each.box[0]) for _, _, line in lines]


def _inside(box: Box, line: list[Word], middle: float) -> bool:
    """Tell whether a small word, such as an index, stands directly beside a taller one of the line."""
    last = max(line, key=lambda each: each.box[2])
    lower = last.box[3] - last.box[1]
    small = box[3] - box[1] < 0.85 * lower
    return small and last.box[1] <= middle <= last.box[3] and -1 <= box[0] - last.box[2] < 0.25 * lower


def one_text(line: Sequence[Segment]) -> bool:
    """Tell whether what stands in a line is one text, even if it looks different in parts."""
    return all(right.box[0] - left.box[2] < right.height for left, right in pairwise(line))


def overlap(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return how far two stretches overlap; less than nothing is the gap between them."""
    return min(first[1], second[1]) - max(first[0], second[0])


class Near:
    """Finds what stands beside and below a segment, without looking at all of them."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self._by_top = sorted(segments, key=lambda each: each.box[1])
        self._tops = [each.box[1] for each in self._by_top]
        self.tallest = max((each.height for each in self._by_top), default=0.0)
        self._levels: dict[int, list[Segment]] = {}

    def within(self, top: float, bottom: float) -> list[Segment]:
        """Return the segments whose upper edge is in a stretch of the page."""
        return self._by_top[bisect_left(self._tops, top) : bisect_right(self._tops, bottom)]

    def level(self, own: Segment) -> list[Segment]:
        """Return the segments beside one, from left to right."""
        found = self._levels.get(id(own))
        if found is None:
            near = self.within(own.box[1] - self.tallest, own.box[3])
            found = [each for each in near if each is not own and each.box[3] > own.box[1]]
            found.sort(key=lambda each: each.box[0])
            self._levels[id(own)] = found
        return found


def rows_of(segments: list[Segment]) -> list[list[Segment]]:
    """Return segments as lines from top to bottom, each from left to right."""
    rows: list[list[Segment]] = []
    for each in sorted(segments, key=lambda one: (one.middle, one.box[0])):
        if rows:
            first = rows[-1][0]
            if abs(each.middle - first.middle) <= _SAME_LINE * min(each.height, first.height):
                rows[-1].append(each)
                continue
        rows.append([each])
    return [sorted(row, key=lambda one: one.box[0]) for row in rows]
