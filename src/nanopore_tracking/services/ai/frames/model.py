"""Finds the cell or box that a text stands in: the nearest rules left and right of it, above and below."""

from collections.abc import Sequence

from nanopore_tracking.services.ai.layouts.model import Segment, Sheet
from nanopore_tracking.services.ai.readings.model import Box

#: What is taller is no cell but a border around a part of the page.
_TALLEST_PT = 260.0
#: Rules of neighbouring cells are drawn so far from each other at most.
_NEAR_PT = 1.5
_SAME_PT = 4.0


class Frames:
    """The frames of one page; those of the segments in it are looked up once."""

    def __init__(self, sheet: Sheet) -> None:
        self._across = sheet.across if sheet.paged else []
        self._down = sheet.down if sheet.paged else []
        self._found: dict[int, Box | None] = {}

    def of(self, segment: Segment) -> Box | None:
        """Return the frame around a segment, None where a side is open."""
        if not self._down or not self._across:
            return None
        if id(segment) not in self._found:
            self._found[id(segment)] = self._around(segment.box)
        return self._found[id(segment)]

    def _around(self, box: Box) -> Box | None:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        level = [(rule[0] + rule[2]) / 2 for rule in self._down if rule[1] - _NEAR_PT <= y <= rule[3] + _NEAR_PT]
        left = max((at for at in level if at <= box[0] + _SAME_PT and at < x), default=None)
        right = min((at for at in level if at >= box[2] - _SAME_PT and at > x), default=None)
        over = [(rule[1] + rule[3]) / 2 for rule in self._across if rule[0] - _NEAR_PT <= x <= rule[2] + _NEAR_PT]
        top = max((at for at in over if at < y), default=None)
        bottom = min((at for at in over if at > y), default=None)
        if left is None or right is None or top is None or bottom is None or bottom - top > _TALLEST_PT:
            return None
        return left, top, right, bottom

    def beside(self, one: Box, segment: Segment) -> bool:
        """Tell whether a segment stands in the cell to the right of a frame."""
        other = self.of(segment)
        if other is None:
            return segment.box[0] >= one[2] - 1
        return abs(other[0] - one[2]) <= _SAME_PT and other[1] < one[3] - 1 and other[3] > one[1] + 1

    def inside(self, frame: Box, segments: Sequence[Segment]) -> list[Segment]:
        """Return the segments in a frame as they are read."""
        found = [each for each in segments if same(self.of(each), frame)]
        return sorted(found, key=lambda each: (round(each.middle / 4), each.box[0]))


def same(one: Box | None, other: Box | None) -> bool:
    """Tell whether two frames are one; there are none that are the same nothing."""
    return one is not None and other is not None and all(abs(a - b) < 2 for a, b in zip(one, other, strict=True))
