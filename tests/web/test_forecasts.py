"""What will probably come and what words mean, in the browser: figures with how good they are, chips with a way out."""

import asyncio
import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Download, Page, expect

from nanopore_tracking.services.sample.traces import jobs as traces
from tests.harness.product import Product, checked
from tests.services.sample.delivered import accepted, past, received
from tests.services.sample.desk import opened
from tests.services.sample.finished import FOLDERS, finished, look, reading, run_on
from tests.services.sample.planning import position
from tests.services.sample.pooled import pooling
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def running(product: Product, *, many: int) -> Any:
    """Return a run that is being read, after so many that have finished on its type of flow cell."""
    made = await pooling(product)
    pool = await made.pooled(1, 2)
    run = await run_on(made, pool, await position(made.manager))
    points = [(n * 10, n * 100_000_000) for n in range(1, 40)]
    checked(await made.manager.post(FOLDERS, json=reading(run, 99, state="writing", minutes=points, occupancy=0.2)))
    await finished(made, pool, many=many)
    return run


async def test_a_run_shows_what_comes_with_how_good_that_is(product: Product, window: OpenWindow) -> None:
    run = await running(product, many=20)
    await look(product)
    page = await window("technician", path=f"/runs/{run['code']}")
    ahead = page.locator("section[aria-labelledby=forecast-title]")
    await expect(ahead).to_contain_text("If nothing is done: no reload, no wash, no stop.")
    await expect(ahead.locator("tbody tr").first).to_contain_text("6 h")
    assert " to " in await ahead.locator("tbody tr").first.inner_text()
    await page.click("text=How good such forecasts were here")
    await expect(ahead).to_contain_text("finished runs on FLO-MIN114")
    odd = page.locator("section[aria-labelledby=comparison-title]")
    await expect(odd).to_contain_text("One figure lies far from the finished runs")
    await expect(odd.locator("li.missing")).to_contain_text("Occupancy: 20.0 %")
    await _drawn_and_handed_out(page, run["code"])


async def _drawn_and_handed_out(page: Page, code: str) -> None:
    """Find what the page says in its charts' words, and in its tables as files."""
    ahead = await page.locator("section[aria-labelledby=forecast-title] svg.timeline").get_attribute("aria-label")
    assert re.search(r"Gb until 6\.5 h\. .* Gb more within 6 h, eight of ten between .*; .* within 12 h", ahead or "")
    assert await page.locator("svg.timeline path.band").count() == 1
    odd = await page.locator("section[aria-labelledby=comparison-title] .strip svg").get_attribute("aria-label")
    assert "Occupancy: 20.0 %" in (odd or "")
    async with page.expect_download() as started:
        await page.get_by_label("Yield ahead as CSV").click()
    six, twelve = await _rows(await started.value)
    assert (six["run"], six["method"], six["hours"], twelve["hours"]) == (code, "decay", "6", "12")
    assert float(six["low_gb"]) < float(six["gb"]) < float(six["high_gb"])
    assert int(six["tried_runs"]) == 20
    async with page.expect_download() as started:
        await page.get_by_label("Against runs before it as CSV").click()
    traits = {each["name"]: each for each in await _rows(await started.value)}
    assert (traits["occupancy"]["odd"], float(traits["occupancy"]["value"])) == ("true", 20.0)


async def _rows(file: Download) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(await asyncio.to_thread(Path(await file.path()).read_text))))


async def test_of_a_run_that_is_read_first_the_page_says_so(product: Product, window: OpenWindow) -> None:
    made = await pooling(product)
    run = await run_on(made, await made.pooled(1, 2), await position(made.manager))
    page = await window("technician", path=f"/runs/{run['code']}")
    ahead = page.locator("section[aria-labelledby=forecast-title]")
    await expect(ahead).to_contain_text("Nothing can be said yet")
    assert await ahead.locator("table").count() == 0
    points = [(n * 10, n * 100_000_000) for n in range(1, 8)]
    checked(await made.manager.post(FOLDERS, json=reading(run, 1, state="writing", minutes=points)))
    await traces.follow(product.runtimes["sample"])
    await page.reload()
    await expect(ahead).to_contain_text("it takes two hours of reads")


async def test_words_become_chips_that_can_be_removed_and_a_list_that_keeps_them(
    window: OpenWindow, bench: Bench
) -> None:
    rna = await bench.register("PHRASE-RNA", material="total RNA", priority="urgent")
    dna = await bench.register("PHRASE-DNA", priority="urgent")
    page = await window("technician", path="/samples")
    await page.fill("#search", f"urgent purple RNA samples of {bench.lab['name']} since yesterday")
    await page.press("#search", "Enter")
    panel = page.locator("section[aria-labelledby=understood]")
    await expect(panel).to_contain_text(rna["code"])
    assert dna["code"] not in await panel.inner_text()
    await expect(panel).to_contain_text("Not understood, so the list is not narrowed by it: purple")
    await panel.get_by_label("Without Holds: RNA").click()
    await expect(panel).to_contain_text(dna["code"])
    await page.go_back()
    await panel.get_by_text("Open in the list").click()
    await page.wait_for_url("**/samples?*substance=RNA*")
    await expect(page.locator("tbody tr")).to_have_count(1)
    assert await page.locator("text=Select all").count() == 0, "a change of many knows nothing of these filters"
    await page.get_by_label("Without Substance: RNA").click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.select_option("select[name=priority]", "low")
    await page.wait_for_url("**created=*")
    await expect(page.locator("text=No samples match these filters")).to_be_visible()


async def test_runs_are_asked_for_in_words_too(product: Product, window: OpenWindow) -> None:
    made = await pooling(product)
    run = await run_on(made, await made.pooled(1, 2), await position(made.manager))
    page = await window("technician", path="/search?q=planned%20runs%20on%20MinION")
    panel = page.locator("section[aria-labelledby=understood]")
    await expect(panel).to_contain_text(run["code"])
    await panel.locator("a.btn").click()
    await page.wait_for_url("**/runs?*device=MinION*")
    await page.get_by_label("Without Device: MinION").click()
    await page.wait_for_url("**/runs?state=planned")


async def test_a_sample_says_until_when_or_that_nothing_is_known(window: OpenWindow, bench: Bench) -> None:
    sample = await bench.register("OUTLOOK-1")
    moved = {"to": "received", "reason": "A test of dates.", "override": True}
    path = f"/api/samples/{sample['code']}/transitions"
    checked(await bench.client.post(path, json=moved, headers={"If-Match": f'"v{sample["version"]}"'}))
    page = await window("technician", path=f"/samples/{sample['code']}")
    panel = page.locator("section[aria-labelledby=outlook-title]")
    await expect(panel).to_contain_text("Nothing is said yet")
    assert await panel.locator("svg, a").count() == 0


async def test_a_probable_delivery_is_drawn_and_handed_out(product: Product, window: OpenWindow) -> None:
    desk = await opened(product)
    submission = await accepted(desk, service="ont-rna")
    page = await window("facility_manager", path=f"/submissions/{submission['code']}")
    panel = page.locator("section[aria-labelledby=outlook-title]")
    await expect(panel).to_contain_text("Nothing is said: none of its samples is on its way.")
    sample = await received(await product.client("facility_manager"), submission)
    await past(product, desk, service="ont-rna", year=23)
    for address in (f"/samples/{sample['code']}", f"/submissions/{submission['code']}"):
        await page.goto(address)
        await expect(panel).to_contain_text("Half of those like it were delivered by")
        drawn = await panel.locator(".strip svg").get_attribute("aria-label") or ""
        half = await panel.locator("time").first.get_attribute("datetime") or ""
        assert f"Received: half of those like it by {half[:10]}, eight of ten by" in drawn
        async with page.expect_download() as started:
            await panel.get_by_label("Probable delivery as CSV").click()
        (row,) = await _rows(await started.value)
        assert (row["stage"], row["half_at"][:10], row["tried_better"]) == ("received", half[:10], "true")
