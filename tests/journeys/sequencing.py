"""From a pool to decided data: a flow cell that was checked, a run that is planned, started and ends, and its reads."""

import csv
import io
import re
from typing import Any

from playwright.async_api import Page, expect

from tests.harness.product import checked
from tests.journeys.hands import SAMPLES, Hands, added, filled
from tests.services.sample.shelf import day, printed_id

_MODEL = "dna_r10.4.1_e8.2_400bps_sup@v5.2.0"


async def loaded(hands: Hands) -> None:
    """An instrument is added, a flow cell is received and checked, and a run of the pool is planned with its sheet."""
    mark = hands.bench.lab["name"][4:]
    page = await hands.go("/instruments")
    await filled(page, "new", name=f"GridION {mark}", kind="gridion", serial="GXB12345")
    await page.click("section:has(#new-title) button.primary")
    await page.wait_for_selector(f"h2:has-text('GridION {mark}')")
    hands.flow_cell = printed_id()
    page = await hands.go("/flow-cells")
    form = page.locator("form[action='/flow-cells'][method=post]")
    await form.locator("[name=product_code]").select_option("FLO-MIN114")
    await form.locator("[name=purchased_on]").fill(day(-20))
    await form.locator("[name=flow_cell_id]").fill(hands.flow_cell)
    await form.locator("button").click()
    await page.wait_for_url(f"**/flow-cells/{hands.flow_cell}")
    await added(page, "checks", pores_available="1310")
    await page.wait_for_selector(".state >> text=Passed")
    page = await hands.go(f"/runs/new?pool={hands.pool}&flow_cell={hands.flow_cell}")
    await page.select_option("#run-position_id", label=f"GridION {mark} X1")
    await page.fill("#run-volume_ul", "12")
    await page.click("text=Plan >> nth=-1")
    await page.wait_for_selector("h1 >> text=R26-")
    hands.run = (await page.inner_text("h1 .mono")).strip()
    await page.click("text=Issue the sheets")
    await page.wait_for_selector("#sheets-title .state.pass >> text='Issued'")
    await _downloaded(hands, page)
    await hands.moved("sequencing_run")


async def _downloaded(hands: Hands, page: Page) -> None:
    """The sheet for MinKNOW names every sample with its barcode, and no other."""
    async with page.expect_download() as download:
        await page.click("text=Download for MinKNOW")
    lines = (await (await download.value).path()).read_text("ascii").splitlines()
    heads, rows = lines[0].split(","), [line.split(",") for line in lines[1:]]
    aliases = {row[heads.index("barcode")]: row[heads.index("alias")] for row in rows}
    assert aliases == {f"barcode{n:02d}": f"TT_{n:02d}" for n in range(1, len(hands.samples) + 1)}
    assert {row[heads.index("flow_cell_id")] for row in rows} == {hands.flow_cell}


async def ran(hands: Hands) -> None:
    """The run is started, the pool is loaded, MinKNOW's run is named, and it ends."""
    page = await hands.go(f"/runs/{hands.run}")
    await page.click("text=Reserve and start")
    await page.wait_for_selector(".title .state >> text=Starting")
    page = await hands.go(f"/flow-cells/{hands.flow_cell}")
    await added(page, "loads", kind="load", pool=hands.pool, run=hands.run, volume_ul="12")
    await page.wait_for_selector(f"section:has(#loads-title) td:has-text('{hands.pool}')")
    page = await hands.go(f"/runs/{hands.run}")
    await added(page, "step", to="running", protocol_run_id="ed35bf91-1c57-4b34-9f2e-3a1f5f3f2a11")
    await page.wait_for_selector(".title .state >> text=Running")
    await added(page, "step", to="completed")
    await page.wait_for_selector(".title .state >> text=Completed")
    await hands.moved("basecalling")


async def called(hands: Hands) -> None:
    """The first basecalling is recorded on its own page, all others by a sheet that has their barcodes already."""
    page = await hands.go(f"/samples/{hands.samples[0]}")
    said = {name: str(value) for name, value in _reads(0).items()}
    await added(page, "basecalling", model=_MODEL, min_q="10", **said)
    await page.wait_for_selector("#records >> text=Basecalling")
    page = await hands.chosen()
    await page.click("text=Record basecalling")
    file = hands.folder / "basecallings.csv"
    file.write_text(await _filled_in(page), "utf-8")
    await page.set_input_files("#sheet-file", file)
    await expect(page.locator("#sheet-text")).to_have_value(re.compile(hands.samples[-1]))
    await page.click("text=Check")
    await hands.done(f"Record {SAMPLES - 1} basecallings", many=SAMPLES - 1)
    await hands.moved("quality_assessment")


async def _filled_in(page: Page) -> str:
    """Return the sheet for all samples with the reads of each; it names every barcode."""
    async with page.expect_download() as download:
        await page.click(f"text=Download for {SAMPLES} samples")
    rows = list(csv.DictReader(io.StringIO((await (await download.value).path()).read_text("utf-8"))))
    assert [row["barcode"] for row in rows] == [_reads(number)["barcode"] for number in range(SAMPLES)]
    out = io.StringIO()
    sheet = csv.DictWriter(out, list(rows[0]))
    sheet.writeheader()
    for number, row in enumerate(rows):
        sheet.writerow(row | {"model": _MODEL, "min_q": 10} | _reads(number))
    return out.getvalue()


def _reads(number: int) -> dict[str, Any]:
    return {
        "barcode": f"barcode{number + 1:02d}",
        "reads": 20_000 + 100 * number,
        "bases_pass_bp": 90_000_000 + 1_000_000 * number,
        "n50_bp": 4_900 + number,
        "mean_q": 18.4,
    }


async def decided(hands: Hands) -> None:
    """A person decides about the data of the first sample on its own page, and about those of all others by one job."""
    first = hands.samples[0]
    page = await hands.go(f"/samples/{first}")
    await added(page, "decision", verdict="pass")
    await page.wait_for_selector("#records >> text=Decision")
    page = await hands.chosen()
    await page.click("text=Decide about quality")
    await page.select_option("#decide-verdict", "pass")
    await page.click("text=Look ahead")
    await hands.done(f"Decide about {SAMPLES - 1} samples", many=SAMPLES - 1)
    await hands.moved("data_delivery")
    shown = checked(await hands.program.get(f"/api/samples/{first}"))
    assert shown["stage"] == "data_delivery"
