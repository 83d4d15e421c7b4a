"""The language model on the pages: how it is and a trial, and what it said that nothing bears out in a review."""

from typing import Any

import pytest

from tests.harness.model_server import model_server, set_up
from tests.harness.printed import form, rows
from tests.harness.product import Product
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser

FIELDS = (("Vorhaben:", "Riverbank survey"), ("Source organism:", "Exampella testii"))


async def _read(bench: Bench, product: Product) -> str:
    """Send a form and return the address of its review."""
    params = {"project_id": bench.project["id"], "filename": "form.pdf"}

    async def taken() -> Any:
        answer = await bench.client.post("/api/documents", params=params, content=form(rows(1), fields=FIELDS))
        return answer.json() if answer.status_code == 201 else None

    document = await product.eventually(taken)

    async def read() -> Any:
        answer = await bench.client.get(f"/api/extractions/{document['extraction_id']}/review")
        return answer.status_code == 200

    await product.eventually(read)
    return f"/submissions/reading/{document['extraction_id']}/review"


async def test_a_model_is_tried_on_its_page_and_its_doubts_are_seen(
    window: OpenWindow, bench: Bench, product: Product
) -> None:
    page = await window("facility_manager", path="/settings/model", bypass_csp=True)
    assert "No language model is set" in await page.inner_text("main")
    async with model_server() as server:
        with set_up(product, server):
            await page.reload()
            await page.click("button:has-text('Try it')")
            await page.wait_for_selector("text=The model found every value.")
            said = await page.inner_text("main")
            assert not AXE.is_file() or await _judged(page, "language model") == []
            await page.goto(await _read(bench, product))
    for text in ("tiny-reader", "the facility's own", "Is asked", "of 2,000,000 tokens in"):
        assert text in said
    review = await page.inner_text("main")
    assert "Read by rules, with a language model for what they leave open (tiny-reader)" in review
    assert "no label of the field stands beside it" in review
    assert not AXE.is_file() or await _judged(page, "review") == []
    await page.click(".values a:has-text('Exampella testii')")
    await page.wait_for_selector("li:not(.now) >> text=Unconfirmed")
    await page.goto("/settings/projects")
    row = page.locator("tr", has_text=bench.project["code"])
    await row.locator("text=Edit").first.click()
    await row.get_by_label("Remote language model").check()
    await row.locator("text=Save").click()
    await page.wait_for_selector("td:has-text('A remote language model may read documents: ')")
