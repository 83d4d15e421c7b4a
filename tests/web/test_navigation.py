"""The navigation: groups beside the page, in a narrow window a bar of the most used places and a menu of all."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from nanopore_tracking.web import navigation, parked
from tests.harness.product import Product
from tests.web.conftest import Bench, OpenWindow
from tests.web.scene import park

pytestmark = pytest.mark.browser

NARROW = ({"width": 820, "height": 1180}, {"width": 390, "height": 844})
_ICONS = Path(navigation.__file__).with_name("parts") / "icons.html"


def test_each_place_has_an_icon_of_its_own() -> None:
    drawn = dict(re.findall(r'"([a-z-]+)": "([^"]+)"', _ICONS.read_text("utf-8")))
    entries = [entry for _, group in navigation.GROUPS for entry in group]
    paths = [drawn[entry.icon] for entry in entries]
    assert len(entries) > 15
    assert len(set(paths)) == len(entries)
    keys = [entry.key for entry in entries if entry.key]
    assert len(set(keys)) == len(keys)


async def test_a_wide_window_shows_all_places_in_groups(window: OpenWindow, bench: Bench) -> None:
    page = await window("facility_manager", "admin", path="/samples")
    headings = await page.locator(".nav h2").all_inner_texts()
    assert headings == ["Laboratory", "Stock", "Figures", "Facility"]
    assert await page.is_visible(".nav >> text=Kit lots")
    assert not await page.is_visible(".places")
    await page.set_viewport_size({"width": 1000, "height": 800})
    assert await page.is_visible(".nav a[href='/kit-lots']")
    assert not await page.is_visible(".places")


@pytest.mark.parametrize("size", NARROW, ids=["tablet", "phone"])
async def test_a_narrow_window_has_four_places_with_words_and_a_menu_of_all(
    window: OpenWindow, bench: Bench, size: dict[str, int]
) -> None:
    page = await window("facility_manager", "admin", path="/queue", viewport=size)
    bar = page.locator(".places")
    assert await _words(bar.locator("a")) == ["Samples", "Queue", "Board", "Submissions"]
    assert await _words(page.locator(".places [aria-current=page]")) == ["Queue"]
    more = bar.get_by_role("button", name="More")
    assert not await page.is_visible(".nav")
    for target in await bar.locator("a, button").all():
        box = await target.bounding_box()
        assert box is not None
        assert box["width"] >= 44
        assert box["height"] >= 44
    await more.focus()
    await page.keyboard.press("Enter")
    menu = page.get_by_role("navigation", name="Main")
    await expect(menu).to_be_visible()
    all_of_them = sum(len(group) for _, group in navigation.GROUPS)
    await expect(menu.get_by_role("link")).to_have_count(all_of_them)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('#places') !== null"), "the next stop is in the menu"
    for link in await menu.locator("li a").all():
        box = await link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(more).to_be_focused()
    await more.click()
    await menu.get_by_role("link", name="Kit lots").click()
    await page.wait_for_url("**/kit-lots")
    assert await page.locator(".places button.here").count() == 1, "the place is one that only the menu shows"


async def test_what_waits_at_a_place_of_the_menu_is_counted_at_the_way_to_the_menu(
    product: Product, window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine may take longer than a page waits for the count.
    monkeypatch.setattr(parked, "PATIENCE_S", 10.0)
    for _ in range(2):
        await park(product, "audit")
    page = await window("facility_manager", "admin", path="/settings/operations", viewport=NARROW[0])
    # What somebody decides is counted at once; what comes by itself only now and then.
    await page.click("section:has(#of-audit) button:has-text('Decide') >> nth=0")
    await page.fill(".sheet:popover-open [name=reason]", "Not needed.")
    await page.click(".sheet:popover-open >> text=Discard it")
    await page.wait_for_selector(".toast >> text=discarded")
    await page.goto("/password")
    more = page.get_by_role("button", name="More")
    assert int((await more.locator(".count").inner_text()).split()[0]) >= 1
    await more.click()
    assert int((await page.locator(".nav a[href='/settings'] .count").inner_text()).split()[0]) >= 1
    async with product.db("audit") as db:
        await db.execute("DELETE FROM dead_letter")


async def test_the_menu_opens_without_scripts(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/samples", viewport=NARROW[0], java_script_enabled=False)
    assert not await page.is_visible(".nav")
    await page.click(".places button")
    await page.click(".nav >> text=Storage")
    assert page.url.endswith("/storage")


async def test_a_submitter_has_what_they_can_use_in_the_bar(window: OpenWindow, bench: Bench) -> None:
    labs = (bench.lab["id"],)
    page = await window("submitter", labs=labs, path="/submissions", viewport=NARROW[1])
    assert await _words(page.locator(".places a")) == ["Samples", "Queue", "Submissions", "Deliveries"]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.set_viewport_size({"width": 320, "height": 640})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_all_keys_are_listed_over_the_page_and_on_a_page_of_their_own(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/samples")
    await page.click(".me > summary")
    await page.click("#show-keys")
    listed = await page.inner_text("dialog#keys[open] dl")
    assert "go to the next mistake" in listed
    assert "Storage" in listed
    plain = await window("technician", path="/samples", java_script_enabled=False)
    await plain.click(".me > summary")
    await plain.click("#show-keys")
    assert plain.url.endswith("/keys")
    assert await plain.inner_text("main dl") == listed


async def _words(links: Locator) -> list[str]:
    """Return what links say, without what waits there."""
    return [text.split("\n")[0].strip() for text in await links.all_inner_texts()]
