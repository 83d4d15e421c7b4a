"""Many at once in the browser: preview with refusals, one job with progress, undo, a file that equals the selection."""

import csv
import io
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow


async def _three(bench: Bench) -> list[Any]:
    """Register three samples of which two are received, so that one cannot go on."""
    made = [await bench.register(f"MANY-{n}") for n in range(3)]
    for sample in made[:2]:
        received = {"kind": "received", "condition": "intact"}
        checked(await bench.client.post(f"/api/samples/{sample['code']}/custody", json=received))
    return made


async def _priorities(bench: Bench, samples: list[Any]) -> list[str]:
    return [checked(await bench.client.get(f"/api/samples/{sample['code']}"))["priority"] for sample in samples]


async def test_a_change_of_many_is_looked_at_ahead_run_as_one_job_and_undone(window: OpenWindow, bench: Bench) -> None:
    samples = await _three(bench)
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    await page.check("#tick-all")
    await page.click("text=Change them")
    await page.select_option("#many-to", "received")
    await page.click("text=Look ahead")
    await expect(page.locator("#preview")).to_contain_text("2 will change, 1 cannot")
    await expect(page.locator("#preview .events")).to_contain_text(samples[2]["code"])
    await page.click("button:has-text('Change 2 samples')")
    await page.wait_for_selector("text=2 changed, 1 not")
    await page.click("nav[aria-label=Results] >> text=Not changed")
    await expect(page.locator("tbody tr")).to_have_count(1)

    await page.goto(f"/samples?project_id={bench.project['id']}")
    await page.click("text=Select all 3 that match")
    await page.select_option("#many-priority", "urgent")
    await page.fill("#many-reason", "The freezer fails.")
    await page.click("text=Look ahead")
    await page.click("button:has-text('Change 3 samples')")
    await page.wait_for_selector("text=3 changed, 0 not")
    assert await _priorities(bench, samples) == ["urgent"] * 3
    await page.fill("#undo-reason", "The wrong project.")
    await page.click("text=Undo 3 samples")
    await page.wait_for_selector("h1:has-text('Undo of 3 samples')")
    await page.wait_for_selector("text=3 changed, 0 not")
    assert await _priorities(bench, samples) == ["normal"] * 3


async def test_two_things_at_once_are_refused_with_what_was_typed_kept(window: OpenWindow, bench: Bench) -> None:
    sample = await bench.register("MANY-TWO")
    page = await window("technician", path=f"/samples/many?code={sample['code']}")
    await page.select_option("#many-to", "received")
    await page.select_option("#many-priority", "high")
    await page.click("text=Look ahead")
    await page.wait_for_selector("text=Choose one thing")
    assert await page.input_value("#many-priority") == "high"


async def test_the_file_has_the_selection(window: OpenWindow, bench: Bench) -> None:
    samples = await _three(bench)
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}&q=MANY-1")
    await page.click("text=Select all 1 that match")
    async with page.expect_download() as waiting:
        await page.click("button:has-text('CSV')")
    path = await (await waiting.value).path()
    rows = list(csv.DictReader(io.StringIO(Path(path).read_text("utf-8"))))
    assert [row["code"] for row in rows] == [samples[1]["code"]]


async def test_one_box_finds_things_of_every_kind(window: OpenWindow, bench: Bench) -> None:
    sample = await bench.register("Crème-Search 77")
    page: Page = await window("technician", path="/samples")
    await page.fill("#search", "creme sear")
    await page.press("#search", "Enter")
    await page.wait_for_selector(f"text={sample['code']}")
    await page.goto(f"/search?q={bench.project['title'].split()[-1]}")
    await page.click(f"section[aria-labelledby=found-project] >> text={bench.project['code']}")
    await page.wait_for_url(f"**/samples?project_id={bench.project['id']}")
