"""Choices on a scan: each mark is seen where it is, and one that moves to another option changes that field alone."""

import io
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from nanopore_tracking.kernel import sandbox
from nanopore_tracking.services.ai.rasters.model import Options as RasterOptions
from nanopore_tracking.services.ai.readings.model import FormReading
from nanopore_tracking.services.ai.recognitions import commands as recognitions
from nanopore_tracking.services.ai.recognitions.model import installed
from tests.services.ai.forms import scans
from tests.services.ai.forms.choice_forms import FIRST, QUESTIONS, TEMPLATE, choices, said
from tests.services.ai.forms.reading import read
from tests.services.ai.forms.scans import Scan

pytestmark = pytest.mark.skipif(not installed(), reason="The extra `ocr` is not installed here.")
LIMITS = sandbox.Limits(memory_bytes=1 << 30, cpu_s=60, wall_s=300.0)


async def scanned(content: bytes) -> FormReading:
    """Return what is read on the scan of a page with choices."""
    scan = scans.as_pdf(scans.pictures(content, [Scan(skew=0.8)]))
    page = await recognitions.page(scan, RasterOptions("pdf", 1), drawing=LIMITS, recognising=LIMITS)
    assert page is not None
    return read(scan, "pdf", [TEMPLATE], learnt={}, scans=[page])


def told(reading: FormReading) -> dict[str, Any]:
    """Return the value of each question, None where nothing is marked."""
    assert reading.template == TEMPLATE.name
    return {each.field: each.value for each in reading.fields}


async def test_each_mark_is_seen_and_one_that_moves_changes_that_field_alone() -> None:
    # Another option of each second question: as many marks, at other places.
    moved: Mapping[str, tuple[int, ...]] = {**FIRST, **{each.field: (1,) for each in QUESTIONS[::2]}, "priority": ()}

    first, second = told(await scanned(choices(FIRST))), await scanned(choices(moved))

    assert first == said(FIRST)
    assert told(second) == said(moved)
    changed = {name for name, value in told(second).items() if value != first[name]}
    assert changed == {each.field for each in QUESTIONS[::2]} | {"priority"}
    unmarked = next(each for each in second.fields if each.field == "priority")
    assert (unmarked.state, unmarked.doubt) == ("needs_review", "Nothing is marked, though something must be.")


def test_choices_of_the_page_as_it_was_printed_are_the_same() -> None:
    assert told(read(choices(FIRST), "pdf", [TEMPLATE], learnt={})) == said(FIRST)
    assert msgspec.json.encode(said(FIRST)) != msgspec.json.encode(said({}))


@pytest.mark.parametrize("turn", [90, 270])
async def test_a_page_of_numbers_alone_is_turned_as_it_lies(turn: int) -> None:
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(300, 260), invariant=1)
    canvas.setFont("Helvetica", 8)
    for row in range(14):
        for column in range(5):
            canvas.drawString(20 + 55 * column, 235 - 15 * row, f"{17.3 * (row + 1) + 9.1 * column:.1f}")
    canvas.save()
    lying = scans.pictures(sink.getvalue(), [Scan(skew=0.4)])[0]
    content = scans.as_picture([_turned(lying, turn)], "PNG")

    page = await recognitions.page(content, RasterOptions("image", 1), drawing=LIMITS, recognising=LIMITS)

    assert page is not None
    assert page.turned == turn // 90
    assert "17.3" in {each.text for each in page.words}


def _turned(picture: Image.Image, turn: int) -> Image.Image:
    found = picture.rotate(-turn, expand=True)
    found.info["dpi"] = picture.info["dpi"]
    return found
