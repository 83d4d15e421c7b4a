"""What was read of run folders in the browser: the queue of those that a person has to judge, charts with tables."""

import secrets
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from nanopore_tracking.drawing import charts
from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.summaries import Cache
from tests.harness.product import Product, checked
from tests.runfolders import made as folder_maker
from tests.runfolders import vintages
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.told import folder_of, told
from tests.web.conftest import Bench, OpenWindow


def test_a_map_has_a_square_for_each_channel_and_says_it_in_words() -> None:
    found = charts.heat([0, 10, 50, 100], what="Bases of each channel", unit="bases")
    assert [level.count for level in found.levels] == [1, 1, 0, 1, 0, 1]
    assert sum(level.path.count("z") for level in found.levels) == 4
    assert found.sentence == "Bases of each channel: 3 of 4 have something, at most 100 bases."


def test_a_map_of_a_large_flow_cell_stays_small() -> None:
    found = charts.heat([n * 1000 for n in range(3000)], what="", unit="")
    assert sum(len(level.path) for level in found.levels) < 100_000
    assert (found.width, found.height) == (1000, 300)


async def _renamed(product: Product, tmp_path: Path) -> tuple[Any, Any]:
    """Let a folder be read whose sample_id was typed by hand; return its run and what was read."""
    made = await pooling(product)
    run = await planned(made, await made.pooled(1, 2))
    said: dict[str, Any] = {
        "protocol_group_id": run["experiment_id"],
        "sample_id": "typed_by_hand",
        "flow_cell_id": run["flow_cell"],
        "position": run["position"],
        "protocol_run_id": f"{secrets.token_hex(4)}-2222-4333-8444-555555555555",
    }
    folder = folder_maker.folder(tmp_path, vintages.draw(3000), **said)
    reading = folders.read(folder, Cache(tmp_path / "cache"))
    body = {"reader": "bench", "reading": msgspec.to_builtins(reading)}
    return run, checked(await made.manager.post("/api/runs/acquisitions", json=body))


async def _handed_out(page: Page, code: str) -> None:
    """Save the report of a run and a chart of it from its page, in every form that they have."""
    await expect(page.locator("section[aria-labelledby=f1-channels] svg.heat")).to_be_visible()
    for label, begin in (
        (f"Report of {code} as PDF", b"%PDF-"),
        (f"Report of {code} as HTML", b"<!doctype html>"),
        ("Channels as SVG", b"<svg "),
        ("Channels as PNG", b"\x89PNG"),
    ):
        async with page.expect_download() as waiting:
            await page.get_by_label(label, exact=True).click()
        assert Path(await (await waiting.value).path()).read_bytes().startswith(begin), label


@pytest.mark.browser
async def test_a_person_says_which_run_a_folder_is_and_sees_its_reads(
    product: Product, window: OpenWindow, tmp_path: Path
) -> None:
    run, found = await _renamed(product, tmp_path)
    page = await window("technician", path="/run-folders?standing=unmatched")
    row = page.locator("tr", has_text=f"perhaps {run['code']}")
    await expect(row).to_contain_text("Which run is it?")
    await row.locator("a").first.click()
    await page.wait_for_url(f"**/run-folders/{found['id']}")
    await expect(page.locator("section[aria-labelledby=run-title]")).to_contain_text("differs in library ID")
    for name in ("yield", "active", "lengths", "qualities", "barcodes", "channels", "pores", "speed"):
        section = page.locator(f"section[aria-labelledby=f-{name}]")
        await expect(section.locator("svg[role=img]")).to_be_visible()
        await expect(section.locator("details table")).to_have_count(1)

    await page.click("#add-run summary")
    await expect(page.locator("#run-run")).to_have_value(run["code"])
    await page.click("text=It is this run")
    await expect(page.locator("#add-run")).to_contain_text("Say how you know that they are one.")
    await page.fill("#run-reason", "Renamed after a crash.")
    await page.click("text=It is this run")
    await expect(page.locator("section[aria-labelledby=run-title]")).to_contain_text("said so: Renamed after a crash.")
    await expect(page.locator("section[aria-labelledby=sets-title]")).to_contain_text("Unexpected")
    await page.goto(f"/runs/{run['code']}")
    section = page.locator("section[aria-labelledby=read-title]")
    await expect(section).to_contain_text("The run is complete: 3,000 reads")
    await expect(section).to_contain_text("and nothing that was loaded has it.")
    await _handed_out(page, run["code"])
    await section.locator("table a").first.click()
    await page.wait_for_url("**/samples/S*")
    await expect(page.locator("#given").get_by_label(f"Report of {run['code']} as PDF")).to_be_visible()
    await expect(page.locator("#given")).to_contain_text("passed over 1 run")


@pytest.mark.browser
async def test_a_submitter_saves_the_report_of_own_samples(
    product: Product, window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    made = Pooling(bench.project["id"], bench.client)
    own = await made.sample()
    run = await planned(made, await made.pool(await made.library(own, 1), await made.library(await made.sample(), 2)))
    folder = folder_of(tmp_path, run, vintages.draw(200), protocol_run_id=str(uuid.uuid4()))
    await told(made, run, folder, tmp_path / "cache")
    page = await window("submitter", labs=(bench.lab["id"],), path=f"/samples/{own['code']}")
    async with page.expect_download() as waiting:
        await page.get_by_label(f"Report of {run['code']} as HTML").click()
    report = Path(await (await waiting.value).path()).read_text("utf-8")
    assert own["code"] in report
    assert "barcode03" not in report, "reads of nobody are for the facility"
