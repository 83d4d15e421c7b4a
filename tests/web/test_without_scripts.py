"""The pages where scripts are off: everything that a person needs is a link or a form."""

import asyncio

import pytest

from tests.harness.product import ADMIN_PASSWORD
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def test_signing_in_with_a_password_leads_back_to_the_page(window: OpenWindow, bench: Bench) -> None:
    page = await window(java_script_enabled=False)
    await page.goto("/samples?q=nothing")
    await page.fill("#username", "admin")
    await page.fill("#password", ADMIN_PASSWORD)
    await page.click("button:has-text('Sign in')")
    assert page.url.endswith("/samples?q=nothing")
    assert await page.is_visible("text=No samples match these filters")


async def test_the_list_is_filtered_ordered_and_paged(window: OpenWindow, bench: Bench) -> None:
    for start in range(0, 60, 20):
        await asyncio.gather(*(bench.register(f"PLAIN-{start + n:02}") for n in range(20)))
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}", java_script_enabled=False)
    await page.click("th >> text=Name")
    assert await page.inner_text("tbody tr >> nth=0 >> td.name") == "PLAIN-00"
    await page.click("text=Next")
    assert await page.inner_text("tbody tr >> nth=0 >> td.name") == "PLAIN-50"
    await page.click("text=Previous")
    await page.fill(".filters [name=q]", "PLAIN-41")
    await page.click("button:has-text('Filter')")
    assert await page.locator("tbody tr").count() == 1
    await page.click("tbody th a")
    assert "PLAIN-41" in await page.inner_text("h1")


async def test_an_address_that_is_wrong_leads_on_to_the_page_without_filters(window: OpenWindow) -> None:
    page = await window("technician", java_script_enabled=False, expects=("Failed to load resource",))
    await page.goto("/samples?sort=-nosuch")
    assert (await page.inner_text("main")).count("This must be one of") == 1
    await page.click("text=Open the page without filters")
    assert page.url.endswith("/samples")


async def test_a_record_is_kept_by_plain_forms(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("PLAIN-FORM")
    page = await window("technician", path=f"/samples/{made['code']}", java_script_enabled=False)
    await page.click("button:has-text('Move to Received')")
    assert "not received yet" in await page.inner_text("[role=alert]")
    await page.click("#add-custody > summary")
    await page.select_option("#custody-kind", "received")
    await page.select_option("#custody-condition", "intact")
    await page.click("#add-custody button.primary")
    assert "Intact" in await page.inner_text("#custody")
    await page.click("button:has-text('Move to Received')")
    assert await page.inner_text(".toast") == f"{made['code']} is now at Received"
    assert page.url.endswith(f"/samples/{made['code']}")


async def test_a_draft_is_begun_and_filled_by_hand(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/submissions/new", java_script_enabled=False)
    assert await page.locator("noscript span").is_visible()
    await page.select_option("#hand-project_id", bench.project["id"])
    await page.click("text=Begin a draft")
    assert "/submissions/SUB-" in page.url
    await page.fill("#paste", "BY-HAND\tHMW gDNA\t50,5")
    await page.click("button:has-text('Add these samples')")
    assert "50.5" in await page.inner_text("tbody")
    await page.fill("#w-requester_name", "Kit Ostrander")
    await page.click("button:has-text('Save')")
    assert await page.input_value("#w-requester_name") == "Kit Ostrander"


async def test_the_form_of_a_row_opens_and_colours_change(window: OpenWindow, bench: Bench) -> None:
    page = await window("facility_manager", path="/settings/labs", java_script_enabled=False)
    await page.click("tbody button:has-text('Edit') >> nth=0")
    assert await page.is_visible(".sheet button:has-text('Save') >> nth=0")
    await page.goto("/samples")
    await page.click("#theme")
    assert await page.get_attribute("html", "data-theme") == "light"
    assert page.url.endswith("/samples")
