"""What a page may weigh, and how much it may ask for."""

import asyncio
import gzip

import httpx
import pytest

from nanopore_tracking.web import assets
from tests.harness.product import Product
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser

KB = 1024


@pytest.mark.parametrize(
    ("name", "most_bytes"),
    [
        ("app.js", 25 * KB),
        ("board.js", 4 * KB),
        ("cursor.js", 1 * KB),
        ("grid.js", 8 * KB),
        ("app.css", 8 * KB),
        ("bench.js", 12 * KB),
    ],
)
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
    asked = asked[asked.index(answer.url) :]  # the icon of the page before may be asked for late
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


async def test_a_page_travels_compressed_and_its_length_tells_little(
    window: OpenWindow, bench: Bench, product: Product
) -> None:
    await bench.register("PACKED-1", qubit_ng_per_ul=40)
    page = await window("technician", path="/samples")
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in await page.context.cookies())
    plain, lengths = {"Cookie": cookies, "Accept-Encoding": "identity"}, set()
    async with httpx.AsyncClient(base_url=product.base_url, headers={"Cookie": cookies}) as client:
        assert "content-encoding" not in (await client.get("/samples", headers=plain)).headers
        for _ in range(12):
            answer = await client.get("/samples", headers={"Accept-Encoding": "gzip"})
            assert answer.headers["content-encoding"] == "gzip"
            assert "Accept-Encoding" in answer.headers["vary"]
            assert "PACKED-1" in answer.text
            lengths.add(int(answer.headers["content-length"]))
    assert max(lengths) < len(answer.content) / 3
    assert len(lengths) > 3
