"""Parts of a page that are asked for while others are on their way: what was asked for last is shown."""

import asyncio

import pytest
from playwright.async_api import Page, Route

from tests.harness.laboratory import urgently
from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def test_a_change_by_others_does_not_take_back_what_was_just_asked_for(window: OpenWindow, bench: Bench) -> None:
    shown = await bench.register("PART-SHOWN", priority="urgent")
    hidden = await bench.register("PART-HIDDEN")
    page = await window("technician", path=f"/board?project_id={bench.project['id']}")
    await page.wait_for_selector("#live[data-state=live]")
    answered = await _slow(page, "**/board?*priority=urgent*")
    await page.select_option("select[name=priority]", "urgent")
    await asyncio.sleep(0.1)
    change, match = urgently({"comment": "Changed meanwhile."}), {"If-Match": '"v1"'}
    checked(await bench.client.patch(f"/api/samples/{hidden['code']}", json=change, headers=match))
    await asyncio.sleep(0.8)
    answered.set()
    await page.wait_for_selector(f"main :text('{hidden['code']}')", state="detached")
    await asyncio.sleep(1.5)
    assert await page.locator(f"main :text('{shown['code']}')").count() > 0
    assert await page.locator(f"main :text('{hidden['code']}')").count() == 0


async def test_of_many_letters_typed_at_a_slow_server_the_last_count(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("SLOWLY-TYPED")
    await bench.register("SLOWLY-OTHER")
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    answered = await _slow(page, "**/samples?*q=*")
    for letters in ("SLOWLY", "SLOWLY-", "SLOWLY-T", "SLOWLY-TYPED"):
        await page.fill(".filters [name=q]", letters)
        await asyncio.sleep(0.3)
    answered.set()
    await page.wait_for_selector("main :text('SLOWLY-OTHER')", state="detached")
    assert await page.is_visible(f"#row-{made['id']}")
    assert "q=SLOWLY-TYPED" in page.url


async def _slow(page: Page, pattern: str) -> asyncio.Event:
    """Hold what the page asks for by this address until the event is set."""
    answered = asyncio.Event()

    async def wait(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await page.route(pattern, wait)
    return answered
