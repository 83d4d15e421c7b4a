"""Forms that no page of ours has sent: refused with a sentence, and nobody else notices anything."""

from collections.abc import AsyncIterator

import httpx
import pytest

from nanopore_tracking.web import session
from tests.harness.product import ADMIN_PASSWORD, Product


@pytest.fixture
async def browser(product: Product) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that the administrator is signed in with."""
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as found:
        signed = await found.post("/sign-in", data={"username": "admin", "password": ADMIN_PASSWORD})
        assert signed.status_code == 303
        yield found


async def _sent(browser: httpx.AsyncClient, **form: str) -> httpx.Response:
    guard = session.csrf_token(browser.cookies["session"])
    return await browser.post("/settings/labs", data={"csrf": guard, "name": "A lab", "pi_name": "Dr Okafor", **form})


@pytest.mark.parametrize("key", ["é", "\u202e", "\x00", "a\nb", "x" * 201], ids=ascii)
async def test_a_key_that_no_page_made_is_refused_and_the_service_is_asked_on(
    browser: httpx.AsyncClient, key: str
) -> None:
    for _ in range(8):
        refused = await _sent(browser, idempotency_key=key)
        assert refused.status_code == 422, refused.status_code
        assert "load the page again" in refused.text
    assert (await browser.get("/settings/labs")).status_code == 200


async def test_a_form_of_more_fields_than_any_page_has_is_too_large(browser: httpx.AsyncClient) -> None:
    refused = await _sent(browser, **{f"field{number}": "" for number in range(2001)})
    assert refused.status_code == 413
    assert "more than 2000 fields" in refused.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=["origin", "no origin", "site", "neighbour"],
)
async def test_a_form_that_another_site_sends_is_refused_even_with_the_right_mark(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    guard = session.csrf_token(browser.cookies["session"])
    for path in ("/settings/labs", "/sign-out"):
        refused = await browser.post(path, data={"csrf": guard}, headers=headers)
        assert refused.status_code == 403, (path, refused.status_code)
    assert "sent from another site" in refused.text
    assert (await browser.get("/settings/labs")).status_code == 200, "the session goes on"


@pytest.mark.parametrize("guard", ["", "x", session.csrf_token("another session"), "é"], ids=ascii)
async def test_a_form_without_the_mark_of_its_session_is_refused(browser: httpx.AsyncClient, guard: str) -> None:
    for path in ("/settings/labs", "/sign-out"):
        refused = await browser.post(path, data={"csrf": guard})
        assert refused.status_code == 403, (path, refused.status_code)
    as_text = await browser.post("/settings/labs", content=b'{"csrf": ""}', headers={"Content-Type": "text/plain"})
    assert as_text.status_code == 403


async def test_the_cookie_alone_opens_no_interface_for_programs(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/auth/me")).status_code == 401
    assert (await browser.post("/api/labs", json={"name": "A lab", "pi_name": "Dr Okafor"})).status_code == 401


async def test_a_session_that_somebody_else_chose_is_not_taken_over(product: Product) -> None:
    asked = {"username": "admin", "password": ADMIN_PASSWORD}
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as found:
        signed = await found.post("/sign-in", data=asked, headers={"Cookie": "session=chosen-by-somebody-else"})
        given = signed.headers["set-cookie"]
        assert given.startswith("session=")
        assert "chosen-by-somebody-else" not in given
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(given.split("; "))
        assert (await found.get("/keys", headers={"Cookie": "session=chosen-by-somebody-else"})).status_code == 303


def test_over_https_cookies_are_bound_to_the_host() -> None:
    for cookie in (session.cookie("https://lab.example", "t"), session.device_cookie("https://lab.example", "t")):
        assert cookie.key.startswith("__Host-")
        assert (cookie.secure, cookie.httponly, cookie.path, cookie.domain) == (True, True, "/", None)


async def test_no_page_may_be_framed_or_run_what_is_not_ours(browser: httpx.AsyncClient) -> None:
    for path in ("/sign-in", "/settings/labs", "/nothing-is-here", "/api/auth/me"):
        answer = await browser.get(path)
        rules = set(answer.headers["content-security-policy"].split("; "))
        assert {"default-src 'none'", "frame-ancestors 'none'"} <= rules, path
        assert not {rule for rule in rules if "unsafe" in rule or "*" in rule}, path
        assert answer.headers["x-content-type-options"] == "nosniff"
