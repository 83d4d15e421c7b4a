"""The review of a workbook and a DOCX file in the browser: by keyboard alone, from upload to accepted samples."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.async_api import Page, expect

from tests.harness.printed import COLUMNS, FIELDS, rows
from tests.services.ai.forms.test_kinds import document, paragraph
from tests.services.ai.forms.test_kinds import rows as table
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged
from tests.web.test_form_review import DOUBTFUL, _in_hand

pytestmark = pytest.mark.browser

SAMPLES = [*rows(2), *DOUBTFUL]


def workbook() -> bytes:
    """Return a form as a workbook, with a sheet of instructions before it."""
    book = openpyxl.Workbook()
    notes, form = book.active, book.create_sheet("Form")
    notes.title = "Instructions"
    notes.append(["Fill in the sheet “Form”."])
    for line in (("Submission of samples",), (), *FIELDS, (), COLUMNS, *SAMPLES):
        form.append(line)
    form.merge_cells("A1:D1")
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def written() -> bytes:
    """Return the same form as a document."""
    fields = "".join(paragraph(f"{label} {value}") for label, value in FIELDS)
    return document(paragraph("Submission of samples") + fields + table([COLUMNS, *SAMPLES]))


async def _sent(page: Page, bench: Bench, file: Path) -> None:
    """Send a form by keyboard."""
    await page.goto("/submissions/new")
    await page.select_option("#up-project", bench.project["id"])
    await page.set_input_files("#up-file", file)
    await page.focus("#up-as-form")
    await page.keyboard.press("Space")
    await page.focus("text=Send and check")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/review*")


async def _seen(page: Page) -> None:
    """Check that the picture is there and that the box in hand stands within it."""
    await expect(page.locator("#drawn")).to_be_visible()
    href = await page.locator(".paper image").get_attribute("href")
    assert href
    assert "?drawn=1" in href
    picture = await page.request.get(href)
    assert (picture.status, picture.headers["content-type"]) == (200, "image/png")
    box, paper = await page.locator("rect.here").bounding_box(), await page.locator(".paper svg").bounding_box()
    assert box
    assert paper
    assert paper["x"] <= box["x"] < box["x"] + box["width"] <= paper["x"] + paper["width"]
    assert paper["y"] <= box["y"] < box["y"] + box["height"] <= paper["y"] + paper["height"]


@pytest.mark.parametrize(
    ("make", "name", "where"),
    [(workbook, "form.xlsx", "cell B12 of the sheet “Form”"), (written, "form.docx", "page 1")],
    ids=["xlsx", "docx"],
)
async def test_it_becomes_accepted_samples_by_keyboard_alone(
    window: OpenWindow, bench: Bench, tmp_path: Path, make: Callable[[], bytes], name: str, where: str
) -> None:
    page = await window("technician", bypass_csp=True)
    file = tmp_path / name
    file.write_bytes(make())
    await _sent(page, bench, file)
    await _in_hand(page, "2O")
    await _seen(page)
    assert where in await page.inner_text(".decide")
    if AXE.is_file():
        assert await _judged(page, "review of a drawn page") == []
    await page.keyboard.press("Control+a")
    await page.keyboard.type("20")
    await page.keyboard.press("Enter")
    await _in_hand(page, "4l.5")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("41.5")
    await page.keyboard.press("Enter")
    await expect(page.locator("#accept")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/submissions/SUB-*")
    await page.focus("#accept-reason")
    # With the pauses of a person: what comes without is of a scanner.
    await page.keyboard.type("The lab confirmed it by telephone.", delay=60)
    await page.keyboard.press("Enter")
    await page.focus("text=Show its samples")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=4 samples")
    assert await page.locator("tbody >> text=Expected").count() == 4


async def test_it_is_read_again_and_what_was_decided_holds(window: OpenWindow, bench: Bench, tmp_path: Path) -> None:
    page = await window("technician")
    file = tmp_path / "form.xlsx"
    file.write_bytes(workbook())
    await _sent(page, bench, file)
    await _in_hand(page, "2O")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("20")
    await page.keyboard.press("Enter")
    await _in_hand(page, "4l.5")
    await page.click("button:has-text('No sample: row 4')")
    await page.wait_for_selector("text=Row 4 is no sample")
    before = page.url.partition("?")[0]
    await page.click("text=Read it again")
    await page.wait_for_function(
        "before => location.pathname.endsWith('/review') && !before.includes(location.pathname)", arg=before
    )
    await expect(page.locator("#accept")).to_be_enabled()
    assert await page.inner_text("#accept") == "Accept 3 samples"
    await page.goto(before)
    await page.wait_for_selector("text=This form was read again")
