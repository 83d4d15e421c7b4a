"""Lines of recognised letters, and how large these are and what they stand on, as their ink says."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nanopore_tracking.services.ai.inks.model import Depths
from nanopore_tracking.services.ai.readings.model import Box

Columns = NDArray[np.bool_]

#: How tall the box of a line is as a multiple of the size of its letters, where their ink does not say it better.
_LINE = 1.6
#: How far letters reach above and below the line that they stand on, of their size; small ones, tall ones, those with
#: something below; and how far a font says that it reaches.
_SMALL, _HIGH, _DEEP = 0.53, 0.72, 0.21
ASCENT, DESCENT = 0.93, 0.22
_BELOW = frozenset("gjpqy()[]{}|@µμç_")
#: These reach as far as their font likes.
_UNEVEN = frozenset("QJ,;/\\$&§\"'*^°~-")
_LOW = frozenset("acemnorsuvwxz.,:;-~=+*gpqy_µμ")
#: Sizes that differ by less than this are one.
_SAME_SIZE = 0.15
#: How much darker than its paper a letter is, at least, and of what is darkest in its line.
PALEST, OF_DARKEST = 16.0, 0.3
#: A blurred edge is where it is half as dark.
_EDGE = 0.5


@dataclass(frozen=True)
class Letter:
    """A letter with its middle from left to right in pixels, and how sure the recogniser is of it."""

    sign: str
    at: float
    sure: float


@dataclass(frozen=True)
class Line:
    """Letters that stand in a line, its box in pixels; spaced: the letters before which a space was recognised.

    size: of its letters, base: what they stand on, both in pixels and None until they were measured.
    """

    box: Box
    letters: list[Letter]
    spaced: frozenset[int] = frozenset()
    size: float = 0.0
    base: float = 0.0


def measured(line: Line, darker: Depths) -> Line:
    """Return a line with the size of its letters and what they stand on, by how far their ink reaches."""
    left, top, right, bottom = (max(0, round(each)) for each in line.box)
    band = darker[top : max(top + 1, bottom), left : max(left + 1, right)]
    guess = (line.box[3] - line.box[1]) / _LINE
    signs = {letter.sign for letter in line.letters} - _UNEVEN
    if signs:
        band = band.copy()
        for letter in line.letters:
            if letter.sign in _UNEVEN:
                at, half = round(letter.at) - left, max(1, round(guess * 0.35))
                band[:, max(0, at - half) : at + half + 1] = 0
    below = _DEEP if signs & _BELOW else 0.0
    above = _SMALL if signs <= _LOW else _HIGH
    least = max(PALEST, _EDGE * float(np.percentile(band, 97)))
    first, last = _reach((band > least).sum(axis=1) >= 2)
    size = (last - first) / (above + below)
    if not 0.65 * guess <= size <= 1.5 * guess:
        return replace(line, size=guess, base=(line.box[1] + line.box[3]) / 2 + (ASCENT - DESCENT) / 2 * guess)
    return replace(line, size=size, base=top + last - below * size)


def _reach(rows: Columns) -> tuple[int, int]:
    """Return from which row to which there is ink around the middle; what is apart from that is of another line."""
    apart = max(2, len(rows) // 10)
    parts: list[list[int]] = []
    for row in np.flatnonzero(rows).tolist():
        if parts and row - parts[-1][1] <= apart:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    if not parts:
        return 0, 0
    middle = len(rows) / 2
    first, last = min(parts, key=lambda part: max(0.0, part[0] - middle, middle - part[1]))
    return first, last + 1


def sized(lines: list[Line]) -> list[Line]:
    """Return lines in which nearly equal sizes are equal, as they were before somebody scanned them."""
    rest = sorted({line.size for line in lines}, reverse=True)
    usual: dict[float, float] = {}
    while rest:
        weights = {size: sum(abs(line.size - size) <= _SAME_SIZE * size for line in lines) for size in rest}
        middle = max(rest, key=lambda size: weights[size])
        near = [size for size in rest if abs(size - middle) <= _SAME_SIZE * middle]
        usual |= dict.fromkeys(near, middle)
        rest = [size for size in rest if size not in near]
    return [replace(line, size=usual[line.size]) for line in lines]
