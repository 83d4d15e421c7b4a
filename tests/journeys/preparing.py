"""From 96 tubes to one pool: measured in the grid, planned at once, prepared, measured, pooled and measured again."""

from collections.abc import Iterator

from playwright.async_api import Page, expect

from tests.harness.product import checked
from tests.journeys.hands import SAMPLES, Hands, added, filled

KIT = "SQK-RBK114-96"
#: As the keyboard gives it: a paste of this text where the focus is.
_PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const said = { clipboardData: data, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", said));
}"""
_SLOW_MS = 60_000


async def measured(hands: Hands) -> None:
    """The values of the QC are pasted from a spreadsheet, and all go on to the library."""
    page = await hands.go("/samples/edit?" + "&".join(f"code={code}" for code in hands.samples))
    lines = ["Sample ID\tVol (µL)\tQubit (ng/µL)\tA260/280\tA260/230\tMean length (bp)"]
    lines += [f"{code}\t48\t{40 + n % 5},5\t1,85\t2,1\t25000" for n, code in enumerate(hands.samples)]
    await page.locator("#grid td[data-r='0'][data-c='0']").click()
    await page.evaluate(_PASTE, "\r\n".join(lines))
    await page.click("#match [data-apply]")
    await expect(page.locator("#grid-save")).to_have_text(f"Save {SAMPLES}", timeout=_SLOW_MS)
    await page.click("#grid-save")
    await page.wait_for_selector(f"text={SAMPLES} changed, 0 not", timeout=_SLOW_MS)
    await hands.moved("library_prep")


async def planned(hands: Hands) -> None:
    """A pool is begun, and 96 libraries with the barcodes of one kit are planned into it at once."""
    page = await hands.go("/pools")
    await added_pool(page, f"Thermophiles {hands.bench.lab['name'][4:]}")
    hands.pool = (await page.inner_text("h1 .mono")).strip()
    page = await hands.go("/libraries/batch?" + "&".join(f"code={code}" for code in hands.samples))
    await filled(
        page,
        "batch",
        kit=KIT,
        kit_lot="L-2026-31",
        lot_expires_on="2099-12-31",
        protocol_version="RBK_9176_revS",
        input_ng="200",
        pool=hands.pool,
    )
    await page.click("button.primary:has-text('Plan')")
    await page.wait_for_selector(f"text={SAMPLES} planned, 0 not.", timeout=_SLOW_MS)
    said = await page.inner_text("ul.events")
    assert [said.count(f"barcode{number:02d}") for number in (1, 26, 96)] == [1, 1, 1]


async def added_pool(page: Page, name: str) -> None:
    """Begin a pool."""
    await page.click("#new-pool > summary")
    await page.fill("#pool-name", name)
    await page.click("button:has-text('Begin')")
    await page.wait_for_selector(f"h1:has-text('{name}')")


async def prepared(hands: Hands) -> None:
    """The libraries are prepared, measured and pass their QC: one on its page, all others together."""
    shown = checked(await hands.program.get(f"/api/pools/{hands.pool}"))
    hands.libraries = [item["library"] for item in shown["components"]]
    assert len(hands.libraries) == SAMPLES
    first, *others = hands.libraries
    page = await hands.go(f"/libraries/{first}")
    await _set(page, "Prepared")
    for values in _values(0):
        await _measure(page, **values)
    await _set(page, "QC passed")
    page = await hands.go("/libraries/many?" + "&".join(f"code={code}" for code in others))
    await _set_many(page, "prepared", len(others))
    await page.click("text=Measure in grid")
    lines = ["Library\tConc (ng/µL)\tVolume (µL)\tMean length (bp)"]
    lines += ["\t".join([code, *(said["value"] for said in _values(n))]) for n, code in enumerate(others, 1)]
    await page.locator("#grid td[data-r='0'][data-c='0']").click()
    await page.evaluate(_PASTE, "\r\n".join(lines))
    await page.click("#match [data-apply]")
    await expect(page.locator("#grid-save")).to_have_text(f"Save {len(others)}", timeout=_SLOW_MS)
    await page.click("#grid-save")
    await page.click("text=Set their state", timeout=_SLOW_MS)
    await _set_many(page, "qc_passed", len(others))
    await hands.moved("library_qc")
    await hands.moved("sequencing_setup")


async def _set_many(page: Page, state: str, many: int) -> None:
    """Set all libraries of the page to a state after a look ahead."""
    await page.select_option("#many-to", state)
    await page.click("text=Look ahead")
    await page.click(f"#preview button:has-text('Set {many} libraries')", timeout=_SLOW_MS)
    await page.wait_for_selector(f"text={many} changed, 0 not", timeout=_SLOW_MS)


async def _set(page: Page, state: str) -> None:
    await page.click(f"#gate button:has-text('Set to {state}')")
    await page.wait_for_selector(f"#gate h2:has-text('{state}')")


async def _measure(page: Page, **values: str) -> None:
    before = await page.locator("#measurements tbody tr").count()
    typed = {name: value for name, value in values.items() if name != "unit"}
    await added(page, "measurement", **typed)
    await expect(page.locator("#measurements tbody tr")).to_have_count(before + 1)


def _values(number: int, volume_ul: float = 20.0) -> Iterator[dict[str, str]]:
    """Yield what is measured of a library or a pool."""
    for quantity, value, unit, method in (
        ("concentration", f"{38 + number % 7}", "ng_per_ul", "qubit_hs"),
        ("volume", f"{volume_ul:g}", "ul", "pipette"),
        ("fragment_mean_bp", "5000", "bp", "tapestation"),
    ):
        yield {"quantity": quantity, "value": value, "unit": unit, "method": method}


async def pooled(hands: Hands) -> None:
    """The calculator says how much of each library goes in, the pool is fixed, measured and passes its QC."""
    page = await hands.go(f"/pools/{hands.pool}")
    await page.fill("#target-fmol", "960")
    await page.click("#calculator button:has-text('Compute')")
    await page.click("text=Use these volumes")
    await page.wait_for_selector("text=The volumes are taken over", timeout=_SLOW_MS)
    assert await page.locator(".plate td.used").count() == SAMPLES
    async with page.expect_download() as download:
        await page.click("text=Pipetting list")
    listed = (await (await download.value).path()).read_text("utf-8").splitlines()
    assert len(listed) == SAMPLES + 1
    await _set(page, "Fixed")
    volume = checked(await hands.program.get(f"/api/pools/{hands.pool}"))["planned_volume_ul"]
    for values in _values(0, volume_ul=round(volume, 1)):
        await _measure(page, **values)
    await _set(page, "QC passed")
