"""Whose address a sign-in counts for, behind the entrance of a cluster and without one."""

import secrets

import httpx
import pytest

from tests.harness.product import ADMIN_PASSWORD, Product, checked


async def _link(product: Product) -> tuple[str, str]:
    """Make an account; return its id and a one-time link."""
    admin = await product.admin()
    asked = {"username": f"robin-{secrets.token_hex(3)}", "name": "Robin", "roles": ["technician"], "lab_ids": []}
    account = checked(await admin.post("/api/accounts", json=asked))
    return account["id"], checked(await admin.post(f"/api/accounts/{account['id']}/link", json={}))["link"]


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ([], "127.0.0.1"),
        (["203.0.113.7"], "203.0.113.7"),
        # The entrance has called us from this machine, and says who called it; the rest was made up by them.
        (["198.51.100.9, 203.0.113.7"], "203.0.113.7"),
        (["198.51.100.9", "203.0.113.7"], "203.0.113.7"),
        (["caf\xe9", "203.0.113.7"], "203.0.113.7"),
    ],
)
async def test_a_sign_in_counts_for_who_called_the_entrance(product: Product, lines: list[str], address: str) -> None:
    account, link = await _link(product)
    headers = [("X-Forwarded-For", line.encode("latin-1")) for line in lines]

    async with httpx.AsyncClient(base_url=product.base_url) as client:
        answer = await client.post("/sign-in", data={"link": link}, headers=headers)  # type: ignore[arg-type]

    assert answer.status_code == 303, answer.text
    assert await _address(product, account) == address


async def test_a_program_cannot_make_up_whose_failure_it_is(product: Product) -> None:
    account, link = await _link(product)
    headers = [("X-Forwarded-For", "198.51.100.9"), ("X-Forwarded-For", "203.0.113.7")]

    checked(await product.anonymous().post("/api/auth/sessions", json={"link": link}, headers=headers))

    assert await _address(product, account) == "203.0.113.7"


async def _address(product: Product, account: str) -> str:
    async with product.db("config") as db:
        return str(await db.fetchval("SELECT address FROM session WHERE account_id = $1::uuid", account))


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/samples?q=é&sort=-created", "/samples?q=%C3%A9&sort=-created"),
        ("/samples?q=%C3%A9", "/samples?q=%C3%A9"),
        ("/samples?q=日 本", "/samples?q=%E6%97%A5%20%E6%9C%AC"),
        ("/", "/"),
        *(
            (foreign, "/")
            for foreign in ("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example")
        ),
        *((broken, "/") for broken in ("//[", "/\n//evil.example", "/\t/evil.example", "/\x00", "javascript:alert(1)")),
    ],
)
async def test_who_signed_in_comes_to_a_page_of_this_front_only(product: Product, asked: str, target: str) -> None:
    said = {"username": "admin", "password": ADMIN_PASSWORD, "next": asked}
    signed = await product.anonymous().post("/sign-in", data=said)
    assert (signed.status_code, signed.headers["location"]) == (303, target)


@pytest.mark.parametrize("name", ["Origin", "Referer", "HX-Current-URL"])
async def test_what_a_browser_calls_an_address_may_be_none(product: Product, name: str) -> None:
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as browser:
        for path in ("/sign-in", "/sign-out"):
            answer = await browser.post(path, data={"link": "none"}, headers={name: "http://["})
            assert answer.status_code in (303, 401, 403), (path, answer.status_code)
        for headers in ({}, {"HX-Request": "true"}):
            assert (await browser.get("/samples", headers={name: "http://[", **headers})).status_code < 500
