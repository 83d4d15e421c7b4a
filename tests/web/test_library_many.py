"""Many libraries in the browser: ticked, looked at ahead, set by one request, and measured by a grid."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.pooled import KIT, Pooling, pooling
from tests.web.conftest import OpenWindow

pytestmark = pytest.mark.browser

_PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const said = { clipboardData: data, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", said));
}"""


async def _planned(made: Pooling, barcode: int, **said: Any) -> Any:
    asked = {
        "sources": [{"sample": (await made.sample())["code"]}],
        "kit": KIT,
        "kit_lot": "L-2026-31",
        "lot_expires_on": "2099-12-31",
        "input_ng": 200.0,
        "protocol_version": "RBK_9176_revS",
        "barcodes": [{"barcode": f"barcode{barcode:02d}"}],
        **said,
    }
    return checked(await made.manager.post("/api/libraries", json=asked))


async def _states(made: Pooling, *libraries: Any) -> list[str]:
    return [checked(await made.manager.get(f"/api/libraries/{each['code']}"))["state"] for each in libraries]


async def test_ticked_libraries_are_looked_at_ahead_and_set_but_for_one_that_changed(
    window: OpenWindow, product: Product
) -> None:
    made = await pooling(product)
    good, late = await _planned(made, 1), await _planned(made, 2)
    bare = await _planned(made, 3, input_ng=None)
    page = await window("technician", path="/libraries")
    for each in (good, late, bare):
        await page.check(f"[aria-label='Select {each['code']}']")
    await page.click("text=Set state")
    await page.click("text=Look ahead")
    await page.wait_for_selector("#preview >> text=2 can be prepared, 1 cannot.")
    assert "The mass that went in is not recorded." in await page.inner_text("#preview")
    path = f"/api/libraries/{late['code']}"
    checked(await made.manager.patch(path, json={"operator": "Robin"}, headers=seen(late)))
    await page.click("text=Set 2 libraries to prepared")
    await page.wait_for_selector("text=1 changed, 1 not.")
    refused = page.locator("tr", has_text=late["code"])
    await expect(refused).to_contain_text("Somebody changed it since you read it.")
    assert await _states(made, good, late, bare) == ["prepared", "planned", "planned"]
    await page.fill("[name='reason']", "The wrong ones were ticked.")
    await page.click("text=Undo 1 library")
    await page.wait_for_selector("h1 >> text=Undo of 1 library")
    assert await _states(made, good, late, bare) == ["planned", "planned", "planned"]


async def test_a_spreadsheet_of_libraries_is_pasted_corrected_and_recorded(
    window: OpenWindow, product: Product
) -> None:
    made = await pooling(product)
    both = [await _planned(made, number) for number in (1, 2)]
    query = "&".join(f"code={each['code']}" for each in both)
    page = await window("technician", path=f"/libraries/measure?{query}")
    lines = ["Library ID\tConc. (ng/µL)\tVolume\tMean length (bp)"]
    lines += [f"{each['code']}\t3{n},5\t20\t{'5000' if n else 'long'}" for n, each in enumerate(both)]
    await page.locator("#grid td[data-r='0'][data-c='0']").click()
    await page.evaluate(_PASTE, "\r\n".join(lines))
    chosen = page.locator("#match select")
    assert [await chosen.nth(n).input_value() for n in range(4)] == [
        "code", "qubit_ng_per_ul", "volume_ul", "fragment_mean_bp",
    ]  # fmt: skip
    await page.click("#match [data-apply]")
    await expect(page.locator("#problems")).to_contain_text("long is no number")
    await page.locator("#grid td[data-r='0'][data-c='2']").click()
    await page.keyboard.type("5000")
    await page.keyboard.press("Enter")
    await expect(page.locator("#problem-count")).to_have_text("No problems")
    await page.click("#grid-save")
    await page.wait_for_selector("h1 >> text=Measurement of 2 libraries")
    now = [checked(await made.manager.get(f"/api/libraries/{each['code']}")) for each in both]
    assert [(each["conc_ng_per_ul"], each["volume_ul"], each["mean_fragment_bp"]) for each in now] == [
        (30.5, 20, 5000),
        (31.5, 20, 5000),
    ]
