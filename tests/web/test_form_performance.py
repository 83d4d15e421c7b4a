"""How well forms are read, on its page: numbers with their charts and files, and what may be accepted unseen."""

import csv
import io
import secrets
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.harness.printed import FIELDS, form, rows
from tests.harness.product import Product, checked
from tests.services.ai.test_reviews import decide, end, said, value, values
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser


async def _corrected(bench: Bench, product: Product, organism: str) -> None:
    """Accept a form in which the organism is corrected."""
    params = {"project_id": bench.project["id"], "filename": "form.pdf"}
    sent = checked(await bench.client.post("/api/documents", params=params, content=form(rows(2), fields=FIELDS)))

    async def read() -> Any:
        answer = await bench.client.get(f"/api/extractions/{sent['extraction_id']}/review")
        return answer.json() if answer.status_code == 200 else None

    review = await product.eventually(read)
    doubts = [said(each, "confirm") for each in values(review) if each["state"] == "needs_review"]
    decided = checked(await decide(bench.client, review, said(value(review, "organism"), "correct", organism), *doubts))
    checked(await end(bench.client, review | {"version": decided["version"]}, "acceptance"))


async def test_numbers_have_charts_tables_and_files_and_a_wish_that_they_do_not_bear_out_is_refused(
    window: OpenWindow, bench: Bench, product: Product
) -> None:
    organism = f"Exampella {secrets.token_hex(3)}"
    await _corrected(bench, product, organism)
    manager = await product.client("facility_manager")

    async def calibrated() -> Any:
        return checked(await manager.get("/api/documents/calibration"))["units"]

    await product.eventually(calibrated)
    page = await window("facility_manager", path="/settings/forms/performance", bypass_csp=True)
    await expect(page.locator("section[aria-labelledby=corrections-title]")).to_contain_text(organism)
    row = page.locator("section[aria-labelledby=t-field] tr", has_text="Requester's e-mail").first
    await expect(row).to_contain_text("fields")
    await expect(page.locator("section[aria-labelledby=sure-title] svg").first).to_be_visible()
    if AXE.is_file():
        found = await _judged(page, "performance")
        assert found == [], "\n".join(found)
    async with page.expect_download() as waiting:
        await page.click("text=Corrections as CSV")
    kept = list(csv.DictReader(io.StringIO(Path(await (await waiting.value).path()).read_text("utf-8"))))
    assert [each["read"] for each in kept if each["after"] == organism] == ["Exampella testii"]
    await page.select_option("#error-rate", "0.001")
    # That takes about 3,000 readings: more than all other tests have looked at by now, in whichever order they run.
    await page.click("#unseen button:has-text('Save')")
    await expect(page.locator("#performance")).to_contain_text("cannot be shown yet")
