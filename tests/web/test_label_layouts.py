"""A layout of labels on its page: looked at with a sample, changed, wrong at its field, put back, printed as a test."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def _layout(bench: Bench) -> Any:
    asked = {
        "name": f"Plate {bench.project['code']}",
        "width_mm": 40,
        "height_mm": 20,
        "code_mm": 10,
        "font_mm": 2.5,
        "lines": ["code", "name"],
    }
    return checked(await bench.client.post("/api/labels/layouts", json=asked))


async def test_a_layout_is_looked_at_changed_and_put_back(window: OpenWindow, bench: Bench) -> None:
    sample, layout = await bench.register("LOOK-1"), await _layout(bench)
    page = await window("facility_manager", path="/labels/layouts")
    await page.click(f"text={layout['name']}")
    await page.fill("#layout-sample", sample["code"])
    await page.fill("#layout-lines", "code, name, lab")
    await page.click("button:has-text('Preview')")
    await expect(page.locator("#preview svg text").nth(1)).to_have_text("LOOK-1")
    await expect(page.locator("#preview svg text")).to_have_count(3)
    await expect(page.locator("#preview-title")).to_contain_text("not saved yet")
    assert checked(await bench.client.get(f"/api/labels/layouts/{layout['id']}"))["version"] == 1

    await page.fill("#layout-text_left_mm", "5")
    await page.click("button:has-text('Save as version 2')")
    await expect(page.locator("#layout-text_left_mm-note")).to_contain_text("The text would stand on the code")
    assert await page.input_value("#layout-lines") == "code, name, lab"
    await page.fill("#layout-text_left_mm", "13")
    await page.click("button:has-text('Save as version 2')")
    await page.wait_for_selector("text=Saved as version 2")
    await page.click("button:has-text('Put in place again')")
    await page.wait_for_selector("text=is in place again, as version 3")
    now = checked(await bench.client.get(f"/api/labels/layouts/{layout['id']}"))
    assert (now["version"], now["lines"]) == (3, ["code", "name"])


async def test_two_people_do_not_overwrite_each_other(window: OpenWindow, bench: Bench) -> None:
    layout = await _layout(bench)
    page = await window("facility_manager", path=f"/labels/layouts/{layout['id']}")
    seen = {"If-Match": '"v1"'}
    checked(await bench.client.patch(f"/api/labels/layouts/{layout['id']}", json={"font_mm": 3}, headers=seen))
    await page.fill("#layout-font_mm", "2")
    await page.click("button:has-text('Save as version 2')")
    await page.wait_for_selector("text=Somebody changed this layout")
    assert await page.input_value("#layout-font_mm") == "2"
    await page.click("button:has-text('Save as version 3')")
    await page.wait_for_selector("text=Saved as version 3")


async def test_a_test_is_printed_and_a_technician_changes_nothing(window: OpenWindow, bench: Bench) -> None:
    layout = await _layout(bench)
    name = f"Printer {layout['name']}"
    asked = {"name": name, "host": "127.0.0.1", "port": 9}
    checked(await bench.client.post("/api/labels/printers", json=asked))
    page = await window("technician", path=f"/labels/layouts/{layout['id']}")
    await expect(page.locator("button:has-text('Save')")).to_have_count(0)
    await page.select_option("#test-printer", label=name)
    await page.click("button:has-text('Print a test')")
    await page.wait_for_selector("text=A test label is queued")
    await expect(page.locator(f"tr:has-text('{name}')").first).to_contain_text("TEST-0001")
