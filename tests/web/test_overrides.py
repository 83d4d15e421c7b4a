"""Overrides that need a second person, in the browser: asked for on one page, decided by somebody else on another."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.harness.product import Product, checked
from tests.services.sample.pooled import pooling
from tests.services.sample.second_person import library
from tests.services.sample.test_capability_13_second_person import wish
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


@pytest.fixture
async def wished(product: Product) -> AsyncIterator[None]:
    """A facility that wants a second person."""
    await wish(product, "yes")
    yield
    await wish(product, "no")


async def _ask(page: Page) -> None:
    await page.click("#other-moves summary")
    await page.select_option("#move-to", "received")
    await page.fill("#move-reason", "The tube is in the other building.")
    await page.check("#move-override")
    await page.click("#other-moves button:has-text('Move')")
    await expect(page.locator("#override")).to_contain_text("Waits for a second person")


async def test_one_asks_and_another_confirms(window: OpenWindow, bench: Bench, wished: None) -> None:
    sample = await bench.register("SECOND-1")
    first = await window("facility_manager", path=f"/samples/{sample['code']}")
    await _ask(first)
    await expect(first.locator("#override")).to_contain_text("somebody else has to confirm it")

    second = await window("facility_manager", path="/overrides")
    row = second.locator(f"tr:has-text('{sample['code']}')")
    await expect(row).to_contain_text("The tube was not received yet.")
    await row.locator("text=Confirm").first.click()
    await row.locator("button:has-text('Confirm with my name')").click()
    await second.wait_for_selector(f"text=Confirmed; {sample['code']} went on")
    await expect(row).to_have_count(0)
    now = checked(await bench.client.get(f"/api/samples/{sample['code']}"))
    assert now["stage"] == "received"
    await second.goto("/overrides?done=1")
    await expect(second.locator(f"tr:has-text('{sample['code']}')")).to_contain_text("Confirmed")


async def test_a_second_person_refuses_with_a_reason(window: OpenWindow, bench: Bench, wished: None) -> None:
    sample = await bench.register("SECOND-2")
    await _ask(await window("facility_manager", path=f"/samples/{sample['code']}"))
    second = await window("facility_manager", path=f"/samples/{sample['code']}")
    await second.locator("#override").locator("text=Refuse").first.click()
    await second.locator("#override input[name=reason]").fill("Look for it first.")
    await second.locator("#override button:has-text('Refuse')").last.click()
    await second.wait_for_selector("text=stays where it is")
    now = checked(await bench.client.get(f"/api/samples/{sample['code']}"))
    assert now["stage"] == "expected"
    await second.goto("/overrides?done=1")
    await expect(second.locator(f"tr:has-text('{sample['code']}')")).to_contain_text("Look for it first.")


async def test_a_technician_sees_what_waits_and_decides_nothing(window: OpenWindow, bench: Bench, wished: None) -> None:
    sample = await bench.register("SECOND-3")
    await _ask(await window("facility_manager", path=f"/samples/{sample['code']}"))
    page = await window("technician", path="/overrides", viewport={"width": 820, "height": 1180})
    row = page.locator(f"tr:has-text('{sample['code']}')")
    await expect(row).to_contain_text("A facility manager other than")
    await expect(row.locator("button")).to_have_count(0)


async def test_a_library_waits_on_its_page_and_is_confirmed_among_the_others(
    product: Product, window: OpenWindow
) -> None:
    made = await pooling(product)
    case = await library(product, made)
    code = case.url.rpartition("/")[2]
    await wish(product, "yes")
    try:
        first = await window("facility_manager", path=f"/libraries/{code}")
        await first.click("#other-moves summary")
        await first.select_option("#move-to", "prepared")
        await first.fill("#move-reason", "It is a small test.")
        await first.check("#move-override")
        await first.click("#other-moves button:has-text('Set')")
        await expect(first.locator("#override")).to_contain_text(f"{code} becomes prepared then")
        assert await case.done() is None

        second = await window("facility_manager", path="/overrides")
        row = second.locator(f"tr:has-text('{code}')")
        await expect(row).to_contain_text("Planned → Prepared")
        await row.locator("text=Confirm").first.click()
        await row.locator("button:has-text('Confirm with my name')").click()
        await second.wait_for_selector(f"text=Confirmed; {code} went on")
        assert await case.done() is not None
    finally:
        await wish(product, "no")
