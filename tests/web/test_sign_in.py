"""Signing in and out."""

import pytest

from tests.harness.product import Product
from tests.web.conftest import OpenWindow, sign_in_link

pytestmark = pytest.mark.browser


async def test_a_wrong_password_is_told_and_the_name_stays(window: OpenWindow) -> None:
    page = await window()
    await page.goto("/samples")
    assert "/sign-in?next=/samples" in page.url
    await page.fill("#username", "nobody")
    await page.fill("#password", "not the password")
    await page.click("text=Sign in >> nth=-1")
    assert await page.input_value("#username") == "nobody"
    assert await page.is_visible("[role=alert]")


async def test_a_link_signs_in_once(product: Product, window: OpenWindow) -> None:
    link = await sign_in_link(product, "technician")
    first, second = await window(), await window()
    for page in (first, second):
        await page.goto(link)
        await page.click("text=Sign in with this link")
        await page.wait_for_load_state()
    assert "/password" in first.url
    assert await second.is_visible("[role=alert]")


async def test_signing_out_ends_the_session_everywhere(window: OpenWindow) -> None:
    page = await window("technician", path="/samples")
    other = await page.context.new_page()
    await other.goto("/samples")
    await page.click("summary:has-text('Robin Vantage')")
    await page.click("text=Sign out")
    await page.wait_for_url("**/sign-in")
    await other.reload()
    assert "/sign-in" in other.url


async def test_an_account_without_the_permission_is_told_so(window: OpenWindow) -> None:
    page = await window("viewer", path="/board")
    assert "Not allowed" in await page.inner_text("h1")


async def test_the_colours_are_kept(window: OpenWindow) -> None:
    page = await window("technician", path="/samples")
    await page.click("#theme")
    assert await page.get_attribute("html", "data-theme") == "light"
    async with page.expect_response("**/theme"):
        await page.click("#theme")
    await page.reload()
    assert await page.get_attribute("html", "data-theme") == "dark"


async def test_an_ended_session_asks_in_place_and_keeps_the_text(window: OpenWindow, bench: object) -> None:
    page = await window("facility_manager", path="/settings/labs")
    await page.fill("#f-name", "A lab that is half typed")
    cookies = [cookie for cookie in await page.context.cookies() if cookie["name"] == "session"]
    await page.context.request.post("/sign-out", form={"csrf": await page.get_attribute("body", "data-csrf") or ""})
    assert cookies
    await page.fill("#f-pi_name", "Dr Okafor")
    await page.click("section.panel >> text=Create")
    await page.wait_for_selector("#sign-in")
    assert await page.input_value("#f-name") == "A lab that is half typed"
