"""The pages of what the facility has: flow cells, lots of reagents, instruments."""

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.pooled import pooling
from tests.services.sample.shelf import checked_cell, day, flow_cell, instrument, kit_lot, printed_id
from tests.web.conftest import OpenWindow
from tests.web.test_accessibility import _SIDEWAYS, AXE, _judged

pytestmark = pytest.mark.browser


async def test_a_flow_cell_is_received_checked_and_claimed(product: Product, window: OpenWindow) -> None:
    page, printed = await window("technician", path="/flow-cells"), printed_id("P")
    form = page.locator("form[action='/flow-cells'][method=post]")
    await form.locator("[name=product_code]").select_option("FLO-PRO114M")
    await form.locator("[name=purchased_on]").fill(day(-20))
    await form.locator("[name=flow_cell_id]").fill(printed)
    await form.locator("button").click()
    await page.wait_for_url(f"**/flow-cells/{printed}")
    await page.click("text=Record a check")
    await page.fill("#checks-pores_available", "4300")
    await page.click("#add-checks button")
    await page.wait_for_selector("text=A claim is open")
    assert await page.locator(".state", has_text="Check failed").count() == 1
    assert "4,300" in (await page.get_attribute("svg.pores", "aria-label") or "")
    await page.goto("/flow-cells")
    claim = page.locator("section", has_text="To be reported").locator("li", has_text=printed)
    await claim.locator("button", has_text="Reported").click()
    await claim.locator("[name=reference]").fill("CASE-1")
    await claim.locator("text=Record the report").click()
    await page.wait_for_selector("text=The claim is reported")
    client = await product.client("technician")
    assert checked(await client.get(f"/api/flow-cells/{printed}"))["claim_deadline"] is None


async def test_a_lot_is_received_and_used_and_an_expired_one_is_refused(product: Product, window: OpenWindow) -> None:
    client = await product.client("technician")
    lot = await kit_lot(client, received_on=day(-50), expires_on=day(-1))
    page = await window("technician", path=f"/kit-lots?q={lot['lot']}")
    await page.locator("tbody button", has_text="Use").first.click()
    sheet = page.locator(f"#use-{lot['id']}")
    await sheet.locator("[name=used_for]").fill("L26-000001")
    await sheet.locator("[name=kind]").select_option("library")
    await sheet.locator("text=Record the use").click()
    await page.wait_for_selector("[role=alert] >> text=expired on")


async def test_a_position_is_put_out_of_order(product: Product, window: OpenWindow) -> None:
    client = await product.client("technician")
    made = await instrument(client)
    page = await window("technician", path=f"/instruments?q={made['name']}")
    await page.click(f"button[aria-label='Put out of order: X2 of {made['name']}']")
    await page.wait_for_selector(f"button[aria-label='Works again: X2 of {made['name']}']")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; `make assets` fetches it.")
async def test_the_pages_of_the_inventory_have_no_violation(product: Product, window: OpenWindow) -> None:
    client = await product.client("facility_manager")
    cell = await checked_cell(client, 400)
    await flow_cell(client, purchased_on=day(-100))
    await kit_lot(client)
    await instrument(client)
    page = await window("facility_manager", bypass_csp=True)
    found: list[str] = []
    for path in ("/flow-cells", f"/flow-cells/{cell['flow_cell_id']}", "/kit-lots", "/instruments"):
        await page.goto(path)
        found += await _judged(page, path)
    assert found == [], "\n".join(sorted(set(found)))
    await page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/flow-cells", f"/flow-cells/{cell['flow_cell_id']}", "/kit-lots", "/instruments"):
        await page.goto(path)
        assert await page.evaluate(_SIDEWAYS) == [], path


async def test_the_pages_of_the_inventory_can_be_read_without_scripts(product: Product, window: OpenWindow) -> None:
    client = await product.client("technician")
    cell = await checked_cell(client)
    page = await window("viewer", path=f"/flow-cells/{cell['flow_cell_id']}", java_script_enabled=False)
    assert await page.inner_text("h1") == f"{cell['flow_cell_id']} FLO-MIN114"
    assert await page.locator("form[method=post] >> text=Record").count() == 0


async def test_a_run_is_planned_its_sheets_are_issued_and_it_starts(product: Product, window: OpenWindow) -> None:
    made = await pooling(product)
    pool, cell, box = await made.pooled(1, 2), await checked_cell(made.manager), await instrument(made.manager)
    page = await window("technician", path=f"/runs/new?pool={pool['code']}&flow_cell={cell['flow_cell_id']}")
    await page.select_option("#run-position_id", label=f"{box['name']} X1")
    await page.fill("#run-volume_ul", "5")
    await page.click("text=Plan >> nth=-1")
    await page.wait_for_selector("h1 >> text=R26-")
    code = (await page.inner_text("h1 .mono")).strip()
    assert f"{code}_{pool['code']}" in await page.inner_text(".sheet-text >> nth=0")
    await page.click("text=Issue the sheets")
    await page.wait_for_selector("#sheets-title .state.pass >> text='Issued'")
    async with page.expect_download() as download:
        await page.click("text=Download for MinKNOW")
    assert (await download.value).suggested_filename == f"{code}_minknow_ui.csv"
    await page.click("text=Reserve and start")
    await page.wait_for_selector(".title .state >> text=Starting")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; `make assets` fetches it.")
async def test_the_pages_of_runs_have_no_violation(product: Product, window: OpenWindow) -> None:
    made = await pooling(product)
    pool, cell, box = await made.pooled(3), await checked_cell(made.manager), await instrument(made.manager)
    asked = {"pool": pool["code"], "flow_cell": cell["flow_cell_id"], "position_id": box["positions"][0]["id"]}
    run = checked(await made.manager.post("/api/runs", json=asked))
    load = {"kind": "load", "pool": pool["code"], "volume_ul": 5}
    checked(await made.manager.post(f"/api/flow-cells/{cell['id']}/loads", json=load))
    page = await window("facility_manager", bypass_csp=True)
    found: list[str] = []
    for path in ("/runs", "/runs/new", f"/runs/{run['code']}", f"/flow-cells/{cell['flow_cell_id']}"):
        await page.goto(path)
        found += await _judged(page, path)
    assert found == [], "\n".join(sorted(set(found)))
    await page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/runs", "/runs/new", f"/runs/{run['code']}", f"/flow-cells/{cell['flow_cell_id']}"):
        await page.goto(path)
        assert await page.evaluate(_SIDEWAYS) == [], path
