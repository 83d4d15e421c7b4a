"""Webhooks on their pages: the secret is shown once, the log tells what was sent, a person repeats and gives up."""

import secrets

import pytest

from tests.harness.product import Product, checked
from tests.harness.receiver import receiver
from tests.web.conftest import OpenWindow
from tests.web.test_accessibility import _judged

pytestmark = pytest.mark.browser


async def test_a_webhook_is_set_up_tested_repeated_and_switched_off(product: Product, window: OpenWindow) -> None:
    name = f"LIMS {secrets.token_hex(3)}"
    page = await window("facility_manager", path="/settings/webhooks", bypass_csp=True)
    async with receiver() as there:
        await page.fill("[name=name]", name)
        await page.fill("[name=url]", "http://10.0.0.1/inside")
        await page.fill("[name=event_types]", "lab.changed, project.*")
        await page.click("text=Set it up")
        await page.wait_for_selector("text=begins with https")
        await page.fill("[name=url]", there.url)
        await page.click("text=Set it up")
        secret = await page.inner_text(".secret")
        assert secret.startswith("whsec_")
        assert await _judged(page, "webhooks") == []
        await page.set_viewport_size({"width": 1440, "height": 900})
        await page.click(f"text={name} >> nth=-1")
        await page.wait_for_selector("h2:has-text('Change it')")
        assert "whsec_" not in await page.content()
        await page.click("text=Send a test")
        await page.wait_for_selector(".toast >> text=A test is sent")

        async def arrived() -> bool:
            return there.types() == ["webhook.test"]

        await product.eventually(arrived)
        assert there.signed(secret)
        await page.reload()
        await page.wait_for_selector("td:has-text('Delivered')")
        await page.click("text=Send again")
        await page.wait_for_selector(".toast >> text=sent again")
        assert await _judged(page, "webhook") == []
        await page.set_viewport_size({"width": 1440, "height": 900})
        await page.click("text=Switch off")
        await page.wait_for_selector("text=Switch on")


async def test_who_may_only_read_webhooks_changes_none(product: Product, window: OpenWindow) -> None:
    page = await window("auditor", path="/settings/webhooks")
    assert await page.locator("text=Set it up").count() == 0
    client = await product.client("auditor")
    assert checked(await client.get("/api/webhooks"))["items"] is not None
