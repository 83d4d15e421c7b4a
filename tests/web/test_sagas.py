"""Sagas on the page Operations, and what a person decides about them."""

from collections.abc import AsyncIterator

import pytest

from tests.harness.product import Product
from tests.web.conftest import OpenWindow
from tests.web.scene import hold

pytestmark = pytest.mark.browser

PATH = "/settings/operations"
SAGAS = "section:has(#sagas)"


@pytest.fixture(autouse=True)
async def nothing_held(product: Product) -> AsyncIterator[None]:
    """The backup service, which has no sagas of its own, has none before and after."""
    yield
    async with product.db("backup") as db:
        await db.execute("DELETE FROM saga")


async def _row(product: Product, saga_id: str) -> tuple[str, str | None, str | None]:
    async with product.db("backup") as db:
        row = await db.fetchrow("SELECT state, cancelled_by, cancel_reason FROM saga WHERE id = $1::uuid", saga_id)
    assert row is not None
    return row["state"], row["cancelled_by"], row["cancel_reason"]


async def test_one_that_is_stuck_is_shown_first_and_tried_again_with_a_reason(
    product: Product, window: OpenWindow
) -> None:
    saga_id = await hold(product, "backup", state="stuck")
    await hold(product, "backup", state="waiting", error="")
    page = await window("admin", path=PATH)
    row = await page.inner_text(f"{SAGAS} tbody tr >> nth=0")
    for part in ("Run start", "R26-000007", "backup", "Stuck", "Reserve flow cell", "2 of 3", "MinKNOW is away"):
        assert part in row
    await page.click(f"{SAGAS} tbody tr >> nth=0 >> a")
    assert "The flow cell was taken by another run." in await page.inner_text(".notice")
    assert "Check barcodes" in await page.inner_text("section:has(#steps) tbody")
    assert await page.locator("button[value=cancel]").count() == 0
    await page.fill("#why-retry", "MinKNOW is back.")
    await page.click("button[value=retry]")
    await page.wait_for_selector(".toast >> text=tried again")
    assert (await _row(product, saga_id))[0] == "compensating"
    await page.wait_for_selector("h1 ~ .state >> text=Is being undone")


async def test_one_that_waits_is_cancelled_with_a_reason_also_without_scripts(
    product: Product, window: OpenWindow
) -> None:
    saga_id = await hold(product, "backup", state="waiting", error="")
    page = await window("admin", path=f"{PATH}/sagas/backup/{saga_id}", java_script_enabled=False)
    await page.fill("#why-cancel", "The run was planned twice.")
    await page.click("button[value=cancel]")
    assert await page.inner_text(".toast") == "What it did is being undone"
    state, by, reason = await _row(product, saga_id)
    assert (state, reason) == ("waiting", "The run was planned twice.")
    assert by is not None
    assert by.startswith("Robin Vantage")
    assert await page.locator("button[value=cancel]").count() == 0
    assert "The run was planned twice." in await page.inner_text("section:has(#where)")


async def test_what_was_decided_on_meanwhile_is_told(product: Product, window: OpenWindow) -> None:
    saga_id = await hold(product, "backup", state="waiting", error="")
    page = await window("admin", path=f"{PATH}/sagas/backup/{saga_id}")
    await page.fill("#why-cancel", "The run was planned twice.")
    async with product.db("backup") as db:
        await db.execute("UPDATE saga SET state = 'compensating', cause = 'Bob said so.' WHERE id = $1::uuid", saga_id)
    await page.click("button[value=cancel]")
    await page.wait_for_selector("main [role=alert] >> text=being undone already")


async def test_who_may_not_decide_can_look(product: Product, window: OpenWindow) -> None:
    saga_id = await hold(product, "backup", state="stuck")
    page = await window("auditor", path=f"{PATH}/sagas/backup/{saga_id}")
    assert await page.locator("main form").count() == 0
    page = await window("technician", path=f"{PATH}/sagas/backup/{saga_id}")
    assert await page.inner_text("h1") == "Not allowed"
    page = await window("auditor", path=f"{PATH}/sagas/nowhere/{saga_id}")
    assert await page.inner_text("h1") == "Not found"


async def test_what_is_over_is_shown_when_it_is_asked_for(product: Product, window: OpenWindow) -> None:
    saga_id = await hold(product, "backup", state="stuck")
    async with product.db("backup") as db:
        await db.execute(
            "UPDATE saga SET state = 'compensated', step = -1, ended_at = now() WHERE id = $1::uuid", saga_id
        )
    page = await window("admin", path=PATH)
    assert saga_id not in await page.content()
    await page.select_option("#filter-sagas", "compensated")
    await page.wait_for_selector(f"{SAGAS} tbody >> text=Undone")
    assert saga_id in await page.content()
