"""A search that asks a language model about what it did not understand: offered, shown as proposed, taken off again."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.harness.model_server import model_server, set_up
from tests.harness.product import Product
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser

ON = {"llm_searches": "local", "reading_method": "pattern"}
ASK = "button:has-text('Ask the language model')"


async def test_what_a_model_proposes_is_a_chip_that_says_so_and_can_be_taken_off(
    window: OpenWindow, bench: Bench, product: Product
) -> None:
    pressing = await bench.register("PROPOSED-1", material="total RNA", priority="urgent")
    other = await bench.register("PROPOSED-2", material="total RNA")
    text = f"pressing purple RNA samples of {bench.lab['name']}"
    async with model_server() as server:
        with set_up(product, server, **ON):
            page = await window("technician", path="/samples", bypass_csp=True)
            await page.fill("#search", text)
            await page.press("#search", "Enter")
            panel = page.locator("section[aria-labelledby=understood]")
            await expect(panel).to_contain_text(other["code"])
            assert server.came == [], "the page asked nobody"
            await expect(panel).to_contain_text("the facility's own, gets these words and no others: pressing, purple.")
            assert not AXE.is_file() or await _judged(page, "search that can ask") == []
            await page.click(ASK)
            await page.wait_for_url("**proposed=*")
            await expect(page.locator("#toasts")).to_contain_text("Take off what you did not mean")
            await expect(panel).to_contain_text("Priority: urgent “pressing”, proposed by a model")
            await expect(panel).to_contain_text("not narrowed by it: purple")
            said = await panel.inner_text()
            assert (pressing["code"] in said, other["code"] in said) == (True, False)
            assert not AXE.is_file() or await _judged(page, "search with proposals") == []
            await panel.get_by_label("Without Holds: RNA").click()
            await expect(panel).to_contain_text("proposed by a model")
            await panel.get_by_label("Without Priority: urgent").click()
            await expect(panel).to_contain_text(other["code"])
            await expect(panel).to_contain_text("not narrowed by it: pressing, purple")
    assert len(server.asked) == 1


async def test_a_model_that_does_not_help_leaves_the_search_as_it_was(
    window: OpenWindow, bench: Bench, product: Product
) -> None:
    made = await bench.register("PROPOSED-3", material="total RNA")
    address = f"/search?q=pressing%20RNA%20samples%20of%20{bench.lab['name']}".replace(" ", "%20")
    async with model_server() as server:
        server.behaviour = "500"
        with set_up(product, server, **ON):
            page = await window("technician", path=address)
            await page.click(ASK)
            await expect(page.locator("#toasts")).to_contain_text("failed (status 500)")
            await expect(page.locator("#toasts")).to_contain_text("answered as it was understood without it")
            await expect(page.locator("section[aria-labelledby=understood]")).to_contain_text(made["code"])


async def test_it_works_without_script_and_where_nothing_was_understood(window: OpenWindow, product: Product) -> None:
    async with model_server() as server:
        with set_up(product, server, **ON):
            page = await window("technician", path="/search?q=everything%20aborted", java_script_enabled=False)
            await expect(page.locator("#ask-title")).to_have_text("Not understood as filters of a list")
            await page.click(ASK)
            await page.wait_for_url("**proposed=aborted*")
            understood = page.locator("section[aria-labelledby=understood]")
            await expect(understood).to_contain_text("State: stopped by user “aborted”, proposed by a model")


@pytest.mark.parametrize(
    ("role", "more"), [("technician", {"llm_searches": "off"}), ("auditor", {})], ids=["off", "auditor"]
)
async def test_nobody_is_offered_what_they_may_not_ask(
    window: OpenWindow, product: Product, role: str, more: Any
) -> None:
    async with model_server() as server:
        with set_up(product, server, **(ON | more)):
            page = await window(role, path="/search?q=pressing%20samples")
            await expect(page.locator("section[aria-labelledby=understood]")).to_contain_text("pressing")
            assert await page.locator(ASK).count() == 0
