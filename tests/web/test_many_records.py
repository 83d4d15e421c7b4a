"""Receiving, basecalling and deciding about many in the browser: looked at ahead, one job, and no undo."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser

_HEAD = "sample,barcode,model,min_q,reads,bases_pass_bp,n50_bp,mean_q"
_GOOD = "dna_r10.4.1_e8.2_400bps_sup@v5.2.0,10,20000,90000000,4900,18.4"
_ON = ("received", "sample_qc", "library_prep", "library_qc", "sequencing_setup", "sequencing_run", "basecalling")


async def _registered(bench: Bench, count: int) -> list[Any]:
    return [await bench.register(f"REC-{n}") for n in range(count)]


async def _kinds(bench: Bench, sample: Any) -> list[str]:
    items = checked(await bench.client.get(f"/api/samples/{sample['code']}/custody"))["items"]
    return [f"{item['kind']} {item['condition']} {item['location']}".strip() for item in items]


async def _ends(page: Page, said: str) -> None:
    """Wait for the end of the job; nothing is offered that would undo it."""
    await page.wait_for_selector(f"text={said}")
    await expect(page.locator("#undo-reason")).to_have_count(0)
    assert "not undone" in await page.inner_text("#reading")


async def test_tubes_are_scanned_in_and_what_is_unknown_or_doubled_is_named(window: OpenWindow, bench: Bench) -> None:
    first, second, other = await _registered(bench, 3)
    checked(
        await bench.client.post(
            f"/api/samples/{other['code']}/custody", json={"kind": "received", "condition": "intact"}
        )
    )
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    await page.click("text=Receive tubes")
    await expect(page.locator("#receive-scanned")).to_be_focused()
    for code in (first["code"], "NOBODY-77", second["code"], first["code"], other["code"]):
        await page.keyboard.type(code)
        await page.keyboard.press("Enter")
    await page.fill("#receive-location", "Goods in")
    await page.click("text=Look ahead")
    assert await page.locator("#receive-condition").evaluate("field => field.validity.valueMissing")
    await page.select_option("#receive-condition", "thawed")
    await page.click("text=Look ahead")
    await expect(page.locator("#preview")).to_contain_text("2 will change, 0 cannot, 1 are here already")
    named = page.locator("section:has-text('Codes that do not count') li")
    assert [text.split()[0:2] for text in await named.all_inner_texts()] == [
        ["Unknown", "NOBODY-77"],
        ["Doubled", first["code"]],
    ]
    await page.click("button:has-text('Receive 2 tubes')")
    await _ends(page, "2 changed, 0 not")
    assert [await _kinds(bench, one) for one in (first, second, other)] == [
        ["received thawed Goods in"],
        ["received thawed Goods in"],
        ["received intact"],
    ]


async def test_a_sheet_of_basecallings_is_corrected_cell_by_cell_and_recorded(
    window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    samples = await _registered(bench, 2)
    for to in _ON:
        for one in samples:
            now = checked(await bench.client.get(f"/api/samples/{one['code']}"))
            checked(
                await bench.client.post(
                    f"/api/samples/{one['code']}/transitions",
                    json={"to": to, "reason": "A test.", "override": True},
                    headers={"If-Match": f'"v{now["version"]}"'},
                )
            )
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    await page.check("#tick-all")
    await page.focus("#bulk summary")
    for key in ("Enter", "Tab", "Tab", "Tab", "Enter"):
        await page.keyboard.press(key)
    async with page.expect_download() as download:
        await page.click("text=Download for 2 samples")
    template = (await (await download.value).path()).read_text("utf-8")
    assert all(one["code"] in template for one in samples)
    lines = [_HEAD, *(f"{one['code']},,{_GOOD}" for one in samples)]
    file = tmp_path / "filled.csv"
    file.write_text("\n".join(lines).replace("20000", "twenty", 1))
    await page.set_input_files("#sheet-file", file)
    await expect(page.locator("#sheet-text")).to_have_value(file.read_text())
    await page.click("text=Check")
    wrong = page.locator("#preview tbody tr")
    await expect(wrong).to_have_count(1)
    assert [await wrong.locator("td").nth(n).inner_text() for n in range(3)] == [samples[0]["code"], "reads", "twenty"]
    await page.fill("#sheet-text", "\n".join(lines))
    await page.click("text=Check")
    await page.click("button:has-text('Record 2 basecallings')")
    await _ends(page, "2 changed, 0 not")
    for one in samples:
        (made,) = checked(await bench.client.get(f"/api/samples/{one['code']}/records"))["items"]
        assert made["details"]["read_sets"][0]["reads"] == 20000


async def test_a_decision_about_many_asks_for_its_reason_and_is_made_as_one_job(
    window: OpenWindow, bench: Bench
) -> None:
    samples = await _registered(bench, 2)
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    await page.click("text=Select all 2 that match")
    await page.click("text=Decide about quality")
    await page.select_option("#decide-verdict", "conditional")
    await page.click("text=Look ahead")
    await page.wait_for_selector("text=The verdict conditional needs a reason.")
    assert await page.input_value("#decide-verdict") == "conditional"
    await page.fill("#decide-reason", "The customer agreed.")
    await page.click("text=Look ahead")
    await page.click("button:has-text('Decide about 2 samples')")
    await _ends(page, "2 changed, 0 not")
    for one in samples:
        (made,) = checked(await bench.client.get(f"/api/samples/{one['code']}/records"))["items"]
        assert (made["details"]["verdict"], made["details"]["reason"]) == ("conditional", "The customer agreed.")


async def test_the_pages_work_without_scripts(window: OpenWindow, bench: Bench) -> None:
    (sample,) = await _registered(bench, 1)
    page = await window("technician", java_script_enabled=False, path=f"/samples/many/receive?code={sample['code']}")
    await page.select_option("#receive-condition", "intact")
    await page.click("text=Look ahead")
    await page.click("button:has-text('Receive 1 tube')")
    await page.wait_for_selector("h1:has-text('Receipt of 1 sample')")
