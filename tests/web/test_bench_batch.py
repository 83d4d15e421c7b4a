"""Batches at the bench: worked through by position, stopped by a wrong tube, kept without network; all for gloves."""

from typing import Any

import pytest

from tests.harness.product import checked
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE
from tests.web.test_accessibility import _judged as judged
from tests.web.test_bench import OFF, TABLET, ready_without_network, receive, scan, told

pytestmark = pytest.mark.browser


async def _batch(bench: Bench, codes: list[str], **said: Any) -> str:
    asked = {
        "name": "Tuesday",
        "task": "measure",
        "quantity": "concentration",
        "method": "qubit_br",
        "kit": "SQK-LSK114",
        "positions": [{"sample": code} for code in codes],
        **said,
    }
    return str(checked(await bench.client.post("/api/batches", json=asked))["code"])


async def test_a_batch_is_made_and_worked_through_by_position(window: OpenWindow, bench: Bench) -> None:
    first, second = await bench.register("PLATE-1", container_barcode="TUBE-88001"), await bench.register("PLATE-2")
    page = await window("technician", path="/bench/batches", viewport=TABLET)
    await page.fill("#batch-name", "Wednesday")
    await page.select_option("#batch-task", "measure concentration qubit_hs")
    await page.select_option("#batch-kit", "SQK-LSK114")
    await page.fill("#batch-codes", f"{first['code']}\n{second['code']}")
    await page.click("text=Make the batch")
    assert await page.inner_text("#bench-now .ask") == "Scan A1 PLATE-1"
    assert await page.inner_text("#batch-left") == "0 done, 2 left"
    await page.fill("#lot", "Q-4711")
    await page.click("text=Save the lot")
    await page.fill("#lot-day", "2099-12-31")
    await page.click("text=Save the lot")
    await page.wait_for_selector(".batch-facts >> text=Q-4711")
    await scan(page, "TUBE-88001")
    await page.fill("#pad-value", "4.12")
    await page.click("text=Record · RV")
    assert "4.12 ng/µL is low for LSK114" in await page.inner_text("#bench-now")
    await page.click("text=Keep 4.12 · RV")
    await page.wait_for_selector("text=Scan B1 PLATE-2")
    assert await page.get_attribute("[data-at=A1]", "data-state") == "done"
    assert await page.inner_text("#batch-left") == "1 done, 1 left"
    (value,) = await told(bench, first["code"], "measurements")
    assert (value["value"], value["method"], value["kit_lot"]) == (4.12, "qubit_hs", "Q-4711")
    await page.reload()
    assert await page.inner_text(f"[data-code={first['code']}] .became") == "4.12 ng/µL done"


async def test_a_wrong_tube_stops_everything_with_both_names(window: OpenWindow, bench: Bench) -> None:
    right, wrong = await bench.register("RIGHT-1"), await bench.register("WRONG-1")
    page = await window("technician", path=f"/bench/batches/{await _batch(bench, [right['code']])}", viewport=TABLET)
    await page.wait_for_selector("text=Scan A1 RIGHT-1")
    await scan(page, wrong["code"])
    await page.wait_for_selector(f"#bench-stop >> text=WRONG-1 {wrong['code']}")
    assert f"A1 RIGHT-1 {right['code']}" in await page.inner_text("#bench-stop")
    box = await page.locator("#bench-stop").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (820, 1180)
    await scan(page, right["code"])
    assert await page.is_visible("#bench-stop")
    await page.keyboard.press("Escape")
    assert await page.is_visible("#bench-stop")
    await page.click("text=The tube is away")
    await page.wait_for_selector("text=Scan A1 RIGHT-1")
    assert await told(bench, wrong["code"], "measurements") == []


async def test_a_batch_goes_on_without_network_also_after_a_reload(window: OpenWindow, bench: Bench) -> None:
    codes = [(await bench.register(f"DARK-{n}"))["code"] for n in range(3)]
    page = await window("technician", path=f"/bench/batches/{await _batch(bench, codes)}", viewport=TABLET, expects=OFF)
    await ready_without_network(page)
    await page.context.set_offline(True)
    for number, code in enumerate(codes[:2], 1):
        await scan(page, code)
        await page.fill("#pad-value", f"{20 + number}")
        await page.click("text=Record · RV")
        await page.wait_for_selector(f"text=Saved on this tablet ({number})")
    await page.reload()
    await page.wait_for_selector("text=Scan C1 DARK-2")
    assert await page.get_attribute("[data-at=B1]", "data-state") == "waits"
    await page.context.set_offline(False)
    await page.wait_for_selector("#bench-saved:has-text('All sent')")
    assert await page.get_attribute("[data-at=B1]", "data-state") == "done"
    for number, code in enumerate(codes[:2], 1):
        assert [each["value"] for each in await told(bench, code, "measurements")] == [20 + number]
    assert await told(bench, codes[2], "measurements") == []


async def test_everything_at_the_bench_is_big_enough_for_gloves(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("GLOVES-1")
    page = await window("technician", path="/bench", viewport=TABLET)
    small = """() => [...document.querySelectorAll("#bench :is(button, input:not([type=hidden]), a.btn)")].filter(
        item => item.checkVisibility() && !item.matches("[type=radio]") && item.getBoundingClientRect().height < 56)
        .map(item => item.outerHTML)"""
    assert await page.evaluate(small) == []
    await scan(page, made["code"])
    await page.wait_for_selector("text=Do it · RV")
    assert await page.evaluate(small) == []
    await page.goto(f"/bench/batches/{await _batch(bench, [made['code']])}")
    await scan(page, made["code"])
    await page.wait_for_selector(".pad")
    assert await page.evaluate(small) == []
    size = await page.evaluate("getComputedStyle(document.querySelector('#bench-now')).fontSize")
    assert size == "17px"


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; `make assets` fetches it.")
@pytest.mark.timeout(180)
async def test_the_bench_is_accessible_in_all_that_it_asks(window: OpenWindow, bench: Bench) -> None:
    made, other = await receive(bench, "AXE-1"), await bench.register("AXE-2")
    page = await window("technician", path="/bench", viewport=TABLET, bypass_csp=True)
    await page.click("text=10 min")
    found = await judged(page, "bench")
    await scan(page, made)
    await page.wait_for_selector("text=Do it · RV")
    found += await judged(page, "tube")
    await page.goto(f"/bench/batches/{await _batch(bench, [made])}")
    await scan(page, made)
    await page.wait_for_selector(".pad")
    found += await judged(page, "pad")
    await scan(page, other["code"])
    await page.wait_for_selector("#bench-stop >> text=AXE-2")
    found += await judged(page, "stop")
    assert found == [], "\n".join(sorted(set(found)))
