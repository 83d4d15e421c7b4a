"""The board, and the scanner, which works on every page."""

import pytest

from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def test_a_refused_card_goes_back_and_says_why(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("CARD-1")
    page = await window("technician", path=f"/board?project_id={bench.project['id']}")
    card = f"#card-{made['code']}"
    await page.focus(card)
    await page.keyboard.press(">")
    await page.wait_for_selector(".toast.failed")
    assert "not received yet" in await page.inner_text(".toast.failed")
    assert await page.locator(f"[data-stage=expected] {card}").count() == 1


async def test_a_card_moves_by_menu_key_and_drag(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("CARD-2")
    event = {"kind": "received", "condition": "intact"}
    await bench.client.post(f"/api/samples/{made['code']}/custody", json=event)
    page = await window("technician", path=f"/board?project_id={bench.project['id']}")
    card = f"#card-{made['code']}"
    await page.drag_and_drop(card, "[data-stage=received] h2")
    await page.wait_for_selector(f"[data-stage=received] {card}")
    await page.wait_for_selector("text=is now at Received")
    await page.wait_for_timeout(1500)
    await page.focus(card)
    await page.keyboard.press("m")
    await page.wait_for_selector("dialog#move[open]")
    await page.click("dialog#move >> text=Sample QC")
    await page.wait_for_selector(".toast.failed")
    assert await page.locator(f"[data-stage=received] {card}").count() == 1


async def test_a_scan_without_focus_finds_its_sample(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("SCAN-1", container_barcode="TUBE000451")
    page = await window("technician", path="/board")
    await page.wait_for_timeout(300)
    await _scan(page, "TUBE000451")
    await page.wait_for_url(f"**/samples/{made['code']}", wait_until="commit")


async def test_an_unknown_scan_stays_until_it_is_dismissed(window: OpenWindow) -> None:
    page = await window("technician", path="/samples")
    await page.wait_for_timeout(300)
    await _scan(page, "UNKNOWN999")
    await page.wait_for_selector("#alarm")
    assert "UNKNOWN999" in await page.inner_text("#alarm")
    await page.click("#alarm >> text=Dismiss")
    assert await page.locator("#alarm").count() == 0


async def test_typing_is_no_scan(window: OpenWindow) -> None:
    page = await window("technician", path="/samples")
    await page.focus("#search")
    await page.keyboard.type("S26-0", delay=60)
    assert await page.input_value("#search") == "S26-0"


async def _scan(page: object, code: str) -> None:
    """Send the keys of a code as fast as a scanner does."""
    script = """code => { for (const key of [...code, "Enter"])
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }"""
    await page.evaluate(script, code)  # type: ignore[attr-defined]


async def test_the_board_is_narrowed_and_keeps_its_project(window: OpenWindow, bench: Bench) -> None:
    rushed = await bench.register("RUSHED", priority="urgent")
    usual = await bench.register("USUAL")
    project = bench.project["id"]
    page = await window("technician", path=f"/board?project_id={project}")
    await page.select_option("#filter-priority", "urgent")
    await page.wait_for_selector(f"#card-{usual['code']}", state="detached")
    assert await page.is_visible(f"#card-{rushed['code']}")
    assert f"project_id={project}" in page.url
    await page.select_option("#filter-status", "on_hold")
    await page.wait_for_selector(f"#card-{rushed['code']}", state="detached")
    await page.click("text=All labs and projects")
    await page.wait_for_url("**/board")
