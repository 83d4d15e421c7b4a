"""From ticked samples to a fixed pool, by the pages alone."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.harness.product import Product, checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def _at_library_prep(bench: Bench, name: str) -> str:
    made = await bench.register(name)
    for to in ("received", "sample_qc", "library_prep"):
        body = {"to": to, "reason": "A test.", "override": True}
        seen = {"If-Match": f'"v{made["version"]}"'}
        made = checked(await bench.client.post(f"/api/samples/{made['code']}/transitions", json=body, headers=seen))
    return str(made["code"])


async def test_a_batch_is_planned_from_ticked_samples(window: OpenWindow, bench: Bench) -> None:
    codes = [await _at_library_prep(bench, f"BATCH-{n}") for n in range(2)]
    late = (await bench.register("BATCH-LATE"))["code"]
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}&sort=code")
    await page.check("#tick-all")
    await page.click("text=Plan libraries")
    await page.wait_for_selector("h1:has-text('Plan libraries')")
    assert (await page.input_value("#batch-codes")).split() == [*codes, late]
    await page.fill("#batch-kit", "SQK-NBD114.24")
    await page.click("button:has-text('Plan')")
    await page.wait_for_selector("text=2 planned, 1 not.")
    said = await page.inner_text("ul.events")
    assert "barcode01" in said
    assert "barcode02" in said
    assert "libraries are prepared at library_prep" in said
    await page.goto(f"/samples/{codes[0]}")
    assert "barcode01" in await page.inner_text("#lineage")


async def _measured(bench: Bench, library: str) -> None:
    for quantity, value, unit, method in (
        ("concentration", 10.0, "ng_per_ul", "qubit_hs"),
        ("volume", 20.0, "ul", "pipette"),
        ("fragment_mean_bp", 5000.0, "bp", "tapestation"),
    ):
        body = {"quantity": quantity, "value": value, "unit": unit, "method": method}
        checked(await bench.client.post(f"/api/libraries/{library}/measurements", json=body))


async def _library(bench: Bench, name: str, barcode: str) -> str:
    asked = {
        "sources": [{"sample": await _at_library_prep(bench, name)}],
        "kit": "SQK-NBD114-24",
        "kit_lot": "L1",
        "lot_expires_on": "2099-12-31",
        "protocol_version": "NBE_9169",
        "input_ng": 400,
        "barcodes": [{"barcode": barcode}],
        "prepared": True,
    }
    library = str(checked(await bench.client.post("/api/libraries", json=asked))["code"])
    await _measured(bench, library)
    return library


async def test_a_pool_is_filled_computed_and_fixed(window: OpenWindow, bench: Bench, tmp_path: Path) -> None:
    first, second = await _library(bench, "POOL-1", "barcode01"), await _library(bench, "POOL-2", "barcode02")
    same = await _library(bench, "POOL-3", "barcode02")
    page = await window("technician", path=f"/libraries/{first}")
    await _pass_qc(page)
    await page.goto(f"/libraries/{second}")
    await _pass_qc(page)
    await page.goto("/pools")
    await page.click("#new-pool > summary")
    await page.fill("#pool-name", "Thermophiles")
    await page.click("button:has-text('Begin')")
    await page.wait_for_selector("h1:has-text('Thermophiles')")
    await page.fill("#pool-codes", f"{first} {second} {same}")
    await page.click("#libraries button:has-text('Save')")
    await page.wait_for_selector("text=barcode02 of SQK-NBD114-24 is there twice")
    await page.fill("#pool-codes", f"{first}, {second}")
    await page.click("#libraries button:has-text('Save')")
    await page.wait_for_selector(f"#libraries >> text={second}")
    await page.fill("#target-fmol", "30")
    await page.fill("#target-volume", "20")
    await page.click("#calculator button:has-text('Compute')")
    await page.click("text=Use these volumes")
    await page.wait_for_selector("text=The volumes are taken over")
    assert await page.input_value(f"[name=volume-{first}]") == "4.95"
    assert await page.locator(".plate td.used").count() == 2
    async with page.expect_download() as download:
        await page.click("text=Pipetting list")
    file = await (await download.value).path()
    assert file.read_text("utf-8").splitlines()[1].startswith(f"1,libraries_1,A1,{first},")
    await page.click("#gate button:has-text('Set to Fixed')")
    await page.wait_for_selector("#gate h2:has-text('Fixed')")
    assert "Pooled" in await page.inner_text("#libraries")


async def _pass_qc(page: Page) -> None:
    await page.click("#gate button:has-text('Set to QC passed')")
    await page.wait_for_selector("#gate h2:has-text('QC passed')")


async def test_a_pool_is_read_and_saved_without_scripts(window: OpenWindow, bench: Bench, product: Product) -> None:
    library = await _library(bench, "PLAIN-1", "barcode03")
    pool = checked(await bench.client.post("/api/pools", json={"components": [{"library": library}]}))["code"]
    page = await window("technician", path=f"/pools/{pool}", java_script_enabled=False)
    await page.fill(f"[name=volume-{library}]", "2,5")
    await page.click("#libraries button:has-text('Save')")
    assert await page.input_value(f"[name=volume-{library}]") == "2.5"
    await page.click("#gate button:has-text('Set to Fixed')")
    assert "has not passed QC" in await page.inner_text("[role=alert]")
