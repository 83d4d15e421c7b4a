"""Protocols in the browser: uploaded, found, quoted with a link to the place, renewed, and searched no more."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.services.ai.protocols_of_a_lab import LIGATION, printed
from tests.web.conftest import OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser


async def test_a_protocol_is_uploaded_found_renewed_and_retired(window: OpenWindow, tmp_path: Path) -> None:
    mark = f"quillwort{uuid4().hex[:8]}"
    page = await window("facility_manager", path="/protocols", bypass_csp=True)
    (tmp_path / f"Ligation_{mark}.md").write_text(LIGATION.replace("wide-bore", mark), "utf-8")
    await page.click("#new-protocol summary")
    await page.set_input_files("#protocol-file", tmp_path / f"Ligation_{mark}.md")
    await page.click("#new-protocol button.primary")
    await page.wait_for_selector(f"h1:has-text('Ligation {mark}')")
    await expect(page.locator("h3")).to_have_text(["Before you begin", "Input", "Clean-up"])

    await page.goto(f"/protocols?q={mark}")
    await expect(page.locator("#found-title")).to_contain_text("1 passage for")
    await expect(page.locator("blockquote")).to_contain_text(f"with {mark} tips")
    if AXE.is_file():
        assert await _judged(page, "protocols found") == []
    await page.goto(f"/search?q=tips%20{mark}")
    await expect(page.locator("#said-title")).to_have_text("What protocols say")
    if AXE.is_file():
        assert await _judged(page, "protocols in the search") == []
    await page.click("main ol a")
    await page.wait_for_url("**/protocols/*?number=1#p2")
    if AXE.is_file():
        assert await _judged(page, "protocol") == []

    (tmp_path / "second.pdf").write_bytes(printed([("Input", [f"Take 2 µg of DNA with {mark}."])]))
    await page.click("#new-version summary")
    await page.set_input_files("#version-file", tmp_path / "second.pdf")
    await page.click("#new-version button.primary")
    await page.wait_for_selector(".title >> text=version 2")
    async with page.expect_download() as waiting:
        await page.click("a:has-text('second.pdf')")
    assert (await waiting.value).suggested_filename == "second.pdf"
    await page.click("a[href$='number=1']")
    await page.wait_for_selector("text=There is a newer version")

    await page.click("summary:has-text('Search it no more')")
    await page.click("button.danger:has-text('Search it no more')")
    await page.wait_for_url("**/protocols")
    await page.goto(f"/protocols?q={mark}")
    await expect(page.locator("#found-title")).to_contain_text("Nothing is said of")


async def test_a_technician_reads_and_a_submitter_sees_none(window: OpenWindow) -> None:
    page = await window("technician", path="/protocols", java_script_enabled=False)
    assert await page.locator("#new-protocol").count() == 0
    await page.fill("input[name=q] >> nth=-1", "?? !!")
    await page.click("main button:has-text('Search')")
    assert "q" in await page.inner_text("main [role=alert]")
    other = await window("submitter", path="/samples")
    assert await other.locator(".nav a[href='/protocols']").count() == 0
