"""Changes by others while a page is open: the stream may break, and what is being typed is never lost."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Route

from tests.harness.laboratory import urgently
from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def test_a_cut_stream_says_reconnecting_and_catches_up(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("CUT-1")
    page = await window("technician", path="/password", expects=("htmx: htmx:error: Failed to fetch",))
    let_through = asyncio.Event()

    async def cut(route: Route) -> None:
        await (route.continue_() if let_through.is_set() else route.abort())

    await page.route("**/events?*", cut)
    await page.goto(f"/samples?project_id={bench.project['id']}")
    await page.wait_for_selector("#live[data-state=reconnecting]")
    assert await page.inner_text("#live") == "Reconnecting"
    let_through.set()
    await page.wait_for_selector("#live[data-state=live]", timeout=60_000)
    await _changed(bench, made["code"], 1, priority="urgent")
    await page.wait_for_selector("tr.changed .prio.urgent")


async def test_a_change_between_the_page_and_its_stream_is_told(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("BETWEEN-1")
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    await page.wait_for_selector("#live[data-state=live]")
    begins = await _held_back(page)
    await page.reload()
    assert await page.is_visible(f"#row-{made['id']}")
    await _changed(bench, made["code"], 1, priority="urgent")
    await asyncio.sleep(1)
    begins.set()
    await page.wait_for_selector("#live[data-state=live]")
    await page.wait_for_selector("tr.changed .prio.urgent")


async def test_a_stream_that_cannot_go_on_from_the_page_lets_it_be_read_again(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("UNKNOWN-1")
    page = await window("technician", path="/password")

    async def forget(route: Route) -> None:
        await begins.wait()
        await route.continue_(url=f"{route.request.url.split('?')[0]}?topics=sample")

    begins = asyncio.Event()
    await page.route("**/events?*", forget)
    await page.goto(f"/samples?project_id={bench.project['id']}")
    await _changed(bench, made["code"], 1, priority="urgent")
    await asyncio.sleep(1)
    begins.set()
    await page.wait_for_selector("tbody .prio.urgent")


async def _held_back(page: Page) -> asyncio.Event:
    """Let the page's stream begin when the event is set."""
    begins = asyncio.Event()

    async def wait(route: Route) -> None:
        await begins.wait()
        await route.continue_()

    await page.route("**/events?*", wait)
    return begins


async def test_an_open_form_and_what_is_typed_survive_a_live_update(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("TYPED-1")
    page = await window("technician", path=f"/samples/{made['code']}")
    await page.wait_for_selector("#live[data-state=live]")
    await page.click("#add-custody > summary")
    await page.click("section:has(#facts-title) summary:has-text('Edit')")
    await page.fill("#edit-comment", "half a sent")
    await _changed(bench, made["code"], 1, assignee="Kit", priority="high")
    await page.wait_for_selector(".title .prio.high")
    assert await page.input_value("#edit-comment") == "half a sent"
    assert await page.evaluate("document.activeElement.id") == "edit-comment"
    assert await _opened(page) == ["add-custody", "edit-record"]


async def test_a_refused_form_has_the_focus_at_its_first_mistake_and_keeps_it(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("WRONG-1")
    page = await window("technician", path=f"/samples/{made['code']}")
    await page.wait_for_selector("#live[data-state=live]")
    await page.click("#add-measurement > summary")
    await page.select_option("#measurement-quantity", "concentration")
    await page.select_option("#measurement-method", "qubit_br")
    await page.fill("#measurement-value", "a lot")
    await page.press("#measurement-value", "Enter")
    await page.wait_for_selector("#measurement-value[aria-invalid=true]")
    assert await page.evaluate("document.activeElement.id") == "measurement-value"
    await page.evaluate("document.activeElement.blur()")
    await _changed(bench, made["code"], 1, priority="high")
    await page.wait_for_selector(".title .prio.high")
    assert await page.input_value("#measurement-value") == "a lot"
    assert await page.is_visible("#measurement-value")


async def test_a_form_that_leads_elsewhere_changes_the_address(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/samples/new")
    await page.select_option("#f-project_id", bench.project["id"])
    await page.fill("#f-name", "ELSEWHERE-1")
    await page.click("button:has-text('Register the sample')")
    await page.wait_for_url("**/samples/S*-*")
    assert "registered" in await page.inner_text(".toast")
    await page.wait_for_selector("#live[data-state=live]")


async def test_a_form_whose_place_is_gone_stays_with_what_was_typed(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("GONE-1")
    for stage in ("received", "sample_qc", "library_prep"):
        made = await _moved(bench, made, stage)
    page = await window("technician", path=f"/samples/{made['code']}")
    await page.wait_for_selector("#live[data-state=live]")
    await page.click("#add-library > summary")
    await page.fill("#library-kit_lot", "LOT-77")
    await _moved(bench, made, "library_qc")
    await page.wait_for_selector("#gate-title:has-text('Library QC')")
    await page.wait_for_selector("section.kept")
    assert await page.input_value("section.kept #library-kit_lot") == "LOT-77"
    assert await page.is_visible("#library-kit_lot")


async def _changed(bench: Bench, code: str, version: int, **changes: Any) -> None:
    """Change a sample as somebody else."""
    checked(
        await bench.client.patch(f"/api/samples/{code}", json=urgently(changes), headers={"If-Match": f'"v{version}"'})
    )


async def _opened(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(
        "[...document.querySelectorAll('#record details[open]')].map(item => item.id).sort()"
    )
    return found


async def _moved(bench: Bench, sample: dict[str, Any], stage: str) -> dict[str, Any]:
    """Move a sample on although requirements are missing."""
    asked = {"to": stage, "reason": "Moved for the test.", "override": True}
    match = {"If-Match": f'"v{sample["version"]}"'}
    answer = await bench.client.post(f"/api/samples/{sample['code']}/transitions", json=asked, headers=match)
    moved: dict[str, Any] = checked(answer)
    return moved
