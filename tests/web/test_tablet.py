"""A tablet that people share: whose turn it is, the PIN that says so, and what stays whose it is."""

import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page

from tests.harness.product import Product, checked
from tests.web.conftest import Bench, OpenWindow
from tests.web.test_accessibility import AXE
from tests.web.test_accessibility import _violations as violations
from tests.web.test_bench import OFF, TABLET, receive, told

pytestmark = pytest.mark.browser

PASSWORD = "quiet harbour, seven boats"


@dataclass(frozen=True)
class Person:
    """Somebody who works at the bench."""

    username: str
    name: str
    pin: str

    @property
    def initials(self) -> str:
        """What is recorded of them."""
        return "".join(word[0] for word in self.name.split())


async def _person(product: Product, name: str, pin: str) -> Person:
    admin, username = await product.admin(), f"t{secrets.token_hex(4)}"
    asked = {"username": username, "name": name, "roles": ["technician"]}
    account = checked(await admin.post("/api/accounts", json=asked))
    link = checked(await admin.post(f"/api/accounts/{account['id']}/link", json={}))["link"]
    client = product.anonymous()
    opened = checked(await client.post("/api/auth/sessions", json={"link": link}))
    as_owner = {"Authorization": f"Bearer {opened['access_token']}"}
    for path, body in (("password", {"new": PASSWORD}), ("pin", {"current": PASSWORD, "pin": pin})):
        done = await client.post(f"/api/auth/{path}", json=body, headers=as_owner)
        assert done.status_code == 204, done.text
    return Person(username, name, pin)


async def _sign_in(page: Page, person: Person, path: str = "/bench") -> None:
    await page.goto(f"/sign-in?next={path}")
    await page.fill("#username", person.username)
    await page.fill("#password", PASSWORD)
    await page.click("button:has-text('Sign in')")
    await page.wait_for_selector(f".whose:has-text('{person.initials}')")


async def _go_on(page: Page, person: Person, pin: str = "") -> None:
    await page.check(f"label:has-text('{person.name}') >> input")
    await page.fill("#pin", pin or person.pin)
    await page.click("button:has-text('Go on')")


@pytest.fixture
async def people(product: Product) -> tuple[Person, Person]:
    """Two people with PINs."""
    return await _person(product, "Ada Nwosu", "2580"), await _person(product, "Bo Larsen", "9173")


async def _shared(window: OpenWindow, people: tuple[Person, Person], **options: Any) -> Page:
    """Return a tablet that both used today; the second one is signed in."""
    page = await window(viewport=TABLET, expects=OFF, **options)
    await _sign_in(page, people[0])
    await page.click("#bench-switch")
    await page.click("text=This tablet is shared")
    await page.wait_for_selector("#pin")
    await _sign_in(page, people[1])
    return page


async def test_people_take_turns_and_each_ones_initials_are_recorded_on_this_tablet_only(
    window: OpenWindow, bench: Bench, people: tuple[Person, Person]
) -> None:
    (ada, bo), made = people, await bench.register("TURNS-1", container_barcode=f"TUBE-{secrets.token_hex(4)}")
    page = await _shared(window, people)
    await page.click("#bench-switch")
    await _go_on(page, ada, "1379")
    await page.wait_for_selector("text=after 4 more tries the password is needed")
    assert await page.is_checked(f"label:has-text('{ada.name}') >> input")
    await _go_on(page, ada)
    await page.wait_for_selector(".whose:has-text('AN, Ada Nwosu')")
    await page.fill("#bench-scan", made["code"])
    await page.click("text=Look up")
    await page.click("text=Do it · AN")
    await page.click("text=Intact · AN")
    await page.wait_for_selector("text=Received, intact: recorded.")
    (event,) = await told(bench, made["code"], "custody")
    assert event["person"] == ada.name
    stolen: Any = [cookie for cookie in await page.context.cookies() if cookie["name"] == "session"]
    other = await window(viewport=TABLET)
    await other.context.add_cookies(stolen)
    assert (await other.request.get("/bench", max_redirects=0)).status == 303
    await page.click("#bench-switch")
    await _go_on(page, bo)
    await page.wait_for_selector(".whose:has-text('BL, Bo Larsen')")


async def test_a_shared_tablet_left_alone_asks_for_the_pin_and_keeps_whose_the_outbox_is(
    window: OpenWindow, bench: Bench, people: tuple[Person, Person]
) -> None:
    (ada, bo), code = people, await receive(bench, "TURNS-2")
    page = await _shared(window, people)
    await page.context.set_offline(True)
    await page.evaluate(
        """code => bench.outbox.add("custody", code, { kind: "thawed", happened_at: bench.now() }, "Thawed")""", code
    )
    await page.wait_for_selector("text=Saved on this tablet (1)")
    await page.route("**/bench/entries", lambda route: route.abort())
    await page.context.set_offline(False)
    await page.evaluate("localStorage.setItem('bench-touched', String(Date.now() - 11 * 60 * 1000))")
    await page.goto("/bench")
    await page.wait_for_url("**/bench/people?**")
    assert await page.is_checked(f"label:has-text('{bo.name}') >> input")
    assert (await page.request.get("/bench", max_redirects=0)).status == 303
    await page.unroute("**/bench/entries")
    await _go_on(page, ada)
    await page.wait_for_selector(f"#bench-outbox >> text=by {bo.name}, who has to sign in to send it")
    assert [each["kind"] for each in await told(bench, code, "custody")].count("thawed") == 0
    await page.click("#bench-switch")
    await _go_on(page, bo)
    await page.wait_for_selector("#bench-saved:has-text('All sent')")
    (thawed,) = [each for each in await told(bench, code, "custody") if each["kind"] == "thawed"]
    assert thawed["person"] == bo.name


async def test_after_five_wrong_pins_the_password_is_needed_and_enough(
    window: OpenWindow, people: tuple[Person, Person]
) -> None:
    ada, page = people[0], await _shared(window, people, bypass_csp=True)
    await page.click("#bench-switch")
    for left in (4, 3, 2, 1):
        await _go_on(page, ada, "1379")
        await page.wait_for_selector(f"text=after {left} more {'try' if left == 1 else 'tries'} the password is needed")
    await _go_on(page, ada, "1379")
    await page.wait_for_selector(f"label:has-text('{ada.name}'):has-text('needs the password') >> input:disabled")
    if AXE.is_file():
        assert await violations(page) == []
    await _sign_in(page, ada)
    await page.click("#bench-switch")
    await page.wait_for_selector(f"label:has-text('{ada.name}') >> input:enabled")


async def test_a_pin_is_set_and_removed_on_the_page_of_the_account(window: OpenWindow, product: Product) -> None:
    person = await _person(product, "Cy Duran", "2580")
    page = await window()
    await _sign_in(page, person)
    await page.goto("/password")
    await page.click("text=Remove the PIN")
    await page.wait_for_selector("text=Not set")
    await page.fill("#pin-current", PASSWORD)
    await page.fill("#pin", "4444")
    await page.fill("#pin-again", "4444")
    await page.click("text=Set the PIN")
    await page.wait_for_selector("text=The PIN is one digit again and again")
    await page.fill("#pin-current", PASSWORD)
    await page.fill("#pin", "4471")
    await page.fill("#pin-again", "4471")
    await page.click("text=Set the PIN")
    await page.wait_for_selector("text=Remove the PIN")
