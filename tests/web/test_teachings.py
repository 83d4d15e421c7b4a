"""What nobody knew of a form, in the browser: a suggestion is taken by one click, a table is read with its headings."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page

from tests.harness.printed import FIELDS, form, rows
from tests.harness.product import Product
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser

#: A slip of the pen that spelling is near to, and headings that nothing is near to.
SLIP = ("Sample bufer:", "TE")
HEADINGS = {"Moniker": "Sample name", "Fluid": "Volume", "Glow": "Qubit concentration", "Index one": "A260/280"}


@pytest.fixture(autouse=True)
def recalling(product: Product) -> Iterator[None]:
    """Let forms be read with what was learnt, as NANOPORE_READING_METHOD=rag does."""
    runtime = product.runtimes["ai"]
    before = runtime.settings
    runtime.settings = msgspec.structs.replace(before, reading_method="rag")
    yield
    runtime.settings = before


async def _sent(page: Page, bench: Bench, content: bytes, folder: Path) -> None:
    file = folder / "form.pdf"
    file.write_bytes(content)
    await page.goto("/submissions/new")
    await page.select_option("#up-project", bench.project["id"])
    await page.set_input_files("#up-file", file)
    await page.click("text=Send and check")
    await page.wait_for_url("**/review*")


async def test_what_nobody_knew_is_taken_by_a_click_and_the_table_read_again(
    window: OpenWindow, bench: Bench, tmp_path: Path
) -> None:
    page = await window("technician", "facility_manager", bypass_csp=True)
    await _sent(page, bench, form(rows(3), fields=[*FIELDS[:-1], SLIP], columns=list(HEADINGS)), tmp_path)
    assert await page.inner_text("#unknown-title") == "5 texts that nobody knows"
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 1024, "height": 768})
    if AXE.is_file():
        assert await _judged(page, "review of what nobody knows") == []
    await page.click("button:has-text('Buffer?')")
    await page.wait_for_selector("text=It is understood in other forms from now on")
    assert await page.inner_text(".values li.decided a") == "TE"
    assert await page.inner_text("#unknown-title") == "4 texts that nobody knows"
    for label, title in HEADINGS.items():
        await page.select_option(f"select[aria-label='What “{label}” is']", label=title)
    await page.click("text=Take what is chosen")
    await page.wait_for_url("**/review*")
    await page.wait_for_selector("#rows-title:has-text('3 samples')")
    assert await page.locator("#unknown-title").count() == 0
    assert await page.locator("td:has-text('QX_02')").count() == 1


async def test_it_can_be_said_without_scripts(window: OpenWindow, bench: Bench, tmp_path: Path) -> None:
    page = await window("technician")
    await _sent(page, bench, form(rows(2), fields=[*FIELDS, ("Zorbl kwim:", "Lifa reads")]), tmp_path)
    plain = await window("technician", java_script_enabled=False, path=page.url.partition("?")[0])
    await plain.click("text=Take what is chosen")
    assert "Nothing was said" in await plain.inner_text("[role=alert]")
    await plain.select_option("select[aria-label='What “Zorbl kwim” is']", label="Project")
    await plain.click("text=Take what is chosen")
    assert (
        "once somebody agrees" in await plain.inner_text("main, [role=status] >> nth=0")
        or await plain.locator("text=once somebody agrees").count()
    )
    assert await plain.inner_text(".values li.decided a") == "Lifa reads"
