"""The list of forms that wait because values of them were drawn by lot."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.harness.printed import form, rows
from tests.harness.product import Product
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser


async def test_what_was_drawn_leads_to_its_review_and_goes_once_it_was_looked_at(
    product: Product, window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    page = await window("technician", bypass_csp=True)
    file = tmp_path / "drawn.pdf"
    file.write_bytes(form(rows(2)))
    await page.goto("/submissions/new")
    await page.select_option("#up-project", bench.project["id"])
    await page.set_input_files("#up-file", file)
    await page.click("text=Send and check")
    await page.wait_for_url("**/review*")
    async with product.db("ai") as db:
        await db.execute(
            """INSERT INTO form_judgement (value_id, audited)
               SELECT v.id, true FROM form_value v JOIN extraction e ON e.id = v.extraction_id
                   JOIN document d ON d.id = e.document_id WHERE d.filename = 'drawn.pdf' AND v.field = 'organism'
               ON CONFLICT (value_id) DO UPDATE SET audited = true"""
        )
    await page.goto("/submissions")
    await page.click("a:has-text('Drawn by lot')")
    line = page.locator("tr:has-text('drawn.pdf')")
    await expect(line).to_contain_text("nobody")
    if AXE.is_file():
        assert await _judged(page, "drawn by lot") == []
    await line.get_by_role("link", name="Organism").click()
    await page.wait_for_url("**/review?value=*")
    await page.click("text=Right so")
    await page.wait_for_selector(".values li.decided")
    await page.goto("/submissions/lots")
    await expect(page.locator("#lots")).to_contain_text("None.")
