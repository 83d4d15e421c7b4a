"""The files of a submission and what it will cost, on the form of a draft; and a packing slip that can be scanned."""

from pathlib import Path

import msgspec
import pytest
from playwright.async_api import expect

from tests.harness.product import Product, checked
from tests.services.sample.desk import opened, row, seen
from tests.web.conftest import OpenWindow

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


async def test_a_file_is_added_downloaded_and_removed_from_a_draft(
    product: Product, window: OpenWindow, tmp_path: Path
) -> None:
    desk = await opened(product)
    draft = await desk.draft(row("ONE"), row("TWO"))
    page = await window("submitter", labs=(desk.lab_id,), path=f"/submissions/{draft['code']}/form")
    await expect(page.locator("#files-part")).to_contain_text("No files yet.")
    (tmp_path / "gel of monday.pdf").write_bytes(PDF)
    await page.click("#add-gel_picture summary")
    await page.set_input_files("#file-gel_picture", tmp_path / "gel of monday.pdf")
    await page.click("#add-gel_picture button.primary")
    listed = page.locator("#files-part tbody tr")
    await expect(listed).to_have_count(1)
    await expect(listed).to_contain_text("Gel picture PDF")
    async with page.expect_download() as waiting:
        await page.click("#files-part a:has-text('gel of monday.pdf')")
    got = await waiting.value
    assert (got.suggested_filename, Path(await got.path()).read_bytes()) == ("gel of monday.pdf", PDF)

    (tmp_path / "tool.pdf").write_bytes(b"MZ\x90\0" * 20)
    await page.click("#add-protocol summary")
    await page.set_input_files("#file-protocol", tmp_path / "tool.pdf")
    await page.click("#add-protocol button.primary")
    await expect(page.locator("#toasts")).to_contain_text("This is a Windows program.")
    await page.click("button:has-text('Remove')")
    await expect(page.locator("#files-part")).to_contain_text("No files yet.")


async def test_the_pages_say_the_size_that_is_taken_here(
    product: Product, window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = product.runtimes["ai"]
    monkeypatch.setattr(runtime, "settings", msgspec.structs.replace(runtime.settings, document_max_mb=7))
    desk = await opened(product)
    draft = await desk.draft(row("ONE"))
    page = await window("submitter", labs=(desk.lab_id,), path=f"/submissions/{draft['code']}/form")
    await expect(page.locator("#files-part")).to_contain_text("at most 7 MB each")
    await page.goto("/submissions/new")
    await expect(page.locator("main")).to_contain_text("at most 7 MB")


async def test_the_form_says_what_the_work_will_cost_and_what_nobody_knows_yet(
    product: Product, window: OpenWindow
) -> None:
    desk = await opened(product)
    draft = await desk.draft(row("ONE"), row("TWO"))
    found = checked(await desk.staff.get(f"/api/submissions/{draft['code']}/estimate"))
    ((currency, cents),) = found["total_cents"].items()
    page = await window("submitter", labs=(desk.lab_id,), path=f"/submissions/{draft['code']}/form")
    panel = page.locator("#estimate")
    await expect(panel.locator("tfoot")).to_contain_text(f"{cents // 100}.{cents % 100:02d} {currency}")
    await expect(panel.locator("tr:has-text('Flow cell')")).to_contain_text("not known")
    await expect(panel).to_contain_text("for 2 samples")


async def test_every_line_of_a_packing_slip_has_a_code_that_leads_to_its_sample(
    product: Product, window: OpenWindow
) -> None:
    desk = await opened(product)
    found = await desk.under_review(row("ONE"), row("TWO"))
    page = await window("technician", path=f"/submissions/{found['code']}/slip")
    codes = await page.locator("svg.code").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert codes == [f"Code {found['code']}", f"Code {found['code']}/1", f"Code {found['code']}/2"]
    scanned = f"{found['code']}/2"
    before = checked(await desk.staff.get("/api/samples/lookup", params={"code": scanned}))
    assert (before["kind"], before["code"]) == ("submission", found["code"])
    body, path = {"reason": "A test."}, f"/api/submissions/{found['id']}/acceptance"
    checked(await desk.staff.post(path, json=body, headers=seen(found)))
    after = checked(await desk.staff.get("/api/samples/lookup", params={"code": scanned}))
    assert (after["kind"], after["name"]) == ("sample", "TWO")
