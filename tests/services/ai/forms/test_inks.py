"""Marks in the pixels of a scan: what is ticked, crossed, filled or dotted is on, and what is empty never is."""

import io

import pytest

pytest.importorskip("cv2", reason="The extra `ocr` is not installed here.")

import numpy as np
from reportlab.pdfgen.canvas import Canvas

from nanopore_tracking.services.ai.inks.model import find
from nanopore_tracking.services.ai.scans.model import Drawing
from tests.services.ai.forms import scans
from tests.services.ai.forms.choice_forms import PENS, Pen, Shape, mark, outline
from tests.services.ai.forms.scans import Scan

SIZES = (8.0, 9.5, 12.0)
SHAPES: tuple[Shape, ...] = ("box", "circle")
#: Middle of each outline in points from the top left corner, its shape, and how it is marked.
PLACES: list[tuple[float, float, float, Shape, Pen | None]] = [
    (60.0 + 40 * column, 60.0 + 40 * row, size, shape, pen)
    for row, (size, shape) in enumerate((size, shape) for size in SIZES for shape in SHAPES)
    for column, pen in enumerate((None, *PENS, None))
]
WAYS = {
    "150 dpi, JPEG 35": Scan(dpi=150, quality=35),
    "200 dpi": Scan(),
    "300 dpi": Scan(dpi=300, quality=75),
    "pale and noisy": Scan(depth=0.6, noise=12.0, blur=0.7),
}


def _page(*, marked: bool = True) -> bytes:
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(340, 320), invariant=1)
    for x, y, size, shape, pen in PLACES:
        outline(canvas, (x, 320 - y), size, shape=shape)
        if pen is not None and marked:
            mark(canvas, (x, 320 - y), size, pen=pen)
    canvas.save()
    return sink.getvalue()


def _found(page: bytes, how: Scan) -> list[Drawing | None]:
    """Return what is found at each place, in order."""
    (image,) = scans.pictures(page, [how])
    dots = how.dpi / 72
    marks = find(np.asarray(image.convert("L")), dots).marks
    return [
        next((one for one in marks if one.kind != "ink" and _holds(one, x * dots, y * dots)), None)
        for x, y, *_ in PLACES
    ]


def _holds(mark: Drawing, x: float, y: float) -> bool:
    return mark.box[0] <= x <= mark.box[2] and mark.box[1] <= y <= mark.box[3]


@pytest.mark.parametrize("way", WAYS)
def test_ticks_crosses_dots_and_fillings_are_on_and_empty_ones_are_not(way: str) -> None:
    found = _found(_page(), WAYS[way])

    told = [
        f"{shape} of {size:g} points, {pen or 'empty'}: {'not found' if one is None else one}"
        for one, (_, _, size, shape, pen) in zip(found, PLACES, strict=True)
        if one is None or (one.on, one.clear, one.kind) != (pen is not None, True, shape)
    ]
    assert told == [], "\n".join(told)


@pytest.mark.parametrize("way", WAYS)
def test_of_empty_boxes_and_circles_none_is_on(way: str) -> None:
    found = _found(_page(marked=False), WAYS[way])

    assert [one.on or not one.clear for one in found if one is not None] == [False] * len(PLACES)
