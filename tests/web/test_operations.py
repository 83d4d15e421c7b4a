"""Events that a service could not handle, and what a person decides about them."""

from collections.abc import AsyncIterator

import pytest

from tests.harness.product import Product
from tests.web.conftest import OpenWindow
from tests.web.scene import park

pytestmark = pytest.mark.browser

PATH = "/settings/operations"
BACKUP = "section:has(#of-backup)"


@pytest.fixture(autouse=True)
async def nothing_parked(product: Product) -> AsyncIterator[None]:
    """Nothing is parked in the backup service, before and after; other tests do not use it for this."""
    yield
    async with product.db("backup") as db:
        await db.execute("DELETE FROM dead_letter")


async def _state(product: Product, letter_id: int) -> tuple[str, str | None]:
    async with product.db("backup") as db:
        row = await db.fetchrow("SELECT state, reason FROM dead_letter WHERE id = $1", letter_id)
    assert row is not None
    return row["state"], row["reason"]


async def test_where_everything_is_handled_the_page_says_so(window: OpenWindow) -> None:
    page = await window("admin", path=PATH)
    assert await page.inner_text(f"{BACKUP} .bar >> nth=1") == "Everything is handled."


async def test_an_event_is_shown_with_its_error_and_discarded_with_a_reason(
    product: Product, window: OpenWindow
) -> None:
    letter_id = await park(product, "backup", error="ValueError: 4,000 is no capacity")
    page = await window("admin", path=PATH)
    row = await page.inner_text(f"{BACKUP} tbody tr")
    assert all(part in row for part in ("Lab renamed", "4,000 is no capacity", "8", "Waits for a person"))
    await page.click(f"{BACKUP} button:has-text('Decide')")
    sheet = page.locator(".sheet:popover-open")
    await sheet.locator("summary").click()
    assert '"name": "Okafor Lab"' in await sheet.locator("pre").inner_text()
    await sheet.locator("[name=reason]").fill("It was entered twice.")
    await sheet.locator("text=Discard it").click()
    await page.wait_for_selector(".toast >> text=discarded")
    assert await page.locator(f"{BACKUP} tbody tr").count() == 0
    assert await _state(product, letter_id) == ("discarded", "It was entered twice.")
    await page.select_option("#filter-state", "discarded")
    await page.wait_for_selector(f"{BACKUP} tbody >> text=Discarded")
    await page.click(f"{BACKUP} button:has-text('Show')")
    assert "It was entered twice." in await page.inner_text(".sheet:popover-open")


async def test_an_event_is_tried_again(product: Product, window: OpenWindow) -> None:
    letter_id = await park(product, "backup")
    page = await window("admin", path=PATH, java_script_enabled=False)
    await page.click(f"{BACKUP} button:has-text('Decide')")
    await page.fill(".sheet:popover-open [name=reason]", "The program was repaired.")
    await page.click(".sheet:popover-open >> text=Try it again")
    assert await page.inner_text(".toast") == "The event is tried again"
    assert (await _state(product, letter_id))[1] == "The program was repaired."


async def test_what_was_decided_on_meanwhile_is_told(product: Product, window: OpenWindow) -> None:
    letter_id = await park(product, "backup")
    page = await window("admin", path=PATH)
    await page.click(f"{BACKUP} button:has-text('Decide')")
    await page.fill(".sheet:popover-open [name=reason]", "Twice.")
    async with product.db("backup") as db:
        await db.execute(
            "UPDATE dead_letter SET state = 'discarded', resolved_at = now(), resolved_by = 'Bob', reason = 'Mine.' "
            "WHERE id = $1",
            letter_id,
        )
    await page.click(".sheet:popover-open >> text=Discard it")
    await page.wait_for_selector("main [role=alert] >> text=decided on already")
    assert await page.locator(f"{BACKUP} tbody tr").count() == 0


async def test_who_may_not_decide_can_look(product: Product, window: OpenWindow) -> None:
    await park(product, "backup")
    page = await window("auditor", path=PATH)
    await page.click(f"{BACKUP} button:has-text('Show')")
    assert await page.locator(".sheet:popover-open form").count() == 0
    page = await window("technician", path=PATH)
    assert await page.inner_text("h1") == "Not allowed"


async def test_what_waits_for_a_person_is_counted_beside_the_way_there(product: Product, window: OpenWindow) -> None:
    await park(product, "backup")
    await park(product, "backup")
    page = await window("admin", path=PATH)
    await page.click(f"{BACKUP} button:has-text('Decide') >> nth=0")
    await page.fill(".sheet:popover-open [name=reason]", "Not needed.")
    await page.click(".sheet:popover-open >> text=Discard it")
    await page.wait_for_selector(".toast >> text=discarded")

    async def counted() -> bool:
        # What waits is counted now and then, not for every page.
        await page.goto("/settings/labs")
        return await page.locator(".nav .count").count() > 0

    await product.eventually(counted, within_s=45)
    shown = [int((await page.inner_text(f"{place} .count")).split()[0]) for place in (".nav", ".tabs")]
    assert shown[0] == shown[1] >= 1
