"""Reads what a page draws, in order: thin rules, small marks beside options, and areas that may cover text."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2 import raw

from nanopore_tracking.services.ai.layouts.model import Mark, Sheet
from nanopore_tracking.services.ai.placements.model import IDENTITY, Matrix, Placement, matrix_of, moved, times
from nanopore_tracking.services.ai.readings.model import Box

Colour = tuple[int, int, int]

#: More than any form draws; the time that a page takes must end.
MOST_OBJECTS = 30_000
_DEEPEST = 6
#: A rule is thinner than this, a mark no larger and no smaller than that.
_THIN_PT = 2.2
_MARK_PT = (1.2, 17.0)
#: Parts of the path of a rectangle.
_RECTANGLE = (4, 5)
#: Of the path of a border with round corners.
_MOST_OF_BORDER = 60
#: From this darkness on a filling is ink, up to that one it is paper.
_INK, _PAPER = 110, 225
#: A page with fewer letters that can be seen is a scan where pictures cover so much of it, or where there are none and
#: so many drawings that they may be letters.
_FEWEST_LETTERS, _PICTURED, _OUTLINES = 40, 0.3, 60


@dataclass(frozen=True, slots=True)
class Area:
    """Something filled, with its turn in the order of drawing; colour: None for a picture."""

    turn: int
    box: Box
    colour: Colour | None


@dataclass(frozen=True, slots=True)
class _Placed:
    """An object with what says where it is shown."""

    thing: raw.FPDF_PAGEOBJECT
    matrix: Matrix
    placement: Placement


@dataclass
class Drawn:
    """All that a page draws besides text. turns: of each text object by its address; count: of all objects."""

    areas: list[Area] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    count: int = 0
    thin: list[Box] = field(default_factory=list)
    small: list[tuple[Box, str]] = field(default_factory=list)
    turns: dict[int, int] = field(default_factory=dict)
    cut: bool = False

    def rules(self, sheet: Sheet) -> tuple[list[Box], list[Box]]:
        """Return the thin lines that run across and down, in the direction of reading."""
        across, down = [], []
        for each in self.thin:
            box = sheet.upright(each)
            if box[2] - box[0] >= box[3] - box[1]:
                across.append(box)
            else:
                down.append(box)
        return sorted(across), sorted(down)

    def scanned(self, sheet: Sheet, letters: int) -> bool:
        """Tell whether a page is but a picture: it shows hardly any text, and a picture, or letters that are drawn."""
        if letters >= _FEWEST_LETTERS:
            return False
        area = sum(max(0.0, right - left) * max(0.0, bottom - top) for left, top, right, bottom in self.pictures)
        return area >= _PICTURED * sheet.width_pt * sheet.height_pt or (not letters and self.count >= _OUTLINES)

    def marks(self, sheet: Sheet) -> list[Mark]:
        """Return the outlines of boxes and circles, and the ink that may stand in them."""
        return [Mark(sheet.upright(box), kind, on=kind == "ink") for box, kind in self.small]


def read(page: pdfium.PdfPage, placement: Placement) -> Drawn:
    """Return what a page draws."""
    drawn = Drawn()
    for turn, (thing, matrix) in enumerate(_objects(page)):
        if turn >= MOST_OBJECTS:
            drawn.cut = True
            break
        drawn.count += 1
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            drawn.turns[ctypes.cast(thing, ctypes.c_void_p).value or 0] = turn
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            _path(drawn, turn, _Placed(thing, matrix, placement))
        elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
            box = _bounds(thing, matrix, placement)
            if box is not None and kind == raw.FPDF_PAGEOBJ_IMAGE:
                drawn.pictures.append(box)
            # A stamp or highlighter that text can be seen through neither covers it nor is its background.
            if box is not None and not raw.FPDFPageObj_HasTransparency(thing):
                drawn.areas.append(Area(turn, box, None))
    return drawn


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[raw.FPDF_PAGEOBJECT, Matrix]]:
    """Yield the objects of a page and of the forms inside it, each with the matrix of its surroundings."""
    stack: list[tuple[raw.FPDF_PAGEOBJECT, Matrix, int]] = []
    for index in range(raw.FPDFPage_CountObjects(page)):
        stack.append((raw.FPDFPage_GetObject(page, index), IDENTITY, 0))
        while stack:
            thing, matrix, depth = stack.pop()
            yield thing, matrix
            if depth < _DEEPEST and raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_FORM:
                inner = times(matrix_of(thing), matrix)
                count = min(raw.FPDFFormObj_CountObjects(thing), MOST_OBJECTS)
                parts = range(count - 1, -1, -1)
                stack += [(raw.FPDFFormObj_GetObject(thing, part), inner, depth + 1) for part in parts]


def _bounds(thing: raw.FPDF_PAGEOBJECT, matrix: Matrix, placement: Placement) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(thing, left, bottom, right, top):
        return None
    return placement.shown(moved(matrix, (left.value, bottom.value, right.value, top.value)))


def _path(drawn: Drawn, turn: int, placed: "_Placed") -> None:
    thing = placed.thing
    box = _bounds(thing, placed.matrix, placed.placement)
    if box is None:
        return
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(thing, filled, stroked)
    colour = _colour(thing, filling=True) if filled.value else None
    line = _colour(thing, filling=False) if stroked.value else None
    wide, tall = box[2] - box[0], box[3] - box[1]
    if min(wide, tall) <= _THIN_PT and max(wide, tall) > 4:
        if colour is not None or line is not None:
            drawn.thin.append(box)
        return
    if colour is not None and not raw.FPDFPageObj_HasTransparency(thing):
        drawn.areas.append(Area(turn, box, colour))
    if max(wide, tall) <= _MARK_PT[1] and min(wide, tall) >= _MARK_PT[0]:
        hollow = colour is not None and _is_hollow(placed)
        _small(drawn, box, colour, line=placed if line is not None else None, hollow=hollow)
    elif line is not None and raw.FPDFPath_CountSegments(thing) in _RECTANGLE:
        left, top, right, bottom = box
        drawn.thin += [(left, top, right, top), (left, bottom, right, bottom)]
        drawn.thin += [(left, top, left, bottom), (right, top, right, bottom)]
    elif line is not None:
        for start, end in _segments(placed):
            if abs(start[0] - end[0]) < 0.5 or abs(start[1] - end[1]) < 0.5:
                xs, ys = sorted((start[0], end[0])), sorted((start[1], end[1]))
                drawn.thin.append((xs[0], ys[0], xs[1], ys[1]))


def _small(drawn: Drawn, box: Box, colour: Colour | None, *, line: "_Placed | None", hollow: bool = False) -> None:
    """Note a small drawing: dark fillings and slanted strokes are ink, everything else is an outline."""
    strokes = _segments(line) if line is not None else []
    slanted = [one for one in strokes if abs(one[0][0] - one[1][0]) > 1 and abs(one[0][1] - one[1][1]) > 1]
    crossed = bool(slanted) and len(strokes) <= 4 and len(slanted) >= len(strokes) - 1
    if (colour is not None and _lightness(colour) <= _INK and not hollow) or (crossed and max(_extent(box)) > 3):
        drawn.small.append((box, "ink"))
    elif min(_extent(box)) >= 4:
        drawn.small.append((box, "outline"))


def _is_hollow(placed: "_Placed") -> bool:
    """Tell whether a filling is only a border: a shape with another inside it that leaves its middle free."""
    thing = placed.thing
    shapes: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(raw.FPDFPath_CountSegments(thing), _MOST_OF_BORDER)):
        part = raw.FPDFPath_GetPathSegment(thing, index)
        raw.FPDFPathSegment_GetPoint(part, x, y)
        if raw.FPDFPathSegment_GetType(part) == raw.FPDF_SEGMENT_MOVETO:
            shapes.append([])
        if shapes:
            shapes[-1].append((x.value, y.value))
    shapes = [each for each in shapes if len(each) > 2]
    if len(shapes) != 2:
        return False
    outer, inner = sorted((_around(each) for each in shapes), key=lambda one: one[0] - one[2])
    wide, tall = outer[2] - outer[0], outer[3] - outer[1]
    within = outer[0] < inner[0] and outer[1] < inner[1] and inner[2] < outer[2] and inner[3] < outer[3]
    return within and inner[2] - inner[0] > 0.5 * wide and inner[3] - inner[1] > 0.5 * tall


def _around(points: list[tuple[float, float]]) -> Box:
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def _extent(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _segments(placed: "_Placed") -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the straight lines of a path, as they are shown; curves are left out."""
    thing, placement = placed.thing, placed.placement
    own = times(matrix_of(thing), placed.matrix)
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = []
    start = at = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(raw.FPDFPath_CountSegments(thing), MOST_OBJECTS)):
        part = raw.FPDFPath_GetPathSegment(thing, index)
        raw.FPDFPathSegment_GetPoint(part, x, y)
        left, top, _, _ = placement.shown(moved(own, (x.value, y.value, x.value, y.value)))
        kind = raw.FPDFPathSegment_GetType(part)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = (left, top)
        elif kind == raw.FPDF_SEGMENT_LINETO:
            lines.append((at, (left, top)))
        at = (left, top)
        if raw.FPDFPathSegment_GetClose(part) and at != start:
            lines.append((at, start))
            at = start
    return lines


def _colour(thing: raw.FPDF_PAGEOBJECT, *, filling: bool) -> Colour | None:
    """Return the colour of a filling or a line, None where it can be seen through."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    ask = raw.FPDFPageObj_GetFillColor if filling else raw.FPDFPageObj_GetStrokeColor
    if not ask(thing, red, green, blue, alpha):
        return (0, 0, 0)
    return (red.value, green.value, blue.value) if alpha.value > 200 else None


def _lightness(colour: Colour) -> float:
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def background(drawn: Drawn, box: Box, turn: int) -> tuple[Colour | None, bool]:
    """Return the colour behind a text and whether something drawn later covers it. A picture has no one colour."""
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    behind: Colour | None = (255, 255, 255)
    for area in drawn.areas:
        left, top, right, bottom = area.box
        if left <= middle[0] <= right and top <= middle[1] <= bottom:
            if area.turn < turn:
                behind = area.colour
            elif left <= box[0] + 1 and right >= box[2] - 1 and bottom - top >= 0.5 * (box[3] - box[1]):
                return behind, True
    return behind, False


def alike(one: Colour, other: Colour) -> bool:
    """Tell whether text of one colour cannot be seen on the other."""
    return (
        abs(_lightness(one) - _lightness(other)) < 22 and max(abs(a - b) for a, b in zip(one, other, strict=True)) < 60
    )
