"""Finds rules and the marks beside options in the pixels of a page that was set straight."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nanopore_tracking.services.ai.readings.model import Box
from nanopore_tracking.services.ai.scans.model import Drawing

Pixels = NDArray[np.uint8]
Depths = NDArray[np.int16]

#: A rule is at least so long and at most so thick.
_LONG_PT, _TALL_PT, _THICK_PT = 30.0, 15.0, 3.0
#: The side of a field is shorter, and ends on rules across; the stem of a letter does not.
_SIDE_PT, _NEAR_PT = 9.0, 1.8
#: The side of a box or the width of a circle, and of a dot alone.
_MARK_PT, _DOT_PT = (4.5, 16.5), (1.6, 8.0)
#: A tick made by hand sticks out of its box, which is at least so large, by no more than so much.
_BODY_PT, _OUT_PT = 6.5, 8.0
#: How much darker than its surroundings something is that can be seen, and that is ink.
_SEEN, _INK = 26, 80
#: Share of the inside that is ink: from one on it is marked, below the other it is not.
_EMPTY, _FULL = 0.05, 0.11
_ANGLES = 36
#: Dots no larger than this, no further apart than that, and at least so many in a row lead from a label to its value.
_LEADER_PT, _STEP_PT, _FEWEST_DOTS = 2.2, 7.0, 6


@dataclass(frozen=True)
class Found:
    """What a page draws, in pixels; darker: by how much each pixel is darker than the paper, rules left out."""

    across: list[Box]
    down: list[Box]
    marks: list[Drawing]
    darker: Depths


def find(grey: Pixels, dots: float) -> Found:
    """Return what is drawn on a page; dots: pixels for a point."""
    darker = _darker(grey, dots)
    seen = (darker > _SEEN).astype(np.uint8)
    across = _rules(seen, (max(3, round(_LONG_PT * dots)), 1), dots=dots)
    down = [
        box
        for box in _rules(seen, (1, max(3, round(_SIDE_PT * dots))), dots=dots)
        if box[3] - box[1] >= _TALL_PT * dots or _framed(box, across, near=_NEAR_PT * dots)
    ]
    marks = _marks(seen, (darker > _INK).astype(np.uint8), dots)
    for left, top, right, bottom in [*across, *down]:
        darker[round(top) : round(bottom) + 1, round(left) : round(right) + 1] = 0
    return Found(across, down, marks, darker)


def _darker(grey: Pixels, dots: float) -> Depths:
    """Return by how much each pixel is darker than the paper around it, noise smoothed away."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    small = cv2.resize(smooth, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    side = max(3, round(14 * dots / 4)) | 1
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), min(side, 31))
    wide = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return wide.astype(np.int16) - smooth.astype(np.int16)


def _rules(seen: Pixels, kernel: tuple[int, int], *, dots: float) -> list[Box]:
    """Return thin lines; a break of some pixels, as scans have them, does not end one."""
    wide, tall = kernel
    across = wide > tall
    bridged = cv2.dilate(seen, np.ones((3, 1) if across else (1, 3), np.uint8))
    if not across:  # Letters stand closer beside each other than below each other, and must not become a rule.
        bridged = cv2.morphologyEx(bridged, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8))
    lines = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((tall, wide), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    found: list[Box] = []
    for left, top, width, height, area in stats[1:].tolist():
        long = width if across else height
        thick = area / max(long, 1)
        box = (float(left), float(top), float(left + width), float(top + height))
        if thick <= _THICK_PT * dots + 2 and _alone(seen, (left, top, left + width, top + height), across=across):
            found.append(box)
    return found


def _framed(side: Box, across: Sequence[Box], *, near: float) -> bool:
    """Tell whether a line down ends on rules across, above and below."""
    return all(
        any(
            rule[0] - near <= side[0] <= rule[2] + near and abs((rule[1] + rule[3]) / 2 - end) <= near
            for rule in across
        )
        for end in (side[1], side[3])
    )


def _alone(seen: Pixels, box: tuple[int, int, int, int], *, across: bool) -> bool:
    """Tell a rule from the feet of letters that stand close: on one side of it at least there is mostly paper."""
    left, top, right, bottom = box
    if across:
        sides = (seen[max(0, top - 3) : max(1, top - 1), left:right], seen[bottom + 1 : bottom + 3, left:right])
    else:
        sides = (seen[top:bottom, max(0, left - 3) : max(1, left - 1)], seen[top:bottom, right + 1 : right + 3])
    return (
        min(float(side.mean()) if side.size else 0.0 for side in sides) < 0.2
        and sum(float(side.mean()) if side.size else 0.0 for side in sides) < 0.5
    )


def without_leaders(grey: Pixels, dots: float) -> Pixels:
    """Return a page without the rows of dots between labels and values, which would be recognised as full stops."""
    seen = (_darker(grey, dots) > _SEEN).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(seen, connectivity=8)
    most = _LEADER_PT * dots
    small = sorted(
        (top + height, left, width, height)
        for left, top, width, height, _ in stats[1:].tolist()
        if max(width, height) <= most
    )
    free = grey.copy()
    for run in _runs(small, dots):
        for bottom, left, width, height in run:
            free[bottom - height - 1 : bottom + 1, max(0, left - 1) : left + width + 1] = 255
    return free


def _runs(small: list[tuple[int, int, int, int]], dots: float) -> list[list[tuple[int, int, int, int]]]:
    """Return the rows of small dots of which each is near the one before it, at the same height."""
    runs: list[list[tuple[int, int, int, int]]] = []
    open_runs: list[list[tuple[int, int, int, int]]] = []
    for dot in sorted(small, key=lambda each: each[1]):
        bottom, left, _, _ = dot
        open_runs = [run for run in open_runs if left - run[-1][1] <= _STEP_PT * dots]
        near = [run for run in open_runs if abs(run[-1][0] - bottom) <= 0.6 * dots]
        if near:
            near[0].append(dot)
        else:
            open_runs.append([dot])
            runs.append(open_runs[-1])
    return [run for run in runs if len(run) >= _FEWEST_DOTS]


def apart(darker: Depths, taken: Sequence[Box], size: float) -> list[Box]:
    """Return boxes around ink as tall as letters of a size, outside of what was taken already."""
    ink = (darker > _INK).astype(np.uint8)
    for left, top, right, bottom in taken:
        ink[max(0, round(top) - 1) : round(bottom) + 2, max(0, round(left) - 1) : round(right) + 2] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    found: list[Box] = []
    for left, top, width, height, area in sorted(stats[1:].tolist()):
        if not 0.5 * size <= height <= 1.05 * size or not 0.08 * size <= width <= 1.2 * size or area < 0.12 * size**2:
            continue
        before = found[-1] if found else None
        if before and left - before[2] < 0.4 * size and min(before[3], top + height) - max(before[1], top) > 0.3 * size:
            found[-1] = (before[0], min(before[1], top), max(before[2], left + width), max(before[3], top + height))
        else:
            found.append((float(left), float(top), float(left + width), float(top + height)))
    rim = 0.35 * size
    return [(left - rim, top - rim, right + rim, bottom + rim) for left, top, right, bottom in found]


def _marks(seen: Pixels, ink: Pixels, dots: float) -> list[Drawing]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(seen, connectivity=8)
    found: list[Drawing] = []
    least, most, widest = (each * dots for each in (_DOT_PT[0], _MARK_PT[1], _MARK_PT[1] + _OUT_PT))
    for index, (left, top, width, height, area) in enumerate(stats[1:count].tolist(), 1):
        if min(width, height) < least or max(width, height) > widest:
            continue
        part = (labels[top : top + height, left : left + width] == index).astype(np.uint8)
        inside = ink[top : top + height, left : left + width]
        drawn = _outline(part, inside, (left, top), dots=dots)
        small = max(width, height) <= min(most, _DOT_PT[1] * dots) and 0.6 <= width / height <= 1.6
        if drawn is not None:
            found.append(drawn)
        elif small and area >= 0.62 * width * height and inside.mean() > 0.4:
            found.append(Drawing((float(left), float(top), float(left + width), float(top + height)), "ink", on=True))
    return found


def _outline(part: Pixels, ink: Pixels, at: tuple[int, int], *, dots: float) -> Drawing | None:
    """Return a box or circle, without what sticks out of it where somebody marked it by hand; at: its corner."""
    if max(part.shape) < _MARK_PT[0] * dots:
        return None
    for (left, top, right, bottom), least in ((_body(part), _BODY_PT), ((0, 0, *part.shape[::-1]), _MARK_PT[0])):
        if least * dots <= max(right - left, bottom - top) <= _MARK_PT[1] * dots:
            own = (slice(top, bottom), slice(left, right))
            box = (float(at[0] + left), float(at[1] + top), float(at[0] + right), float(at[1] + bottom))
            drawn = _drawing(part[own], ink[own], box, dots=dots)
            if drawn is not None:
                return drawn
    return None


def _body(part: Pixels) -> tuple[int, int, int, int]:
    """Return what is left of a shape once it is filled and its thin strokes are gone; nothing where all is thin."""
    ringed = np.pad(part, 1)
    contours, _ = cv2.findContours(ringed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(ringed), contours, -1, 1, cv2.FILLED)
    side = max(3, round(0.4 * min(part.shape)))
    left, top, wide, tall = cv2.boundingRect(cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)))
    return max(0, left - 1), max(0, top - 1), max(0, left + wide - 1), max(0, top + tall - 1)


def _drawing(part: Pixels, ink: Pixels, box: Box, *, dots: float) -> Drawing | None:
    """Return an outline of a box or circle, None for anything else. part: its own pixels, ink: all inside its box."""
    height, width = part.shape
    if not _MARK_PT[0] * dots <= max(width, height) or not 0.75 <= width / height <= 1.33:
        return None
    square = _squared(part)
    if not square and not _rounded(part):
        return None
    rim = max(1, round(0.24 * min(width, height)))
    core = ink[rim : height - rim, rim : width - rim]
    share = float(core.mean()) if core.size else 0.0
    return Drawing(box, "box" if square else "circle", on=share > _FULL, clear=not _EMPTY < share <= _FULL)


def _squared(part: Pixels) -> bool:
    """Tell whether all four sides of a shape are straight lines along its edges."""
    height, width = part.shape
    band = max(2, round(0.16 * min(width, height)))
    sides = (
        part[:band].max(axis=0),
        part[-band:].max(axis=0),
        part[:, :band].max(axis=1),
        part[:, -band:].max(axis=1),
    )
    corners = (part[:band, :band], part[:band, -band:], part[-band:, :band], part[-band:, -band:])
    return all(float(side.mean()) >= 0.92 for side in sides) and all(corner.mean() > 0.3 for corner in corners)


def _rounded(part: Pixels) -> bool:
    """Tell whether a shape has a closed ring."""
    height, width = part.shape
    angles = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    hit = np.zeros(_ANGLES, dtype=bool)
    for radius in (0.98, 0.9, 0.82, 0.74):
        xs = np.clip((width - 1) / 2 * (1 + radius * np.cos(angles)), 0, width - 1).round().astype(int)
        ys = np.clip((height - 1) / 2 * (1 + radius * np.sin(angles)), 0, height - 1).round().astype(int)
        hit |= part[ys, xs] > 0
    return bool(hit.mean() >= 0.94)
