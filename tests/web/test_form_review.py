"""The review of a form in the browser: from its upload to accepted samples with the keyboard alone, and two people."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.harness.printed import form, rows
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser

DOUBTFUL = [("QX_03", "2O", "44.5", "1.81"), ("QX_04", "20", "4l.5", "1.81")]


async def _sent(page: Page, bench: Bench, folder: Path) -> str:
    """Send a form and return the address of its review."""
    file = folder / "form.pdf"
    file.write_bytes(form([*rows(2), *DOUBTFUL]))
    await page.goto("/submissions/new")
    await page.select_option("#up-project", bench.project["id"])
    await page.set_input_files("#up-file", file)
    await page.focus("text=Send and check")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/review*")
    return page.url.partition("?")[0]


async def _in_hand(page: Page, written: str) -> None:
    await expect(page.locator("[data-hand]")).to_have_value(written)
    await expect(page.locator("[data-hand]")).to_be_focused()


async def test_a_form_becomes_accepted_samples_by_keyboard_alone(
    window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    page = await window("technician")
    await _sent(page, bench, tmp_path)
    await _in_hand(page, "2O")
    assert await page.locator(".paper rect.here").count() == 1
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=cannot be confirmed")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("20")
    await page.keyboard.press("Enter")
    await _in_hand(page, "4l.5")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("41,5")
    await page.keyboard.press("Enter")
    await expect(page.locator("#accept")).to_be_focused()
    assert await page.inner_text("#accept") == "Accept 4 samples"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/submissions/SUB-*")
    await page.focus("#accept-reason")
    # With the pauses of a person: what comes without is of a scanner.
    await page.keyboard.type("The lab confirmed it by telephone.", delay=60)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Show its samples")
    await page.focus("text=Show its samples")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=4 samples")
    assert await page.locator("tbody >> text=Expected").count() == 4


async def test_a_second_person_reads_and_takes_over(window: OpenWindow, bench: Bench, tmp_path: Path) -> None:
    first, second = await window("technician"), await window("technician")
    url = await _sent(first, bench, tmp_path)
    await first.keyboard.type("20")
    await first.keyboard.press("Enter")
    await _in_hand(first, "4l.5")
    await second.goto(url)
    await second.wait_for_selector("text=is reviewing this form")
    assert await second.locator("[data-hand]").count() == 0
    await second.click("text=Take it over")
    await _in_hand(second, "4l.5")
    await first.keyboard.type("41.5")
    await first.keyboard.press("Enter")
    await first.wait_for_selector("[role=alert] >> text=is reviewing this form")


async def test_n_goes_to_the_next_doubt_and_a_row_is_left_out(window: OpenWindow, bench: Bench, tmp_path: Path) -> None:
    page = await window("technician")
    await _sent(page, bench, tmp_path)
    await _in_hand(page, "2O")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await _in_hand(page, "4l.5")
    await page.click("button:has-text('No sample: row 4')")
    await page.wait_for_selector("text=Row 4 is no sample")
    assert "3 samples" in await page.inner_text("#rows-title")
    await page.click("button:has-text('Put back: row 4')")
    await page.wait_for_selector("text=Row 4 is a sample again")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; `make assets` fetches it.")
async def test_the_review_is_accessible_and_works_without_scripts(
    window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    page = await window("technician", bypass_csp=True)
    url = await _sent(page, bench, tmp_path)
    found = await _judged(page, "review")
    assert found == [], "\n".join(found)
    await page.goto(f"{url}?tab=text")
    await page.wait_for_selector("pre:has-text('QX_01')")
    assert await _judged(page, "review text") == []
    plain = await window("technician", java_script_enabled=False, path=url)
    await plain.fill("[data-hand]", "20")
    await plain.click("text=Right so")
    assert await plain.input_value("[data-hand]") == "4l.5"
