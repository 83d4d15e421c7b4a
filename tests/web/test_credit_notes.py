"""Credits in the browser: a line of the statement, what of it is taken back, and a second look before it is."""

import pytest
from playwright.async_api import expect

from tests.harness.product import Product, checked
from tests.services.sample.desk import opened, row
from tests.services.sample.test_capability_02_findings import decide
from tests.web.conftest import OpenWindow
from tests.web.test_accessibility import _judged

pytestmark = pytest.mark.browser


async def test_a_line_is_credited_after_a_second_look(product: Product, window: OpenWindow) -> None:
    desk = await opened(product)
    submission = checked(await decide(desk, await desk.under_review(row("A"), row("B"))))
    page = await window("facility_manager", path=f"/charges/{desk.lab_id}", bypass_csp=True)
    await page.click("a:has-text('Credit')")
    await expect(page.locator("tr", has_text=submission["code"])).to_be_visible()
    assert await _judged(page, "credit") == []
    await page.fill("[aria-label='Code of the sample or submission']", "SUB-0000")
    await page.click("button:has-text('Find')")
    await page.wait_for_selector("text=Nothing of this line has SUB-0000 in its code.")
    await page.click("text=Show all of it")
    await page.check(f"tr:has-text('{submission['code']}') input")
    await page.fill("#credit-quantity", "1")
    await page.fill("#credit-reason", "One tube was empty.")
    await page.click("button:has-text('Go on')")
    await expect(page.locator("#sure-title")).to_have_text("Look once more")
    await expect(page.locator("dl.facts")).to_contain_text("−5.00 EUR")
    assert await _judged(page, "credit, once more") == []
    await page.click("button:has-text('Credit it')")
    await page.wait_for_selector(f"text=Credited: 1 × sample intake of {submission['code']}")
    statement = page.locator(".statement")
    await expect(statement.locator("tr", has_text="One tube was empty.")).to_contain_text("−5.00 EUR")
    await expect(statement.locator("tfoot")).to_contain_text("5.00 EUR")
    await expect(statement).to_contain_text("Agrees with what happened")
    assert await _judged(page, "statement with a credit") == []
    async with page.expect_download() as saved:
        await page.click("a:has-text('CSV')")
    text = (await (await saved.value).path()).read_text("utf-8")
    lines = [line.split(",")[3:] for line in text.strip().splitlines()]
    assert lines[1:] == [
        ["sample-intake", "2", "5.00", "10.00", "EUR", "charge", "", ""],
        ["sample-intake", "-1", "5.00", "-5.00", "EUR", "credit", submission["code"], "One tube was empty."],
    ]


async def test_more_than_is_left_is_refused_with_what_is_left(product: Product, window: OpenWindow) -> None:
    desk = await opened(product)
    submission = checked(await decide(desk, await desk.under_review(row("A"))))
    page = await window("facility_manager", path=f"/charges/{desk.lab_id}", viewport={"width": 820, "height": 1180})
    await page.click("a:has-text('Credit')")
    await page.check(f"tr:has-text('{submission['code']}') input")
    await page.fill("#credit-quantity", "2")
    await page.fill("#credit-reason", "One tube was empty.")
    await page.click("button:has-text('Go on')")
    await page.wait_for_selector("text=1 of it can still be credited.")
    assert await page.input_value("#credit-reason") == "One tube was empty."
    technician = await window("technician", path=f"/charges/{desk.lab_id}")
    await expect(technician.locator("#statement-title")).to_be_visible()
    await expect(technician.locator("a:has-text('Credit')")).to_have_count(0)
