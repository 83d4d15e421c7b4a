"""What a page may weigh, and what it does while the stream of changes is cut."""

import asyncio
import gzip
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route

from nanopore_tracking.web import assets
from tests.harness.product import Product, checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser

KB = 1024


@pytest.mark.parametrize(("name", "most_bytes"), [("app.js", 25 * KB), ("board.js", 4 * KB), ("app.css", 8 * KB)])
def test_scripts_and_styles_are_small(name: str, most_bytes: int) -> None:
    built = assets.url(name).removeprefix("/static/")
    found = assets.served(built, True)
    assert found is not None
    assert len(found[0]) <= most_bytes


async def test_a_list_of_fifty_is_light_and_asks_little(window: OpenWindow, bench: Bench) -> None:
    for start in range(0, 60, 20):
        await asyncio.gather(*(bench.register(f"LIGHT-{start + n:02}", qubit_ng_per_ul=40) for n in range(20)))
    page = await window("technician", path="/password")
    asked: list[str] = []
    await (await page.context.new_cdp_session(page)).send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.on("request", lambda request: asked.append(request.url))
    answer = await page.goto(f"/samples?project_id={bench.project['id']}")
    assert answer is not None
    assert len(gzip.compress(await answer.body(), 6)) <= 12 * KB
    await page.wait_for_selector("#live[data-state=live]")
    assert await page.locator("tbody tr").count() == 50
    assert len(asked) <= 6, asked
    shift = await page.evaluate(
        """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => {
        for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 300); })"""
    )
    assert shift <= 0.02


async def test_scripts_and_styles_travel_compressed(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.base_url, headers={"Accept-Encoding": "gzip"}) as client:
        for path in (assets.url("app.js"), assets.url("app.css")):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert answer.headers.get("content-encoding") == "gzip", path


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
    await page.wait_for_selector("#live[data-state=live]", timeout=20_000)
    await _changed(bench, made["code"], 1, priority="urgent")
    await page.wait_for_selector("tr.changed .prio.urgent")


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


async def _changed(bench: Bench, code: str, version: int, **changes: Any) -> None:
    """Change a sample as somebody else."""
    checked(await bench.client.patch(f"/api/samples/{code}", json=changes, headers={"If-Match": f'"v{version}"'}))


async def _opened(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(
        "[...document.querySelectorAll('#record details[open]')].map(item => item.id).sort()"
    )
    return found
