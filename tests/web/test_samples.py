"""The list of samples and the record of one."""

import asyncio
import time

import pytest
from playwright.async_api import Page, expect

from tests.harness.laboratory import LIBRARY
from tests.harness.product import Product, checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def test_the_list_filters_sorts_and_pages(window: OpenWindow, bench: Bench) -> None:
    for start in range(0, 120, 20):
        await asyncio.gather(*(bench.register(f"PAGE-{start + n:03}") for n in range(20)))
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}&sort=name")
    assert await page.inner_text("tbody tr >> nth=0 >> td.name") == "PAGE-000"
    await page.click("text=Next")
    await page.wait_for_selector("text=PAGE-050")
    await page.click("text=Next")
    await page.wait_for_selector("text=PAGE-100")
    shared = page.url
    await page.click("text=Previous")
    await page.wait_for_selector("text=PAGE-050")
    other = await window("technician", path=shared)
    assert await other.inner_text("tbody tr >> nth=0 >> td.name") == "PAGE-100"
    await page.click("th >> text=Name")
    await page.wait_for_selector("text=PAGE-119")
    assert "sort=-name" in page.url
    await page.fill(".filters [name=q]", "PAGE-077")
    await expect(page.locator("tbody tr")).to_have_count(1)
    assert "sort=-name" in page.url
    await page.fill(".filters [name=q]", "nothing is called like this")
    await page.wait_for_selector("text=No samples match these filters")
    await page.click("text=Clear the filters")
    await page.wait_for_selector("tbody tr >> nth=49")
    assert await page.input_value(".filters [name=q]") == ""


async def test_columns_give_way_on_narrow_windows(window: OpenWindow, bench: Bench) -> None:
    await bench.register("NARROW-1")
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    assert await page.is_visible("th:has-text('Qubit')")
    await page.set_viewport_size({"width": 820, "height": 900})
    assert not await page.is_visible("th:has-text('Qubit')")
    await page.set_viewport_size({"width": 390, "height": 800})
    assert await page.is_visible("th:has-text('Stage')")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_keys_move_open_and_close_and_stay_off_while_typing(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("KEYS-1")
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    await _press(page, "j", "x")
    assert await page.inner_text("#bulk .many") == "1"
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"aside >> text={made['code']}")
    assert f"open={made['code']}" in page.url
    await page.keyboard.press("Escape")
    await expect(page.locator("aside.side header")).to_have_count(0)
    await page.keyboard.press("?")
    await page.wait_for_selector("dialog#keys[open]")
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("gx?")
    assert await page.input_value("#search") == "gx?"
    await page.keyboard.press("Escape")
    await _press(page, "g", "b")
    await page.wait_for_url("**/board")


async def test_a_refused_move_says_what_is_missing_and_recording_it_opens_the_way(
    window: OpenWindow, bench: Bench
) -> None:
    made = await bench.register("GATE-1")
    page = await window("technician", path=f"/samples/{made['code']}")
    await page.click("button:has-text('Move to Received')")
    assert "not received yet" in await page.inner_text("[role=alert]")
    await page.click("#add-custody > summary")
    await page.select_option("#custody-kind", "received")
    await page.select_option("#custody-condition", "intact")
    await page.click("#add-custody button.primary")
    await page.wait_for_selector("#custody >> text=Intact")
    await page.click("button:has-text('Move to Received')")
    await page.wait_for_selector("#gate-title:has-text('Received')")
    await page.click("#add-measurement > summary")
    await page.select_option("#measurement-quantity", "concentration")
    await page.select_option("#measurement-method", "qubit_br")
    await page.fill("#measurement-value", "41,5")
    await page.click("#add-measurement button.primary")
    await page.wait_for_selector("#measurements >> text=Accepted")
    assert "41.5" in await page.inner_text("#measurements")

    async def told() -> bool:
        await page.reload()
        history = await page.inner_text("section:has(#history-title)")
        return "Stage changed" in history and "Measured" in history

    assert await Product.eventually(told)


async def test_the_history_says_what_was_measured_even_where_nothing_changes(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("SAME-1", qubit_ng_per_ul=41.5)
    measured = {"quantity": "concentration", "method": "qubit_br", "value": 41.5, "unit": "ng_per_ul"}
    for _ in range(2):
        checked(await bench.client.post(f"/api/samples/{made['code']}/measurements", json=measured))
    page = await window("technician", path=f"/samples/{made['code']}")
    await expect(page.locator(".timeline >> text=Concentration 41.5 ng/µL by Qubit BR")).to_have_count(
        2, timeout=60_000
    )
    await page.goto(f"/samples?project_id={bench.project['id']}&open={made['code']}")
    assert "Measured: Concentration 41.5 ng/µL by Qubit BR" in await page.inner_text("aside .events")


async def test_what_is_missing_leads_to_where_it_is_done(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("WAY-1")
    for to in ("received", "sample_qc", "library_prep", "library_qc"):
        if to == "library_qc":
            asked = {**LIBRARY, "sources": [{"sample": made["code"]}], "prepared": True}
            library = checked(await bench.client.post("/api/libraries", json=asked))["code"]
            made = checked(await bench.client.get(f"/api/samples/{made['code']}"))
        moved = {"to": to, "reason": "A test of ways.", "override": True}
        match = {"If-Match": f'"v{made["version"]}"'}
        path = f"/api/samples/{made['code']}/transitions"
        made = checked(await bench.client.post(path, json=moved, headers=match))
    page = await window("technician", path=f"/samples/{made['code']}")
    gate = page.locator("#gate .needs")
    await gate.get_by_role("link", name=library, exact=True).click()
    await page.wait_for_url(f"**/libraries/{library}")
    await page.go_back()
    await gate.get_by_role("link", name="Pass the QC of the library").click()
    await page.wait_for_url(f"**/libraries/{library}")
    other = await bench.register("WAY-2")
    await page.goto(f"/samples/{other['code']}")
    assert not await page.is_visible("#custody-kind")
    await gate.get_by_role("link", name="Record the custody event received").click()
    await expect(page.locator("#custody-kind")).to_be_visible()


async def test_two_people_do_not_overwrite_each_other(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("STALE-1")
    page = await window("technician", path=f"/samples/{made['code']}")
    await page.click("section:has(#facts-title) summary:has-text('Edit')")
    await page.fill("#edit-assignee", "Robin")
    changed = await bench.client.patch(
        f"/api/samples/{made['code']}", json={"assignee": "Kit"}, headers={"If-Match": '"v1"'}
    )
    assert checked(changed)["assignee"] == "Kit"
    await page.click("section:has(#facts-title) button:has-text('Save')")
    await page.wait_for_selector("text=Somebody changed this sample")
    assert await page.input_value("#edit-assignee") == "Robin"
    await page.click("section:has(#facts-title) button:has-text('Save')")
    await page.wait_for_selector("text=Saved")


async def test_what_could_not_be_sent_is_said_until_it_is(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("CABLE-1")
    page = await window("technician", path=f"/samples/{made['code']}", expects=("htmx: htmx:error: Failed to fetch",))
    await page.click("section:has(#facts-title) summary:has-text('Edit')")
    await page.fill("#edit-assignee", "Robin")
    await page.route("**/samples/**", lambda route: route.abort())
    unsent = page.locator(".toast.failed:has-text('Not saved: the server cannot be reached')")
    for _ in range(2):
        await page.click("section:has(#facts-title) button:has-text('Save')")
        await expect(unsent).to_have_count(1)
    await page.unroute("**/samples/**")
    await page.click("section:has(#facts-title) button:has-text('Save')")
    await page.wait_for_selector("text=Saved")
    await expect(unsent).to_have_count(0)


async def test_another_window_shows_a_change_within_a_second(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("LIVE-1")
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    await page.wait_for_selector("#live[data-state=live]")
    await page.check("[data-tick]")
    await page.wait_for_timeout(500)
    began = time.perf_counter()
    changed = bench.client.patch(
        f"/api/samples/{made['code']}",
        json={"priority": "urgent", "priority_reason": "Patient waits."},
        headers={"If-Match": '"v1"'},
    )
    checked(await changed)
    await page.wait_for_selector(".prio.urgent")
    took_s = time.perf_counter() - began
    assert await page.is_checked("[data-tick]")
    assert took_s < 10, "a machine that is busy with other tests is given ten seconds; alone it is well under one"


async def test_a_stored_script_is_text(window: OpenWindow, bench: Bench) -> None:
    name = "<img src=x onerror=document.title='hit'><b hx-get='/x'>"
    made = await bench.register(name)
    page = await window("technician", path=f"/samples/{made['code']}")
    assert name in await page.inner_text("h1")
    await page.goto(f"/samples?project_id={bench.project['id']}&open={made['code']}")
    assert name in await page.inner_text("aside h2")
    assert "hit" not in await page.title()


async def _press(page: Page, *keys: str) -> None:
    """Press keys as a person does: what comes faster is taken for a scanner."""
    for key in keys:
        await page.keyboard.press(key)
        await page.wait_for_timeout(60)
