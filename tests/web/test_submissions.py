"""From a manifest to samples, by a person at a screen."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Route

from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


def _manifest(
    path: Path, rows: list[str], heading: str = "Sample Name;Volume (µL);Qubit Conc. (ng/µL);260/280"
) -> Path:
    file = path / "manifest.csv"
    file.write_text("\ufeff" + "\n".join([heading, *rows]), encoding="utf-8")
    return file


async def test_a_manifest_is_checked_corrected_and_accepted(window: OpenWindow, bench: Bench, tmp_path: Path) -> None:
    rows = ["ONE;50,5;41,2;1,85", "TWO;fifty;40;1,8", "ONE;50;40;1,8"]
    page = await window("technician", path="/submissions/new")
    await page.select_option("#up-project", bench.project["id"])
    await page.set_input_files("#up-file", _manifest(tmp_path, rows))
    await page.click("text=Send and check")
    await page.wait_for_url("**/submissions/SUB-*")
    assert "block acceptance" in await page.inner_text("section:has(#check-title)")
    assert await page.locator(".cell-error").count() >= 2
    await page.click("tr[data-row='2'] th a")
    await page.wait_for_selector("#row")
    assert "fifty" in await page.inner_text("#row dl")
    await page.fill("#row-volume_ul", "50")
    await page.click("text=Save row 2")
    await page.wait_for_selector("text=Row 2 saved")
    code = page.url.split("/submissions/")[1].split("?")[0]
    await page.goto(f"/submissions/{code}?row=3")
    await page.fill("#row-sample_name", "THREE")
    await page.click("text=Save row 3")
    await page.wait_for_selector(".toast >> text=Row 3 saved")
    assert (await page.inner_text(".toast >> nth=-1")).strip() == "Row 3 saved; nothing blocks acceptance now"
    accept, reject, cancel = [
        await page.locator(name).bounding_box()
        for name in ("button:text('Accept 3')", "summary:text('Reject')", "summary:text('Cancel it')")
    ]
    assert accept is not None
    assert reject is not None
    assert cancel is not None
    assert accept["y"] == reject["y"] == cancel["y"], "they stand beside each other, not beside the field"
    await page.fill("#accept-reason", "The lab confirmed it by telephone.")
    await page.click("button:has-text('Accept 3 samples')")
    await page.wait_for_selector("text=Show its samples")
    await page.click("text=Show its samples")
    await page.wait_for_selector("text=3 samples")
    assert await page.locator("tbody >> text=Expected").count() == 3


async def test_a_reading_that_ends_while_it_is_asked_for_leads_to_its_submission(
    window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    page = await window("technician", path="/submissions/new")

    async def late(route: Route) -> None:
        # What the page puts in its place is held back until there is something else to show.
        if "hx-target" in route.request.headers:
            await asyncio.sleep(3)
        await route.continue_()

    await page.route("**/submissions/reading/*", late)
    await page.select_option("#up-project", bench.project["id"])
    await page.set_input_files("#up-file", _manifest(tmp_path, ["ONE;50,5;41,2;1,85"]))
    await page.click("text=Send and check")
    await page.wait_for_url("**/submissions/SUB-*")
    assert await page.is_visible("h2:text-is('Check')")


async def test_a_file_that_is_no_table_is_refused_with_a_sentence(
    window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    file = tmp_path / "picture.xlsx"
    file.write_bytes(b"GIF89a" + b"\x00" * 500)
    page = await window("technician", path="/submissions/new")
    await page.select_option("#up-project", bench.project["id"])
    await page.set_input_files("#up-file", file)
    await page.click("text=Send and check")
    await page.wait_for_selector(".toast.failed")
    assert len(await page.inner_text(".toast.failed")) > 20
    assert await page.is_enabled("text=Send and check")


async def test_a_table_without_rows_says_so(window: OpenWindow, bench: Bench, tmp_path: Path) -> None:
    page = await window("technician", path="/submissions/new")
    await page.select_option("#up-project", bench.project["id"])
    await page.set_input_files("#up-file", _manifest(tmp_path, []))
    await page.click("text=Send and check")
    await page.wait_for_selector("text=This file was not taken")


async def test_a_draft_by_hand_comes_back_after_a_closed_window(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/submissions/new")
    await page.fill("#hand-requester_name", "Kit Ostrander")
    await page.wait_for_function("() => Object.values(localStorage).some((kept) => kept.includes('Kit Ostrander'))")
    await page.reload()
    await page.click("text=Restore your draft")
    assert await page.input_value("#hand-requester_name") == "Kit Ostrander"
    await page.select_option("#hand-project_id", bench.project["id"])
    await page.click("text=Begin a draft")
    await page.wait_for_selector("text=begun")


async def test_the_templates_are_downloads(window: OpenWindow) -> None:
    page = await window("technician", path="/submissions")
    for word in ("Template XLSX", "CSV"):
        async with page.expect_download() as download:
            await page.click(f"text={word} >> nth=0")
        assert (await download.value).suggested_filename.startswith("sample-manifest")


async def test_a_submitter_sees_their_own_lab_only(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("MINE-1")
    page = await window("submitter", labs=(bench.lab["id"],), path="/samples")
    assert await page.is_visible("text=MINE-1")
    assert not await page.is_visible("#tick-all")
    assert not await page.is_visible("text=Register one")
    stranger = await window("submitter", path=f"/samples/{made['code']}")
    assert "Not found" in await stranger.inner_text("h1")
