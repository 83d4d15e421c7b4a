"""From a pool to decided data: a flow cell that was checked, a run that is planned, started and ends, and its reads."""

from typing import Any

from playwright.async_api import Page

from tests.harness.product import checked
from tests.journeys.hands import Hands, added, each, filled
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
    """The basecalling is recorded, which has a page for one sample only."""
    first, *others = hands.samples
    page = await hands.go(f"/samples/{first}")
    said = {name: str(value) for name, value in _reads(0).items()}
    await added(page, "basecalling", model=_MODEL, min_q="10", **said)
    await page.wait_for_selector("#records >> text=Basecalling")
    path = "/api/samples/{}/records"
    body = {"kind": "basecalling", "model": _MODEL, "min_q": 10}
    await each(
        hands.post(path.format(code), {**body, "read_sets": [_reads(number)]}) for number, code in enumerate(others, 1)
    )
    await hands.moved("quality_assessment")


def _reads(number: int) -> dict[str, Any]:
    return {
        "barcode": f"barcode{number + 1:02d}",
        "reads": 20_000 + 100 * number,
        "bases_pass_bp": 90_000_000 + 1_000_000 * number,
        "n50_bp": 4_900 + number,
        "mean_q": 18.4,
    }


async def decided(hands: Hands) -> None:
    """A person decides about the data of each sample, which has a page for one sample only."""
    first, *others = hands.samples
    page = await hands.go(f"/samples/{first}")
    await added(page, "decision", verdict="pass")
    await page.wait_for_selector("#records >> text=Decision")
    await each(hands.post(f"/api/samples/{code}/records", {"kind": "decision", "verdict": "pass"}) for code in others)
    await hands.moved("data_delivery")
    shown = checked(await hands.program.get(f"/api/samples/{first}"))
    assert shown["stage"] == "data_delivery"
