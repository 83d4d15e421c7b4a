"""The forms that are known, on their pages: one is added without code, tried and kept, and a lesson is forgotten."""

import secrets
from typing import Any

import pytest

from tests.harness.printed import FIELDS, form, rows
from tests.harness.product import Product, checked
from tests.services.ai.test_reviews import decide, said, value
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser

TITLE = "Orders of the Fendar core"


async def _document(bench: Bench, product: Product) -> Any:
    """Send a form in whose labels nobody knows two, and return its review."""
    strange = [("Zqx vorl:", "Lifa reads"), ("Brumel:", "Fendar Hall"), (TITLE, "")]
    params = {"project_id": bench.project["id"], "filename": "fendar.pdf"}
    content = form(rows(1), fields=[*FIELDS, *strange])

    async def taken() -> Any:
        answer = await bench.client.post("/api/documents", params=params, content=content)
        return answer.json() if answer.status_code == 201 else None

    document = await product.eventually(taken)

    async def read() -> Any:
        answer = await bench.client.get(f"/api/extractions/{document['extraction_id']}/review")
        return answer.json() if answer.status_code == 200 else None

    return await product.eventually(read)


async def test_a_form_is_made_known_tried_and_kept(window: OpenWindow, bench: Bench, product: Product) -> None:
    await _document(bench, product)
    name = f"fendar-{secrets.token_hex(3)}"
    page = await window("facility_manager", path="/settings/forms", bypass_csp=True)
    await page.click("summary:has-text('Add a form')")
    await page.fill("#new-name", name)
    await page.fill("#new-print", TITLE)
    await page.click("button:has-text('Add it')")
    await page.wait_for_selector(f"text={name} is known")
    await page.fill("#l-project_name", "Zqx vorl")
    await page.fill("#l-institution", "Brumel; Brumel house")
    await page.click("button:has-text('Try it')")
    await page.wait_for_selector("text=This form was recognised")
    told = await page.inner_text("section:has(#outcome-title)")
    assert "Lifa reads" in told
    assert "Fendar Hall" in told
    assert await page.input_value("#l-institution") == "Brumel; Brumel house", "what was typed stays"
    await page.click("button:has-text('Save as version 2')")
    await page.wait_for_selector("text=Saved as version 2")
    if AXE.is_file():
        found = await _judged(page, "template")
        assert found == [], "\n".join(found)
    review = await _document(bench, product)
    assert (review["template"], value(review, "project_name")["raw"]) == (name, "Lifa reads")
    await page.uncheck("#t-active")
    await page.click("button:has-text('Save as version 3')")
    await page.wait_for_selector("text=Not used")


async def test_what_was_learnt_is_shown_and_forgotten(window: OpenWindow, bench: Bench, product: Product) -> None:
    review = await _document(bench, product)
    project = value(review, "project_name")
    checked(await decide(bench.client, review, said(project, "correct", "Lifa reads")))
    page = await window("facility_manager", path="/settings/forms", bypass_csp=True)
    row = page.locator("tr:has-text('Zqx vorl')").first
    assert "Project" in await row.inner_text()
    if AXE.is_file():
        found = await _judged(page, "forms")
        assert found == [], "\n".join(found)
    before = await page.locator("tr:has-text('Zqx vorl')").count()
    await row.locator("button:has-text('Forget')").click()
    await page.wait_for_selector("text=Forgotten")
    assert await page.locator("tr:has-text('Zqx vorl')").count() == before - 1
