"""Every page is looked at by axe-core, in both colour schemes and three widths, and fits the narrowest phone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.harness.product import Product
from tests.web.conftest import Bench, OpenWindow, sign_in_link
from tests.web.scene import laid_out

pytestmark = [pytest.mark.browser, pytest.mark.long]

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = ((1440, 900), (820, 1100), (390, 844))
#: The widths in which a page is looked at in each scheme: the widest shows most, the narrowest is laid out otherwise.
WIDTHS = {"light": (1440, 390), "dark": (1440,)}
#: Pages that are looked at in each width: what only a narrow window shows is on all of them, or on these.
EACH_WIDTH = ("samples", "sample", "board", "bench")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What the colour scheme can change; all other rules give the same answer in both.
COLOURS = ["color-contrast", "link-in-text-block"]
_RUN = """async rules => (await axe.run(document, { runOnly: rules,
    resultTypes: ["violations"] })).violations.flatMap(found => found.nodes.map(node =>
    `${found.id}: ${found.help} at ${node.target.join(" ")} ${node.any.map(item => item.message).join("; ")}`))"""
_SIDEWAYS = """() => [document.documentElement, document.querySelector("main")].filter(
    box => box && box.scrollWidth > box.clientWidth + 1).map(box => box.tagName)"""


async def _violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE.read_text("utf-8"))
    # What is fetched anew is faded until it is there.
    await page.wait_for_function("!document.querySelector('.htmx-request')")
    found: list[str] = await page.evaluate(_RUN, rules)
    return found


async def _in_scheme(page: Page, name: str, scheme: Any) -> list[str]:
    """Look at one page in each width that can make a difference."""
    found = []
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    sizes = [size for size in SIZES if name in EACH_WIDTH or size[0] in WIDTHS[scheme]]
    for width, height in sizes:
        await page.set_viewport_size({"width": width, "height": height})
        rules = RULES if scheme == "light" else COLOURS
        found += [f"{name}, {scheme}, {width}: {said}" for said in await _violations(page, rules)]
    return found


async def _judged(page: Page, name: str) -> list[str]:
    """Look at one page in each scheme and width."""
    return [said for scheme in ("light", "dark") for said in await _in_scheme(page, name, scheme)]


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; `make assets` fetches it.")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", [0, 1])
async def test_no_page_has_a_violation_or_scrolls_sideways(
    product: Product, window: OpenWindow, bench: Bench, part: int
) -> None:
    scene = await laid_out(product, bench)
    page = await window("facility_manager", "admin", bypass_csp=True)
    found: list[str] = []
    for name, path in list(scene.pages().items())[part::2]:
        await page.goto(path)
        found += await _judged(page, name)
        await page.set_viewport_size({"width": 320, "height": 640})
        found += [f"{name}, 320: {box} scrolls sideways" for box in await page.evaluate(_SIDEWAYS)]
    assert found == [], "\n".join(sorted(set(found)))


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; `make assets` fetches it.")
async def test_pages_outside_have_no_violation(product: Product, window: OpenWindow) -> None:
    outside = await window(bypass_csp=True)
    found: list[str] = []
    for name, path in (("sign in", "/sign-in"), ("sign in by link", await sign_in_link(product, "viewer"))):
        await outside.goto(path)
        found += await _judged(outside, name)
    visitor = await window("viewer", path="/board", bypass_csp=True)
    found += await _judged(visitor, "forbidden")
    assert found == [], "\n".join(sorted(set(found)))


async def test_open_forms_and_menus_are_accessible(product: Product, window: OpenWindow, bench: Bench) -> None:
    scene = await laid_out(product, bench)
    page = await window("facility_manager", "admin", path=f"/samples/{scene.sample}", bypass_csp=True)
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; `make assets` fetches it.")
    await page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
    assert await _violations(page) == []
    await page.goto("/settings/labs")
    await page.click("tbody button:has-text('Edit') >> nth=0")
    assert await _violations(page) == []
    await page.keyboard.press("Escape")
    assert not await page.is_visible(".sheet >> nth=0")
    await page.keyboard.press("?")
    assert await _violations(page) == []


async def test_states_are_told_by_shape_and_word_in_forced_colours(window: OpenWindow, bench: Bench) -> None:
    await bench.register("FORCED-1", priority="urgent")
    page = await window(
        "technician", path=f"/samples?project_id={bench.project['id']}", forced_colors="active", color_scheme="dark"
    )
    state = page.locator("tbody .state").first
    assert await state.inner_text() == "Queued"
    assert await state.locator("svg").is_visible()
    assert await page.is_visible("tbody .prio >> text=Urgent")
    await page.keyboard.press("j")
    width = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "2px"


async def test_the_focus_is_always_to_be_seen(product: Product, window: OpenWindow, bench: Bench) -> None:
    scene = await laid_out(product, bench)
    page = await window("technician", path=f"/samples/{scene.sample}")
    await page.keyboard.press("Tab")
    assert await page.inner_text(":focus") == "Skip to the content"
    assert await page.is_visible(":focus")
    for _ in range(40):
        await page.keyboard.press("Tab")
        seen = await page.evaluate(
            """() => { const box = document.activeElement.getBoundingClientRect();
            return document.activeElement === document.body || (box.bottom > 0 && box.top < innerHeight); }"""
        )
        assert seen, await page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
