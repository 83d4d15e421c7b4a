"""The page of a sample says what is planned, and leads to its run and its delivery with the names filled in."""

from typing import Any

from playwright.async_api import expect

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.shelf import checked_cell, instrument
from tests.web.conftest import OpenWindow


async def _moved(made: Pooling, sample: Any, *stages: str) -> None:
    path = f"/api/samples/{sample['code']}"
    for to in stages:
        now = checked(await made.manager.get(path))
        step = {"to": to, "reason": "A test of pages.", "override": True}
        checked(await made.manager.post(f"{path}/transitions", json=step, headers=seen(now)))


async def test_a_run_is_planned_from_the_sample(product: Product, window: OpenWindow) -> None:
    made = await pooling(product)
    sample = await made.sample()
    page = await window("facility_manager", path=f"/samples/{sample['code']}")
    ahead = page.locator("#ahead")
    await expect(ahead).to_contain_text("None can be planned before there is a library.")
    await expect(ahead.get_by_role("link", name="Plan a run")).to_have_count(0)
    pool = await made.pool(await made.library(sample, 1))
    await _moved(made, sample, "library_qc", "sequencing_setup")
    cell, box = await checked_cell(made.manager), await instrument(made.manager)

    await page.reload()
    await expect(page.locator("#gate")).to_contain_text("No run of the sample's library or of its pool is planned yet.")
    await expect(page.locator("#add-loading")).to_have_count(0)
    await ahead.get_by_role("link", name=f"Plan a run of {pool['code']}").click()
    await expect(page.locator("[name=pool]")).to_have_value(pool["code"])
    await page.fill("[name=flow_cell]", cell["flow_cell_id"])
    await page.select_option("[name=position_id]", box["positions"][0]["id"])
    await page.fill("[name=volume_ul]", "5")
    await page.get_by_role("button", name="Plan", exact=True).click()
    await page.wait_for_url("**/runs/R*")
    code = page.url.rpartition("/")[2]
    await page.goto(f"/samples/{sample['code']}")

    await expect(ahead.get_by_role("link", name=code)).to_be_visible()
    await expect(ahead).to_contain_text(f"{pool['code']} on {cell['flow_cell_id']}")
    await expect(page.locator("#gate .missing")).to_have_count(1)
    await expect(page.locator("#gate .missing")).to_contain_text("No sheet was issued.")


async def test_a_delivery_is_prepared_from_the_sample(product: Product, window: OpenWindow) -> None:
    made = await pooling(product)
    sample = await made.sample()
    await made.library(sample, None)
    stages = ("library_qc", "sequencing_setup", "sequencing_run", "basecalling", "quality_assessment", "data_delivery")
    await _moved(made, sample, *stages)
    page = await window("facility_manager", path=f"/samples/{sample['code']}")
    ahead = page.locator("#ahead")
    await expect(ahead).to_contain_text("None prepared yet.")
    await expect(page.locator("#add-delivery")).to_have_count(0)

    await ahead.get_by_role("link", name="Prepare a delivery").click()
    await expect(page.locator("[name=samples]")).to_have_value(sample["code"])
    await page.select_option("[name=method]", "research_storage")
    await page.get_by_role("button", name="Prepare it").click()
    await page.wait_for_url("**/deliveries/D*")
    code = page.url.rpartition("/")[2]
    await page.goto(f"/samples/{sample['code']}")

    await expect(ahead.get_by_role("link", name=code)).to_be_visible()
    await expect(page.locator("#gate .missing")).to_have_count(2)


async def test_a_submitter_sees_the_deliveries_and_no_runs(product: Product, window: OpenWindow) -> None:
    made = await pooling(product)
    sample = await made.sample()

    page = await window("submitter", labs=(sample["lab_id"],), path=f"/samples/{sample['code']}")

    await expect(page.locator("#ahead")).to_contain_text("Deliveries")
    await expect(page.locator("#ahead")).not_to_contain_text("Runs")
