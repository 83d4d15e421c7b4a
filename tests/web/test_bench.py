"""The bench: a tube is scanned and what is due is done, also without network, and nothing is lost or doubled."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.harness.product import Product, checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser

TABLET = {"width": 820, "height": 1180}
OFF = ("Failed to fetch", "The FetchEvent", "net::ERR")


async def scan(page: Page, code: str) -> None:
    """Send the keys of a code as fast as a scanner does, to a page that is busy when it comes to the first."""
    await page.evaluate(
        """code => { const hits = [...code, "Enter"].map(
            key => new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            document.activeElement.dispatchEvent(hits.shift());
            for (const end = performance.now() + 60; performance.now() < end;);
            for (const hit of hits) document.activeElement.dispatchEvent(hit); }""",
        code,
    )


async def ready_without_network(page: Page) -> None:
    """Wait until the worker keeps the page and all that it needs."""
    await page.evaluate(
        """async () => { await navigator.serviceWorker.ready; const wanted = document.querySelectorAll(
            "script[src], link[href^='/static/']").length; for (;;) {
            const pages = await (await caches.open("bench-pages")).keys();
            const files = await (await caches.open("bench-files")).keys();
            if (pages.some(kept => new URL(kept.url).pathname === location.pathname) && files.length >= wanted
                && navigator.serviceWorker.controller) return;
            await new Promise(done => setTimeout(done, 50)); } }"""
    )


async def told(bench: Bench, code: str, what: str) -> list[dict[str, Any]]:
    """Return what the API says was done with a sample."""
    found: list[dict[str, Any]] = checked(await bench.client.get(f"/api/samples/{code}/{what}"))["items"]
    return found


async def receive(bench: Bench, name: str, **said: Any) -> str:
    """Register a sample that is at sample QC, and return its code."""
    made = await bench.register(name, **said)
    code = str(made["code"])
    for event in ({"kind": "received", "condition": "intact"}, {"kind": "stored", "location": "F1/S1/R1"}):
        checked(await bench.client.post(f"/api/samples/{code}/custody", json=event))
    for to in ("received", "sample_qc"):
        now = checked(await bench.client.get(f"/api/samples/{code}"))
        seen = {"If-Match": f'"v{now["version"]}"'}
        checked(await bench.client.post(f"/api/samples/{code}/transitions", json={"to": to}, headers=seen))
    return code


async def test_a_tube_is_scanned_and_what_is_due_is_done(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("BENCH-ONE", container_barcode="TUBE-77001")
    page = await window("technician", path="/bench", viewport=TABLET)
    assert await page.inner_text(".whose") == "Recorded as RV, Robin Vantage"
    await scan(page, "TUBE-77001")
    assert "BENCH-ONE" in await page.inner_text("h2.tube")
    assert "not received yet" in await page.inner_text("#bench-now .ask")
    await page.click("text=Do it · RV")
    await page.click("text=Intact · RV")
    await page.click("text=Everything is there. Move it to Received? >> xpath=.. >> text=Do it")
    await page.wait_for_selector("text=Moved to Received: recorded.")
    (event,) = await told(bench, made["code"], "custody")
    assert (event["kind"], event["condition"], event["person"]) == ("received", "intact", "Robin Vantage")
    assert checked(await bench.client.get(f"/api/samples/{made['code']}"))["stage"] == "received"
    assert await page.inner_text("#bench-saved") == "All sent"


async def test_a_value_outside_the_limits_is_kept_or_changed(window: OpenWindow, bench: Bench) -> None:
    code = await receive(bench, "BENCH-LOW")
    page = await window("technician", path="/bench", viewport=TABLET)
    await scan(page, code)
    await page.click("text=Do it · RV")
    await page.fill("#pad-value", "4,5")
    await page.click("text=Record · RV")
    assert "4.5 µL is low: at least 10 µL is wanted (Volume in the tube)." in await page.inner_text("#bench-now")
    await page.click("#bench-now >> text=Change")
    assert await page.input_value("#pad-value") == "4,5"
    await page.fill("#pad-value", "")
    for digit in "45":
        await page.click(f".pad >> text={digit}")
    await page.click("text=Record · RV")
    await page.wait_for_selector("text=Volume 45 µL: recorded.")
    (volume,) = await told(bench, code, "measurements")
    assert (volume["value"], volume["unit"], volume["method"]) == (45, "ul", "pipette")


async def test_three_things_done_without_network_are_sent_once_each(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/bench", viewport=TABLET, expects=OFF)
    first, second = await bench.register("BENCH-OFF-1"), await bench.register("BENCH-OFF-2")
    await scan(page, first["code"])
    await page.wait_for_selector("h2.tube")
    await ready_without_network(page)
    await page.context.set_offline(True)
    await page.click("text=Do it · RV")
    await page.click("text=Thawed · RV")
    await page.wait_for_selector("text=No network · Saved on this tablet (1)")
    await scan(page, second["code"])
    await page.click("text=Receive it · RV")
    await page.click("text=Intact · RV")
    await page.wait_for_selector("text=No network · Saved on this tablet (2)")
    await page.reload()
    await page.wait_for_selector("text=No network · Saved on this tablet (2)")
    await scan(page, second["code"])
    await page.click("text=Store it · RV")
    await page.fill("#place-code", "F1/S1/R1")
    await page.click("text=Store · RV")
    await page.wait_for_selector("text=Saved on this tablet (3)")
    assert await told(bench, first["code"], "custody") == []
    await page.context.set_offline(False)
    await page.wait_for_selector("#bench-saved:has-text('All sent')")
    await page.reload()
    await page.wait_for_selector("#bench-saved:has-text('All sent')")
    assert [event["condition"] for event in await told(bench, first["code"], "custody")] == ["thawed"]
    kinds = [event["kind"] for event in await told(bench, second["code"], "custody")]
    assert kinds == ["stored", "received"]


async def test_an_answer_that_got_lost_doubles_nothing(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("BENCH-LOST")
    page = await window("technician", path="/bench", viewport=TABLET, expects=OFF)
    lost = 0

    async def lose(route: Any) -> None:
        nonlocal lost
        lost += 1
        if lost == 1:
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/bench/entries", lose)
    await scan(page, made["code"])
    await page.click("text=Do it · RV")
    await page.click("text=Intact · RV")
    await page.wait_for_selector("text=Saved on this tablet (1)")
    await page.reload()
    await page.wait_for_selector("#bench-saved:has-text('All sent')")
    assert lost == 2
    assert len(await told(bench, made["code"], "custody")) == 1


async def test_what_the_server_refused_is_shown_and_corrected_or_dropped(window: OpenWindow, bench: Bench) -> None:
    code = await receive(bench, "BENCH-REFUSED")
    page = await window("technician", path="/bench", viewport=TABLET)
    await page.evaluate(
        """code => bench.outbox.add("custody", code, { kind: "stored", location: "" }, "Stored")""",
        code,
    )
    await page.wait_for_selector("#bench-saved:has-text('Refused (1)')")
    assert "Say where the tube is; stored needs it." in await page.inner_text("#bench-outbox")
    await page.reload()
    await page.click("#bench-outbox >> text=Correct")
    await page.fill("#place-code", "F1/S1/R2")
    await page.click("text=Store · RV")
    await page.wait_for_selector("#bench-saved:has-text('All sent')")
    assert (await told(bench, code, "custody"))[0]["location"] == "F1/S1/R2"
    await page.evaluate("""bench.outbox.add("custody", "S20-999999", { kind: "lost", note: "x" }, "Lost")""")
    await page.click("#bench-outbox >> text=Drop")
    await page.click("#bench-outbox >> text=Drop it")
    await page.wait_for_selector("#bench-saved:has-text('All sent')")


async def test_the_outbox_belongs_to_who_recorded_it(product: Product, window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("BENCH-WHOSE")
    page = await window("technician", path="/bench", viewport=TABLET, expects=OFF)
    await scan(page, made["code"])
    await page.wait_for_selector("h2.tube")
    await ready_without_network(page)
    await page.context.set_offline(True)
    await page.click("text=Do it · RV")
    await page.click("text=Intact · RV")
    await page.wait_for_selector("text=Saved on this tablet (1)")
    await page.context.clear_cookies(name="session")
    await page.context.set_offline(False)
    await page.click("text=Sign in to send")
    member = await product.member("technician")
    password = "a bench of many hands"
    (await member.client.post("/api/auth/password", json={"new": password})).raise_for_status()
    await page.fill("#sign-in [name=username]", member.username)
    await page.fill("#sign-in [name=password]", password)
    await page.click("#sign-in button")
    await page.wait_for_selector("text=by Robin Vantage, who has to sign in to send it")
    assert await told(bench, made["code"], "custody") == []


async def test_without_scripts_the_bench_leads_to_the_ordinary_pages(window: OpenWindow) -> None:
    page = await window("technician", path="/bench", java_script_enabled=False)
    await page.click("main noscript a[href='/queue']")
    assert page.url.endswith("/queue")


async def test_a_timer_survives_a_reload_and_says_when_time_is_up(window: OpenWindow) -> None:
    page = await window("technician", path="/bench", viewport=TABLET)
    await page.fill("#timer-name", "Ligation")
    await page.click("text=10 min")
    await page.reload()
    assert await page.inner_text("#bench-timers b") == "Ligation"
    await page.evaluate(
        """() => localStorage.setItem("bench-timers", JSON.stringify(JSON.parse(localStorage.getItem("bench-timers"))
            .map(timer => ({ ...timer, end: Date.now() - 1 }))))"""
    )
    await page.wait_for_selector("#bench-timers >> text=Time is up")
    await page.click("text=Stop")
    assert await page.locator("#bench-timers li").count() == 0


_HEARD = """window.heard = { tones: [], locks: [] };
    const { start } = OscillatorNode.prototype, { request } = WakeLock.prototype;
    OscillatorNode.prototype.start = function (at) {
        heard.tones.push(this.context.state); return start.call(this, at); };
    WakeLock.prototype.request = async function (kind) {
        const lock = await request.call(this, kind);
        heard.locks.push(`${kind}, released: ${lock.released}`);
        return lock; };"""


async def _heard(page: Page, what: str, many: int) -> Any:
    return await page.evaluate(
        """async ([what, many]) => { while (heard[what].length < many) await new Promise(done => setTimeout(done, 50));
            return heard[what]; }""",
        [what, many],
    )


async def test_time_is_up_aloud_and_the_screen_stays_on(window: OpenWindow) -> None:
    page = await window("technician")
    # Chromium without windows asks nobody, and refuses.
    await page.context.grant_permissions(["screen-wake-lock"])
    await page.add_init_script(_HEARD)
    await page.goto("/bench")
    await _heard(page, "locks", 1)
    await page.click("text=10 min")
    await page.evaluate(
        """() => localStorage.setItem("bench-timers", JSON.stringify(JSON.parse(localStorage.getItem("bench-timers"))
            .map(timer => ({ ...timer, end: Date.now() - 1 }))))"""
    )
    assert set(await _heard(page, "tones", 4)) == {"running"}
    assert await page.is_hidden("#timer-quiet")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert await _heard(page, "locks", 2) == ["screen, released: false"] * 2


async def test_a_tablet_left_alone_ends_the_session_and_keeps_what_is_not_sent(
    window: OpenWindow, bench: Bench
) -> None:
    code = await receive(bench, "BENCH-IDLE")
    page = await window("technician", path="/bench", viewport=TABLET, expects=OFF)
    await page.evaluate(
        """code => bench.outbox.add("custody", code, { kind: "stored", location: "" }, "Stored")""", code
    )
    await page.wait_for_selector("#bench-saved:has-text('Refused (1)')")
    await page.evaluate("localStorage.setItem('bench-touched', String(Date.now() - 11 * 60 * 1000))")
    await page.reload()
    await page.wait_for_selector("#sign-in")
    assert (await page.request.get("/bench", max_redirects=0)).status == 303
    assert len(await page.evaluate("bench.store.all('outbox')")) == 1


async def test_a_timer_goes_on_where_the_tablet_locks_itself(window: OpenWindow) -> None:
    page = await window("technician", path="/bench", viewport=TABLET)
    await page.click("text=30 min")
    await page.evaluate("localStorage.setItem('bench-touched', String(Date.now() - 11 * 60 * 1000))")
    await page.reload()
    await page.wait_for_selector("#sign-in")
    assert len(await page.evaluate("JSON.parse(localStorage.getItem('bench-timers'))")) == 1
