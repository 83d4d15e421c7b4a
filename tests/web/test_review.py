"""Findings, questions, clocks and charges, by a person at a screen."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.harness import forms
from tests.harness.product import Product, checked
from tests.services.sample.desk import charged, row, seen
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE, _judged

pytestmark = pytest.mark.browser


async def _submission(bench: Bench, **header: Any) -> Any:
    """Hand in the head of the invented form with two rows."""
    names = ("kit_requested", "material", "genome_size", "target", "comment", "organism")
    said = {name: forms.HEADER[name] for name in names} | {"contains_human_dna": "no", **header}
    asked = {"project_id": bench.project["id"], "rows": [row("A", volume_ul=2), row("BLANK")], **said}
    draft = checked(await bench.client.post("/api/submissions", json=asked))
    path = f"/api/submissions/{draft['id']}/review"
    return checked(await bench.client.post(path, json={}, headers=seen(draft)))


async def _received(bench: Bench, **said: Any) -> Any:
    """Register a sample and receive its tube."""
    made = await bench.register("CLOCK-1", **said)
    path = f"/api/samples/{made['code']}"
    checked(await bench.client.post(f"{path}/custody", json={"kind": "received", "condition": "intact"}))
    now = checked(await bench.client.get(path))
    return checked(await bench.client.post(f"{path}/transitions", json={"to": "received"}, headers=seen(now)))


async def _resolve(page: Page, code: str, reason: str) -> None:
    item = page.locator("#findings li", has=page.locator(f"b:text-is('{code}')"))
    await item.locator("summary", has_text="Accept with a reason").click()
    await item.locator("input[name=reason]").fill(reason)
    await item.locator("button", has_text=f"Accept {code}").click()
    await page.wait_for_selector(f"text={code} accepted")


async def test_findings_are_resolved_one_by_one_and_the_customer_answers(
    product: Product, window: OpenWindow, bench: Bench
) -> None:
    await charged(product, bench.project)
    submission = await _submission(bench, genome_size="600 bp", comment="", kit_requested="SQK-RBK114-24")
    page = await window("technician", path=f"/submissions/{submission['code']}")
    codes = sorted(await page.locator("#findings li b.mono").all_inner_texts())
    assert codes == ["CONTROL_NOT_DECLARED", "LOW_VOLUME"]
    await _resolve(page, "LOW_VOLUME", "The rest is enough.")
    await page.click("#findings li.open summary:has-text('Ask the customer')")
    await page.click("#findings li.open button:has-text('Ask')")
    await page.wait_for_selector("text=Asked; the clock stands still")
    await page.wait_for_selector(".clock >> text=Stands still")
    customer = await window("submitter", labs=(bench.lab["id"],), path=f"/submissions/{submission['code']}")
    assert await customer.locator("text=Accept with a reason").count() == 0
    await customer.fill("#thread textarea[name=body]", "It is a blank.")
    await customer.click("#thread button:has-text('Answer')")
    await customer.wait_for_selector("text=Answered")
    await page.reload()
    await page.wait_for_selector("text=all resolved")
    assert await page.locator("#accept-reason").count() == 0
    await page.click("button:has-text('Accept 2 samples')")
    await page.wait_for_selector("text=Show its samples")


async def test_the_clock_of_a_sample_is_paused_and_runs_on(window: OpenWindow, bench: Bench) -> None:
    made = await _received(bench)
    page = await window("technician", path=f"/samples/{made['code']}")
    await page.wait_for_selector(".clock >> text=Runs")
    await page.click("summary:has-text('Pause the clock')")
    await page.select_option("#pause-reason", "instrument_down")
    await page.fill("#pause-note", "X1")
    await page.click("button:has-text('Pause the clock')")
    await page.wait_for_selector(".clock >> text=Instrument down")
    await page.click("text=Let the clock run on")
    await page.wait_for_selector(".clock >> text=Runs")
    await page.goto(f"/queue?lab_id={bench.lab['id']}")
    assert await page.is_visible(f"text={made['code']}")


async def test_a_charge_code_is_entered_and_the_statement_shown_and_saved(window: OpenWindow, bench: Bench) -> None:
    page = await window("facility_manager", path=f"/charges/{bench.lab['id']}")
    await page.click("text=Enter a code")
    await page.fill("#code-code", "QX-77")
    await page.fill("#code-valid_from", "2026-01-01")
    await page.fill("#code-authorised_by", "Dr Okafor")
    await page.click("button:has-text('Enter the code')")
    await page.wait_for_selector("text=QX-77 entered")
    await page.select_option("select[name=charge_code]", "QX-77")
    await page.click("button:has-text('Set')")
    await page.wait_for_selector("text=goes to that code")
    submission = await _submission(bench)
    path = f"/api/submissions/{submission['id']}/acceptance"
    checked(await bench.client.post(path, json={"reason": "Agreed."}, headers=seen(submission)))
    await page.reload()
    await page.wait_for_selector("td:has-text('Sample intake')")
    assert "10.00 EUR" in await page.inner_text("tfoot")
    assert await page.is_visible("text=Agrees with what happened")
    async with page.expect_download() as download:
        await page.click("section.statement a:has-text('CSV')")
    text = (await (await download.value).path()).read_text("utf-8")
    assert ",QX-77,sample-intake,2,5.00,10.00,EUR" in text


async def test_the_report_of_turnaround_shows_and_saves_its_numbers(window: OpenWindow, bench: Bench) -> None:
    made = await _received(bench)
    asked = {"to": "failed", "reason": "Dropped."}
    checked(await bench.client.post(f"/api/samples/{made['code']}/transitions", json=asked, headers=seen(made)))
    page = await window("technician", path="/turnaround")
    assert await page.is_visible("th:text-is('Received')")
    assert await page.locator(".chart rect.median").count() >= 1
    async with page.expect_download() as download:
        await page.click("main a:has-text('CSV')")
    assert (await (await download.value).path()).read_text("utf-8").startswith("stage,count,median_h")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; `make assets` fetches it.")
async def test_these_pages_have_no_violation_in_any_scheme_or_width(
    product: Product, window: OpenWindow, bench: Bench
) -> None:
    await charged(product, bench.project)
    submission, made = await _submission(bench), await _received(bench)
    question = {"body": "Which unit?"}
    path = f"/api/submissions/{submission['id']}/questions"
    checked(await bench.client.post(path, json=question, headers=seen(submission)))
    page = await window("facility_manager", bypass_csp=True)
    found: list[str] = []
    for name, path in {
        "findings": f"/submissions/{submission['code']}",
        "clock": f"/samples/{made['code']}",
        "queue": "/queue",
        "turnaround": "/turnaround",
        "labs": "/charges?q=Lab",
        "charges": f"/charges/{bench.lab['id']}",
    }.items():
        await page.goto(path)
        found += await _judged(page, name)
        await page.set_viewport_size({"width": 320, "height": 640})
        if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            found.append(f"{name} scrolls sideways")
    assert found == [], "\n".join(sorted(set(found)))
