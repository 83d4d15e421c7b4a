"""Storage pages: places are made by forms, tubes are scanned into a box, and its map is walked by keys."""

import asyncio
from typing import Any

import pytest

from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser

LAYOUT = "00000000-0000-7000-8000-000000000001"


async def _box(bench: Bench, rows: int = 8, columns: int = 12) -> dict[str, Any]:
    parent: dict[str, Any] = {"id": None}
    made: list[dict[str, Any]] = [
        {"kind": "room", "code": f"Room {bench.lab['name'][4:]}"},
        {"kind": "freezer", "code": "F-80-1", "temperature_target_c": -80},
        {"kind": "box", "code": "B7", "grid_rows": rows, "grid_columns": columns, "barcode": f"BOX-{bench.lab['id']}"},
    ]
    for asked in made:
        parent = checked(await bench.client.post("/api/storage/locations", json={**asked, "parent_id": parent["id"]}))
    return parent


async def _put(bench: Bench, box: dict[str, Any], *placements: dict[str, Any]) -> None:
    path = f"/api/storage/locations/{box['id']}/placements"
    checked(await bench.client.post(path, json={"placements": list(placements)}))


async def test_a_place_is_made_and_a_tube_scanned_into_a_box(window: OpenWindow, bench: Bench) -> None:
    tube = await bench.register("BOXED-1")
    page = await window("technician", path="/storage")
    room = f"Lab room {bench.lab['name'][4:]}"
    await page.click("text=Add a site or room")
    await page.select_option("#place-kind", "room")
    await page.fill("#place-code", room)
    await page.click("#do-place >> text=Save")
    await page.click(f"th >> text={room}")
    for kind, code, more in (("freezer", "F1", {}), ("box", "B1", {"grid_rows": "9", "grid_columns": "9"})):
        await page.click("text=Add a place here")
        await page.select_option("#place-kind", kind)
        await page.fill("#place-code", code)
        for name, value in more.items():
            await page.fill(f"#place-{name}", value)
        await page.press("#place-code", "Enter")
        await page.click(f"th >> text={code}")
    await page.click("[data-at=C4]")
    await page.keyboard.type(tube["code"])
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"td.taken >> text={tube['code']}")
    assert await page.input_value("#scan-position") == "A1"
    await page.fill("#scan-barcode", "NO-SUCH-TUBE")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".notice.failed >> text=NO-SUCH-TUBE")
    await page.goto(f"/samples/{tube['code']}")
    assert f"{room}/F1/B1/C4" in await page.inner_text("#custody")
    assert "1 event fits together" in await page.inner_text("#custody")


async def test_the_map_of_a_box_is_walked_by_keys_and_found_by_its_barcode(window: OpenWindow, bench: Bench) -> None:
    box = await _box(bench)
    page = await window("technician", path=f"/search?q={box['barcode']}")
    await page.focus("[data-at=A1]")
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowLeft"):
        await page.keyboard.press(key)
    await page.keyboard.press("Enter")
    assert await page.input_value("#scan-position") == "B2"


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; `make assets` fetches it.")
async def test_no_page_of_storage_has_a_violation(window: OpenWindow, bench: Bench) -> None:
    box = await _box(bench)
    tubes = [await bench.register(f"AXE-{number}") for number in range(5)]
    await _put(bench, box, *({"barcode": tube["code"]} for tube in tubes))
    warm = {
        "from_at": "2026-01-01T00:00:00Z",
        "until_at": "2026-01-01T01:00:00Z",
        "max_temperature_c": -20,
        "note": "The door was open.",
    }
    path = f"/api/storage/locations/{box['parent_id']}/excursions"
    checked(await bench.client.post(path, json=warm))
    kept = {"keep_until": "2026-01-01", "reason": "Contract"}
    checked(await bench.client.post(f"/api/projects/{bench.project['id']}/retention", json=kept))
    page = await window("facility_manager", bypass_csp=True)
    found: list[str] = []
    for name in ("", f"/{box['parent_id']}", f"/{box['id']}", "/findings", "/due"):
        await page.goto(f"/storage{name}")
        found += await _judged(page, f"/storage{name}")
    printer = checked(await bench.client.post("/api/labels/printers", json={"name": box["path"], "host": "127.0.0.1"}))
    asked = {"printer_id": printer["id"], "layout_id": LAYOUT, "samples": [tubes[1]["code"]]}
    checked(await bench.client.post("/api/labels/jobs", json=asked))
    await page.goto(f"/labels?code={tubes[0]['code']}")
    found += await _judged(page, "/labels")
    assert found == []


async def test_labels_of_chosen_samples_are_printed_and_a_second_one_asks_why(window: OpenWindow, bench: Bench) -> None:
    taken: list[bytes] = []

    async def printer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(printer, "127.0.0.1", 0)
    tube = await bench.register("LABEL-1")
    page = await window("facility_manager", path=f"/labels?code={tube['code']}")
    await page.click("text=Register a printer")
    await page.fill("#printer-name", f"Printer {tube['code']}")
    await page.fill("#printer-host", "127.0.0.1")
    await page.fill("#printer-port", str(server.sockets[0].getsockname()[1]))
    await page.press("#printer-name", "Enter")
    await page.wait_for_selector("text=registered; print a test")
    for reason in ("", "It fell off"):
        await page.goto(f"/samples?project_id={bench.project['id']}")
        await page.check(f"tr:has-text('{tube['code']}') input[type=checkbox]")
        await page.click("text=Print labels")
        await page.select_option("#print-printer", label=f"Printer {tube['code']}")
        if reason:
            await page.click("section button.primary")
            await page.wait_for_selector(".notice.failed")
            assert "say why another one is needed" in await page.inner_text("#main")
            await page.fill("#print-reason", reason)
        await page.click("section button.primary")
        await page.wait_for_selector("text=1 labels are queued")
    for _ in range(100):
        await page.reload()
        if await page.locator("#list tr:has-text('printed')").count() >= 2 and len(taken) == 2:
            break
    assert [tube["code"].encode() in told for told in taken] == [True, True]
    server.close()
