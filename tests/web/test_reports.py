"""Reports and the overview in the browser: charts with tables and files, trouble first."""

import csv
import io
import re
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from nanopore_tracking.drawing import charts
from tests.harness.product import checked
from tests.services.sample.desk import GOOD_HEADER, GOOD_ROW, seen
from tests.web.conftest import Bench, OpenWindow


async def _failed(bench: Bench, reason: str) -> Any:
    sample = await bench.register("REPORT-1")
    asked = {"to": "failed", "reason": reason}
    path = f"/api/samples/{sample['code']}/transitions"
    return checked(await bench.client.post(path, json=asked, headers={"If-Match": '"v1"'}))


async def test_each_chart_has_its_table_its_file_and_what_it_means(window: OpenWindow, bench: Bench) -> None:
    reason = f"Empty tube {bench.lab['name']}"
    await _failed(bench, reason)
    page = await window("facility_manager", path="/reports?weeks=4")
    section = page.locator("section[aria-labelledby=r-failures]")
    await expect(section.locator("svg[role=img]")).to_have_attribute(
        "aria-label", re.compile("Samples that left the way")
    )
    await section.locator("summary").click()
    await expect(section.locator("table")).to_contain_text(reason)
    await expect(section).to_contain_text("the reason as it was written")
    async with page.expect_download() as waiting:
        await section.locator("text=CSV").click()
    path = await (await waiting.value).path()
    rows = list(csv.DictReader(io.StringIO(Path(path).read_text("utf-8"))))
    assert [row["samples"] for row in rows if row["reason"] == reason] == ["1"]


async def test_the_overview_begins_with_what_needs_attention(window: OpenWindow, bench: Bench) -> None:
    sample = await _failed(bench, "Nothing in it.")
    page = await window("technician", path="/overview")
    first = page.locator("main section").first
    await expect(first.locator("h2")).to_have_text("Needs attention")
    await expect(first).to_contain_text(sample["code"])
    await expect(page.locator("section[aria-labelledby=week]")).to_contain_text("Left")


async def test_the_overview_names_what_yielded_less_than_was_asked_for(window: OpenWindow, bench: Bench) -> None:
    code = await _basecalled(bench, target="20 M reads")
    page = await window("facility_manager", path="/overview")
    item = page.locator("section[aria-labelledby=attention] tr", has_text=code)
    await expect(item).to_contain_text("900000 of 20000000 reads, the submission asks for 20 M reads.")
    await item.get_by_role("link", name="Low yield").click()
    await page.wait_for_url(f"**/samples/{code}#records")
    await page.goto("/overview")
    await page.click("text=All late")
    await page.wait_for_url("**/samples?overdue=true**")


async def _basecalled(bench: Bench, target: str) -> str:
    """Bring a sample of a submission to basecalling with 900,000 reads, and return its code."""
    asked = {**GOOD_HEADER, "project_id": bench.project["id"], "target": target, "rows": [GOOD_ROW]}
    sent = checked(await bench.client.post("/api/submissions", json=asked))
    for step, body in (("review", {}), ("acceptance", {"reason": "Good."})):
        path = f"/api/submissions/{sent['id']}/{step}"
        sent = checked(await bench.client.post(path, json=body, headers=seen(sent)))
    asked = {"submission_id": sent["id"]}
    sample = checked(await bench.client.get("/api/samples", params=asked))["items"][0]
    stages = (
        "received",
        "sample_qc",
        "library_prep",
        "library_qc",
        "sequencing_setup",
        "sequencing_run",
        "basecalling",
    )
    for stage in stages:
        moved = {"to": stage, "reason": "A test of yields.", "override": True}
        path = f"/api/samples/{sample['id']}/transitions"
        sample = checked(await bench.client.post(path, json=moved, headers=seen(sample)))
    read = {"reads": 900_000, "bases_pass_bp": 9_000_000_000, "n50_bp": 9_000, "mean_q": 18.0}
    said = {"kind": "basecalling", "model": "dna_r10.4.1_e8.2_400bps_sup@v5.2.0", "read_sets": [read]}
    checked(await bench.client.post(f"/api/samples/{sample['id']}/records", json=said))
    return str(sample["code"])


def test_bars_begin_at_zero_and_fit() -> None:
    chart = charts.bars(["a", "b"], [("one", [0, 7]), ("two", [3, 10])], what="Things")

    assert [mark.text for mark in chart.up] == ["0", "5", "10"]
    assert [bar.height for bar in chart.bars] == [0, 47.4, 110.6, 158]
    assert all(bar.x + bar.width <= chart.width and bar.y >= 0 for bar in chart.bars)
    assert chart.sentence == "Things from a to b: 7 one, 13 two; at most 10 at once."
    assert charts.bars([], [("one", [])], what="Things").bars == []
