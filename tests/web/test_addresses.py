"""Whose address a sign-in counts for, behind the entrance of a cluster and without one."""

import secrets

import httpx
import pytest

from tests.harness.product import Product, checked


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
