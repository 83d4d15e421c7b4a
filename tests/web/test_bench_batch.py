"""Batches at the bench: worked through by position, stopped by a wrong tube, kept without network; all for gloves."""

from typing import Any

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.pooled import Pooling, pooling
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
        await page.wait_for_selector(f"text=Scan {'AB'[number - 1]}1 DARK-{number - 1}")
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


async def _libraries(made: Pooling) -> list[str]:
    """Return the codes of two measured libraries."""
    return [(await made.library(await made.sample(), number))["code"] for number in (1, 2)]


async def test_libraries_are_worked_through_as_tubes_are_also_without_network(
    window: OpenWindow, product: Product
) -> None:
    made = await pooling(product)
    (first, second), other = await _libraries(made), (await made.library(await made.sample(), 3))["code"]
    page = await window("technician", path=f"/bench/batches?code={first}&code={second}", viewport=TABLET, expects=OFF)
    assert await page.locator("#batch-task option[value=receive]").count() == 0
    await page.fill("#batch-name", "Libraries")
    await page.select_option("#batch-task", "measure concentration qubit_hs")
    await page.click("text=Make the batch")
    await page.wait_for_selector("text=Scan A1 POOL")
    await scan(page, other)
    await page.wait_for_selector(f"#bench-stop >> text={other}")
    assert "this library is not in this batch" in await page.inner_text("#bench-stop-title")
    await page.click("text=The tube is away")
    await scan(page, first)
    await page.fill("#pad-value", "0.9")
    await page.click("text=Record · RV")
    assert "0.9 ng/µL is low: at least 5.775 ng/µL is wanted" in await page.inner_text("#bench-now")
    await page.click("text=Change")
    await page.fill("#pad-value", "38.5")
    await page.click("text=Record · RV")
    await page.wait_for_selector("text=Scan B1 POOL")
    await ready_without_network(page)
    await page.context.set_offline(True)
    await scan(page, second)
    await page.fill("#pad-value", "41")
    await page.click("text=Record · RV")
    await page.wait_for_selector("text=Saved on this tablet (1)")
    await page.context.set_offline(False)
    await page.wait_for_selector("#bench-saved:has-text('All sent')")
    now = [checked(await made.manager.get(f"/api/libraries/{code}"))["conc_ng_per_ul"] for code in (first, second)]
    assert now == [38.5, 41]


async def test_a_batch_prints_as_one_page_whose_code_opens_its_checklist(window: OpenWindow, bench: Bench) -> None:
    codes = [(await bench.register(f"SHEET-{n:02d}"))["code"] for n in range(96)]
    code = await _batch(bench, codes)
    page = await window("technician", path=f"/bench/batches/{code}")
    await page.click("text=Sheet to print")
    await page.wait_for_selector(f".code[aria-label='Code {code}']")
    assert "SHEET-95" in await page.inner_text(".sheet-plate tr:last-child td:last-child")
    assert await page.locator(".signs .blank").count() == 4
    printed = await page.pdf(prefer_css_page_size=True)
    assert (printed.count(b"/Type /Page\n"), printed.count(b"/MediaBox [0 0 594.95996 841.91998]")) == (1, 1)
    await page.goto("/bench")
    await page.wait_for_selector("text=Scan a tube")
    await scan(page, code)
    await page.wait_for_selector("text=Scan A1 SHEET-00")


async def test_a_batch_is_made_of_what_is_ticked_in_a_list(window: OpenWindow, bench: Bench) -> None:
    codes = [(await bench.register(f"TICKED-{n}"))["code"] for n in range(2)]
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}&sort=name")
    for code in codes:
        await page.check(f"[aria-label='Select {code}']")
    await page.click("#bulk >> text=More")
    await page.click("text=New bench batch")
    await page.wait_for_selector("#batch-codes")
    assert (await page.input_value("#batch-codes")).split() == codes


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
