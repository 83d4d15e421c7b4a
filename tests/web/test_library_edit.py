"""A planned library changed on its page, and a measurement of it that does not count."""

import pytest
from playwright.async_api import expect

from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_pools import _at_library_prep

pytestmark = pytest.mark.browser


async def _planned(bench: Bench, name: str) -> str:
    asked = {
        "sources": [{"sample": await _at_library_prep(bench, name)}],
        "kit": "SQK-NBD114-24",
        "input_ng": 400,
        "barcodes": [{"barcode": "barcode01"}],
    }
    return str(checked(await bench.client.post("/api/libraries", json=asked))["code"])


async def test_a_planned_library_is_changed_and_a_conflict_keeps_what_was_typed(
    window: OpenWindow, bench: Bench
) -> None:
    code = await _planned(bench, "EDIT-1")
    page = await window("technician", path=f"/libraries/{code}")
    await page.click("#edit-library summary")
    await page.fill("#prep-kit_lot", "LOT-7")
    await page.fill("#prep-lot_expires_on", "2099-12-31")
    await page.fill("#prep-input_ng", "")
    await page.fill("input[name=mark-0-barcode]", "NB05")
    await page.click("#edit-library button:has-text('Save')")
    await page.wait_for_selector("text=LOT-7")
    found = checked(await bench.client.get(f"/api/libraries/{code}"))
    assert (found["kit_lot"], found["input_ng"], found["barcodes"]) == ("LOT-7", None, ["barcode05"])

    await page.click("#edit-library summary")
    await page.fill("#prep-kit_lot", "LOT-8")
    seen = {"If-Match": f'"v{found["version"]}"'}
    checked(await bench.client.patch(f"/api/libraries/{code}", json={"kit_lot": "LOT-9"}, headers=seen))
    await page.click("#edit-library button:has-text('Save')")
    await page.wait_for_selector("text=Somebody changed the library")
    assert await page.input_value("#prep-kit_lot") == "LOT-8"
    await page.click("#edit-library button:has-text('Save')")
    await page.wait_for_selector("dd:has-text('LOT-8')")
    assert checked(await bench.client.get(f"/api/libraries/{code}"))["kit_lot"] == "LOT-8"


async def test_a_barcode_that_the_kit_does_not_have_is_told_beside_the_barcodes(
    window: OpenWindow, bench: Bench
) -> None:
    code = await _planned(bench, "EDIT-2")
    page = await window("technician", path=f"/libraries/{code}")
    await page.click("#edit-library summary")
    await page.fill("input[name=mark-0-barcode]", "barcode77")
    await page.click("#edit-library button:has-text('Save')")
    await expect(page.locator("#marks-wrong")).to_contain_text("77")
    assert await page.input_value("input[name=mark-0-barcode]") == "barcode77"
    assert checked(await bench.client.get(f"/api/libraries/{code}"))["barcodes"] == ["barcode01"]


async def test_a_measurement_of_a_library_is_declared_invalid(window: OpenWindow, bench: Bench) -> None:
    code = await _planned(bench, "EDIT-3")
    body = {"quantity": "concentration", "value": 10.0, "unit": "ng_per_ul", "method": "qubit_hs"}
    checked(await bench.client.post(f"/api/libraries/{code}/measurements", json=body))
    page = await window("technician", path=f"/libraries/{code}")
    await page.locator("#measurements").locator("text=Invalidate").first.click()
    await page.locator("#measurements input[name=reason]").fill("The wrong tube.")
    await page.click("button:has-text('Declare invalid')")
    await expect(page.locator("#measurements")).to_contain_text("The wrong tube.")
    assert checked(await bench.client.get(f"/api/libraries/{code}"))["conc_ng_per_ul"] is None
