"""Pages as a reader sees them, whatever file they come from: segments of text with their looks, and what is drawn.

A segment is what stands together: words of one look with no more than a space between them. All places are in points
from the top left corner of the page in the direction in which it is read; `Sheet.shown` turns them into the page's own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from nanopore_tracking.services.ai.readings.model import Box

#: A gap wider than this share of the height of the letters divides two segments.
_GAP = 0.62
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
    """One page; hidden: texts that nobody sees; turned: quarter turns of its text.

    across, down: thin lines as boxes, from left to right.
    """

    number: int
    width_pt: float
    height_pt: float
    segments: list[Segment] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    across: list[Box] = field(default_factory=list)
    down: list[Box] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    turned: int = 0
    paged: bool = True

    def shown(self, box: Box) -> Box:
        """Return a place on the page as it is shown, from one in the direction in which it is read."""
        x0, y0, x1, y1 = box
        turned: Box = box
        if self.turned == 1:
            turned = (self.width_pt - y1, x0, self.width_pt - y0, x1)
        elif self.turned == 2:
            turned = (self.width_pt - x1, self.height_pt - y1, self.width_pt - x0, self.height_pt - y0)
        elif self.turned == 3:
            turned = (y0, self.height_pt - x1, y1, self.height_pt - x0)
        left, top, right, bottom = (round(each, 2) for each in turned)
        return left, top, right, bottom

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


def segments_of(line: list[Word], sheet: Sheet) -> list[Segment]:
    """Return the words of one line as segments."""
    parts: list[list[Word]] = []
    for word in line:
        if parts and _together(parts[-1][-1], word, sheet):
            parts[-1].append(word)
        else:
            parts.append([word])
    return [segment(part, sheet.number) for part in parts]


def segment(words: list[Word], sheet: int) -> Segment:
    """Return words as one segment, with the look of the longest."""
    look = max(words, key=lambda each: len(each.text)).look
    return Segment(
        _joined(words), union(each.box for each in words), look, words, sheet=sheet, entered=words[0].entered
    )


def _joined(words: list[Word]) -> str:
    text = words[0].text
    for before, word in pairwise(words):
        tall = max(word.look.size, before.look.size)
        text += word.text if word.box[0] - before.box[2] < 0.1 * tall else f" {word.text}"
    return text


def _together(before: Word, word: Word, sheet: Sheet) -> bool:
    gap = word.box[0] - before.box[2]
    if before.entered or word.entered or gap > _GAP * max(before.look.size, word.look.size) + 0.5:
        return False
    if gap > 0.1 * word.look.size and (_differ(before.look, word.look) or before.text.endswith((":", ":*"))):
        return False
    return not divided(before, word, sheet)


def _differ(one: Look, other: Look) -> bool:
    return one.bold != other.bold or one.colour != other.colour


def divided(before: Word, word: Word, sheet: Sheet) -> bool:
    """Tell whether a rule stands between two words of a line."""
    middle = (word.box[1] + word.box[3]) / 2
    left, right = (before.box[0] + before.box[2]) / 2, (word.box[0] + word.box[2]) / 2
    first = bisect_right(sheet.down, (left,))
    for rule in sheet.down[first:]:
        if rule[0] >= right:
            return False
        if rule[1] - 1 <= middle <= rule[3] + 1:
            return True
    return False


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
