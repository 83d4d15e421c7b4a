"""The grid in the browser: paste, column matching, errors in cells, saving what is right, drafts, keys, undo."""

import re
from typing import Any

from playwright.async_api import Page, expect

from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow

#: As the keyboard gives it: a paste of this text where the focus is.
_PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const said = { clipboardData: data, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", said));
}"""


async def _opened(window: OpenWindow, bench: Bench, count: int) -> tuple[Page, list[Any]]:
    made = [await bench.register(f"GRID-{n:02d}") for n in range(count)]
    path = "/samples/edit?" + "&".join(f"code={sample['code']}" for sample in made)
    return await window("technician", path=path), made


def _cell(page: Page, row: int, column: int) -> Any:
    return page.locator(f"#grid td[data-r='{row}'][data-c='{column}']")


async def _shown(bench: Bench, sample: Any) -> Any:
    return checked(await bench.client.get(f"/api/samples/{sample['code']}"))


async def test_a_spreadsheet_is_pasted_matched_corrected_and_saved(window: OpenWindow, bench: Bench) -> None:
    page, made = await _opened(window, bench, 96)
    lines = ["Sample ID\tQubit (ng/µL)\tVol (µL)\tWhatever\tPriority"]
    lines += [
        f"{sample['code']}\t{20 + n},5\t{'lots' if n % 16 == 3 else 48}\tx\thigh" for n, sample in enumerate(made)
    ]
    await _cell(page, 0, 0).click()
    await page.evaluate(_PASTE, "\r\n".join(lines))

    chosen = page.locator("#match select")
    assert [await chosen.nth(n).input_value() for n in range(5)] == [
        "code", "qubit_ng_per_ul", "volume_ul", "", "priority",
    ]  # fmt: skip
    await page.click("#match [data-apply]")
    await expect(page.locator("#grid-save")).to_have_text("Save 90 · keep 6 as draft", timeout=60_000)
    await expect(page.locator("#problem-count")).to_have_text("6 problems")
    await expect(_cell(page, 3, 3)).to_have_class("num new error")
    await page.click("#grid-save")
    await page.click("text=What was saved", timeout=60_000)
    await page.wait_for_selector("text=90 changed, 0 not")
    assert (await _shown(bench, made[0]))["qubit_ng_per_ul"] == 20.5
    assert (await _shown(bench, made[3]))["version"] == 1

    await page.go_back()
    await page.click("text=Restore your draft")
    await expect(page.locator("#grid-state")).to_contain_text("6 changed, 6 with errors", timeout=60_000)
    await page.locator("#problems button").first.click()
    await page.keyboard.type("47")
    await page.keyboard.press("Enter")
    await expect(page.locator("#grid-save")).to_have_text("Save 1 · keep 5 as draft", timeout=60_000)


async def test_the_keyboard_moves_types_fills_down_and_takes_back(window: OpenWindow, bench: Bench) -> None:
    page, made = await _opened(window, bench, 4)
    await _cell(page, 0, 0).click()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.type("Bo Li", delay=60)
    await page.keyboard.press("Enter")
    await expect(_cell(page, 1, 1)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Control+d")
    await expect(_cell(page, 3, 1)).to_have_text("Bo Li")
    await page.keyboard.press("Control+z")
    await expect(_cell(page, 3, 1)).to_have_text("")
    await page.keyboard.press("F2")
    await page.keyboard.press("Escape")
    await expect(_cell(page, 0, 1)).to_have_text("Bo Li")
    await page.keyboard.press("End")
    await expect(_cell(page, 0, 9)).to_be_focused()
    await page.click("#grid-save")
    await page.wait_for_selector("text=1 changed, 0 not")
    assert [(await _shown(bench, sample))["assignee"] for sample in made] == ["Bo Li", "", "", ""]


async def test_five_hundred_rows_are_drawn_only_where_one_looks(window: OpenWindow, bench: Bench) -> None:
    page, _ = await _opened(window, bench, 120)
    assert await page.locator("#grid tbody tr[role=row]").count() < 90
    await _cell(page, 0, 0).click()
    await page.keyboard.press("Control+End")
    await expect(_cell(page, 119, 9)).to_be_focused()
    assert await page.get_attribute("#grid", "aria-rowcount") == "121"


async def test_a_column_that_is_pasted_without_headings_starts_where_the_focus_is(
    window: OpenWindow, bench: Bench
) -> None:
    page, _ = await _opened(window, bench, 3)
    await _cell(page, 1, 9).click()
    await page.evaluate(_PASTE, '"two\nlines"\nsecond\nthird\n')
    await expect(_cell(page, 2, 9)).to_have_text("second")
    await page.wait_for_selector("text=1 cells lie outside")


async def test_a_measured_value_that_is_as_it_was_submitted_is_a_measurement(window: OpenWindow, bench: Bench) -> None:
    page, (sample, other) = await _opened(window, bench, 2)
    await _cell(page, 0, 3).click()
    await page.keyboard.press("F2")
    await page.keyboard.press("Enter")
    await expect(page.locator("#grid-save")).to_be_disabled()
    await _cell(page, 0, 3).click()
    await page.evaluate(_PASTE, "50")
    await expect(_cell(page, 0, 3)).to_have_class(re.compile(r"\bnew\b"))
    await page.click("#grid-save")
    await page.wait_for_selector("text=1 changed, 0 not")
    assert [(await _shown(bench, each))["measured"] for each in (sample, other)] == [["volume_ul"], []]
    await page.go_back()
    await page.reload()
    await _cell(page, 0, 3).click()
    await page.evaluate(_PASTE, "50")
    await expect(page.locator("#grid-save")).to_be_disabled()
