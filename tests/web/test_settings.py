"""What the laboratory works by, as the settings pages show it."""

import pytest

from tests.harness.product import Product, checked
from tests.web.conftest import OpenWindow

pytestmark = pytest.mark.browser


async def test_a_catalogue_has_a_line_for_each_entry_and_shows_one_whole(window: OpenWindow) -> None:
    page = await window("admin", path="/settings/catalogues/kits")
    rows = page.locator("tbody tr")
    heights = await rows.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert len(heights) > 20
    assert max(heights) <= 48
    first = rows.first
    assert "µg of high molecular weight" not in await first.inner_text()
    await first.locator("button:has-text('Show')").click()
    whole = await first.locator(".sheet").inner_text()
    assert "1 µg of high molecular weight gDNA" in whole
    assert "Secondary" in whole or "secondary" in whole


async def test_every_page_has_the_name_and_the_zone_of_the_facility(product: Product, window: OpenWindow) -> None:
    page = await window("admin", path="/settings/facility")
    await page.fill("section:has-text('Facility name') [name=value]", "Sequencing at the harbour")
    await page.click("section:has-text('Facility name') button")
    await page.wait_for_selector(".brand >> text=Sequencing at the harbour")
    await page.fill("section:has-text('Time zone') [name=value]", "Asia/Tokyo")
    await page.click("section:has-text('Time zone') button")
    await page.wait_for_selector(".toast >> text=Saved")
    await page.goto("/settings/backups")
    assert "Sequencing at the harbour" in await page.title()
    await page.goto("/audit")
    assert "JST" in await page.inner_text("thead")
    client = await product.admin()
    for item in checked(await client.get("/api/settings"))["items"]:
        asked, seen = {"value": item["default"]}, {"If-Match": f'"v{item["version"]}"'}
        checked(await client.put(f"/api/settings/{item['name']}", json=asked, headers=seen))


async def test_an_address_without_a_page_is_told_on_a_page(window: OpenWindow) -> None:
    page = await window("viewer", path="/there/is/nothing")
    assert await page.inner_text("h1") == "Not found"
