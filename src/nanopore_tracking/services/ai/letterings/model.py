"""Puts recognised letters together into words, and tells the marks beside options from letters that look like them.

The recogniser says about where each letter stands; where a word begins and ends is seen in the ink.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nanopore_tracking.services.ai.inks.model import Depths, Found, apart
from nanopore_tracking.services.ai.measures.model import (
    ASCENT,
    DESCENT,
    OF_DARKEST,
    PALEST,
    Columns,
    Letter,
    Line,
    measured,
    sized,
)
from nanopore_tracking.services.ai.readings.model import Box
from nanopore_tracking.services.ai.scans.model import Drawing, Seen

#: A gap wider than this share of the size divides words, whether the recogniser saw a space or not; one after a colon
#: or behind a mark sooner.
_GAP, _AFTER_COLON, _BEHIND_MARK, _BEFORE_MARK = 0.55, 0.2, 0.25, 1.2
#: Words of a line are further apart than this share of the size.
_SPACE = 0.22
#: The recogniser says where a letter is to this share of the size.
_UNSURE = 0.12
#: Beside its ink a letter has so much paper of its own, of the size.
_BEARING = 0.06
#: What a box, a circle or a dot beside an option is taken for.
_SIGNS = frozenset("OoQ0DUCcGn口囗回区□☐○◯〇日目田図凶■●•·.。*-☑☒√✓✔✗✘XxVvY✕×☆®©@▢[]()")
#: Letters of which a part may look like a ring or is one, and which are no marks.
_RINGED = frozenset("abdegpqsBRS235689&%$")
#: What is less sure where a mark is was rather seen in the mark; a stroke sticks out of a mark by so much of the size.
_LIKELY, _STROKE, _BLUR = 0.7, 0.5, 0.12
#: Signs of East Asian print that stand for ours.
_OURS = {0x3002: ".", 0x3001: ",", 0x30FB: "·", 0x2019: "'", 0x2236: ":", 0x3000: " "} | {
    code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)
}


@dataclass
class Written:
    """Words and marks of a page, in points."""

    words: list[Seen] = field(default_factory=list)
    marks: list[Drawing] = field(default_factory=list)


def unread(lines: Sequence[Line], found: Found) -> list[Box]:
    """Return boxes around ink of the size of letters that is in no line: single digits are often not found."""
    sizes = sorted(line.size for line in sized([measured(line, found.darker) for line in lines]))
    if not sizes:
        return []
    taken = [*(line.box for line in lines), *(mark.box for mark in found.marks)]
    return apart(found.darker, taken, sizes[len(sizes) // 2])


def words_of(lines: Sequence[Line], found: Found, *, dots: float) -> Written:
    """Return the words of a page and the marks that are none of their letters. dots: pixels for a point."""
    written = Written()
    rest = list(found.marks)
    for line in sized([measured(line, found.darker) for line in lines]):
        own = _Inked(line, found.darker)
        near = [mark for mark in rest if _touches(mark.box, line.box)]
        marks = own.marks(near)
        for mark in near:
            if mark not in marks:
                rest.remove(mark)
        written.words += own.words(marks, dots=dots)
    written.marks = [replace_box(mark, _points(mark.box, dots)) for mark in rest]
    return written


def replace_box(mark: Drawing, box: Box) -> Drawing:
    """Return a mark at another place."""
    return Drawing(box, "ink" if mark.kind == "ink" else "outline", mark.on, mark.clear)


def _touches(mark: Box, line: Box) -> bool:
    x, y = (mark[0] + mark[2]) / 2, (mark[1] + mark[3]) / 2
    return line[0] - 1 <= x <= line[2] + 1 and line[1] <= y <= line[3]


def _points(box: Box, dots: float) -> Box:
    left, top, right, bottom = (round(each / dots, 2) for each in box)
    return left, top, right, bottom


class _Inked:
    """A line with the ink that it consists of."""

    def __init__(self, line: Line, darker: Depths) -> None:
        self._line = line
        left, top, right, bottom = line.box
        trim = (bottom - top) * 0.14
        self._left = max(0, round(left))
        rows = slice(max(0, round(top + trim)), max(1, round(bottom - trim)))
        band = darker[rows, self._left : max(self._left + 1, round(right))]
        # Pale letters are told from their paper by less than black ones.
        least = max(PALEST, OF_DARKEST * float(np.percentile(band, 97))) if band.size else 0.0
        self._inked = band.max(axis=0) > least if band.size else np.zeros(1, dtype=bool)

    def marks(self, near: Sequence[Drawing]) -> list[Drawing]:
        """Return the drawings that are marks: nothing stands in them but what looks like one, and apart from words."""
        return [mark for mark in near if self._is_mark(mark)]

    def _is_mark(self, mark: Drawing) -> bool:
        line, box = self._line, mark.box
        inside = [letter for letter in line.letters if box[0] <= letter.at <= box[2]]
        text = [letter for letter in inside if self._of_text(letter)]
        # Hardly any letter is a ring or has four straight sides: others that are there were put too far left.
        if (mark.kind == "ink" and text) or any(letter.sign in _RINGED for letter in text):
            return False
        if len(inside) - len(text) == len(line.letters):
            return False
        wide, tall = box[2] - box[0], box[3] - box[1]
        if mark.kind == "box" and not any(letter.sign.isascii() and letter.sign.isalnum() for letter in inside):
            return True
        if mark.kind == "circle" and not 0.85 <= wide / tall <= 1.18:
            return False
        behind, before = self._paper_from(box[2], 1, marked=mark.on), self._paper_from(box[0], -1)
        least = _BEHIND_MARK if mark.kind == "box" and not text else _BEFORE_MARK
        return behind >= _BEHIND_MARK * line.size and before >= least * line.size

    @staticmethod
    def _of_text(letter: Letter) -> bool:
        """Tell whether a letter where a mark is stands for something else than the mark."""
        return letter.sign not in _SIGNS and letter.sure >= _LIKELY

    def _paper_from(self, x: float, step: int, *, marked: bool = False) -> float:
        """Return how much paper there is from a place on: without end where no ink follows to the left.

        The blurred edge of the mark is left out; marked: so is a stroke that sticks out of it.
        """
        at = round(x) - self._left + 2 * step
        for _ in range(round((_STROKE if marked else _BLUR) * self._line.size)):
            if 0 <= at < len(self._inked) and self._inked[at]:
                at += step
        count = 0
        while 0 <= at < len(self._inked):
            if self._inked[at]:
                return float(count)
            count, at = count + 1, at + step
        return math.inf if step < 0 else float(count)

    def words(self, marks: Sequence[Drawing], *, dots: float) -> list[Seen]:
        """Return the words of the line, without what marks were taken for."""
        line, free = self._line, self._inked.copy()
        blur = 1 + round(_BLUR * line.size)
        for mark in marks:
            first, last = round(mark.box[0]) - self._left - blur, round(mark.box[2]) - self._left + blur
            free[max(0, first) : max(0, last + 1)] = False
        kept = self._kept(marks, free)
        groups: list[list[Letter]] = []
        ends: list[tuple[float, float]] = []
        before: Letter | None = None
        start = line.box[0]
        for index, letter in kept:
            if before is None:
                groups.append([letter])
            else:
                colon = before.sign in ":：/" or letter.sign == "/"
                more = _UNSURE * line.size if colon else 0.0
                gap = _widest(free, before.at - self._left - more, letter.at - self._left + more)
                wide = gap[1] - gap[0]
                parted = any(before.at < mark.box[0] < letter.at for mark in marks)
                colon = colon and wide > _AFTER_COLON * line.size
                if index in line.spaced or parted or colon or wide > _GAP * line.size:
                    ends.append((start, self._left + gap[0]))
                    start = self._left + gap[1]
                    groups.append([letter])
                else:
                    groups[-1].append(letter)
            before = letter
        if groups:
            ends.append((start, line.box[2]))
        words = [self._word(letters, end, free, dots=dots) for letters, end in zip(groups, ends, strict=True)]
        return _apart(words)

    def _kept(self, marks: Sequence[Drawing], free: Columns) -> list[tuple[int, Letter]]:
        """Return the letters that are no marks, with their numbers; those put where a mark is stand right of it."""
        kept: list[tuple[int, Letter]] = []
        for index, letter in enumerate(self._line.letters):
            mark = next((mark for mark in marks if mark.box[0] <= letter.at <= mark.box[2]), None)
            if mark is None:
                kept.append((index, letter))
            elif self._of_text(letter):
                ink = np.flatnonzero(free[max(0, round(mark.box[2]) - self._left) :])
                kept.append((index, replace(letter, at=mark.box[2] + (float(ink[0]) if ink.size else 0.0))))
        return kept

    def _word(
        self,
        letters: list[Letter],
        ends: tuple[float, float],
        free: Columns,
        *,
        dots: float,
    ) -> Seen:
        line = self._line
        first, last = max(0, round(ends[0]) - self._left), min(len(free), round(ends[1]) - self._left + 1)
        there = np.flatnonzero(free[first:last])
        left = self._left + first + (int(there[0]) if there.size else 0)
        right = self._left + first + (int(there[-1]) + 1 if there.size else max(1, last - first))
        text = "".join(letter.sign for letter in letters).translate(_OURS)
        own = _BEARING * line.size
        top, bottom = line.base - ASCENT * line.size, line.base + DESCENT * line.size
        box = _points((left - own, top, right + own, bottom), dots)
        sure = min(letter.sure for letter in letters)
        return Seen(text, box, round(line.size / dots, 2), round(sure, 3))


def _apart(words: list[Seen]) -> list[Seen]:
    """Return words with a gap between each two: where a space was recognised there is one."""
    found = words[:1]
    for word in words[1:]:
        before = found[-1]
        lacking = (_SPACE * word.size_pt - (word.box[0] - before.box[2])) / 2
        if lacking > 0:
            found[-1] = Seen(before.text, _cut(before.box, right=lacking), before.size_pt, before.sure)
            found.append(Seen(word.text, _cut(word.box, left=lacking), word.size_pt, word.sure))
        else:
            found.append(word)
    return found


def _cut(box: Box, *, left: float = 0.0, right: float = 0.0) -> Box:
    return round(box[0] + left, 2), box[1], round(max(box[2] - right, box[0] + left + 0.1), 2), box[3]


def _widest(inked: Columns, start: float, end: float) -> tuple[float, float]:
    """Return the widest stretch of paper between the middles of two letters; one of no width where there is none."""
    best = (round((start + end) / 2),) * 2
    begun: int | None = None
    for at in range(max(0, round(start)), min(len(inked), round(end) + 1) + 1):
        white = at < min(len(inked), round(end) + 1) and not inked[at]
        if white and begun is None:
            begun = at
        elif not white and begun is not None:
            if at - begun > best[1] - best[0]:
                best = (begun, at)
            begun = None
    return float(best[0]), float(best[1])
