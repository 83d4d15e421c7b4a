"""Fixtures of the browser tests: a signed-in window, and a lab with a project and samples made through the API."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.harness.laboratory import urgently
from tests.harness.product import Product, checked

#: What a window reports that is expected of the test itself, such as a refused move.
_EXPECTED = ("Failed to load resource",)
OpenWindow = Callable[..., Awaitable[Page]]


@dataclass(frozen=True)
class Bench:
    """A lab with a project, and a client of a facility manager."""

    client: Any
    lab: dict[str, Any]
    project: dict[str, Any]

    async def register(self, name: str, **said: Any) -> dict[str, Any]:
        """Register one sample."""
        asked = {
            "project_id": self.project["id"],
            "name": name,
            "material": "HMW gDNA",
            "volume_ul": 50,
            **urgently(said),
        }
        found: dict[str, Any] = checked(await self.client.post("/api/samples", json=asked))
        return found


@pytest.fixture
async def bench(product: Product) -> Bench:
    """A fresh lab with a project."""
    client = await product.client("facility_manager")
    mark = secrets.token_hex(3).upper()
    lab = checked(await client.post("/api/labs", json={"name": f"Lab {mark}", "pi_name": "Dr Okafor"}))
    project = checked(await client.post("/api/projects", json={"lab_id": lab["id"], "title": f"Thermophiles {mark}"}))
    return Bench(client, lab, project)


@pytest.fixture
async def window(product: Product, browser: Browser) -> AsyncIterator[OpenWindow]:
    """Open windows, each with a session of its own; every policy violation and script error fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    async def opened(
        *roles: str, labs: tuple[str, ...] = (), path: str = "/", expects: tuple[str, ...] = (), **options: Any
    ) -> Page:
        expected = (*_EXPECTED, *expects)
        options = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
        context = await browser.new_context(base_url=product.base_url, **options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: _noted(said, faults, expected))
        if roles:
            await page.goto(await sign_in_link(product, *roles, labs=labs))
            await page.click("text=Sign in with this link")
            await page.wait_for_load_state()
            await page.goto(path)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert faults == []


def _noted(said: ConsoleMessage, faults: list[str], expected: tuple[str, ...]) -> None:
    if said.type == "error" and not said.text.startswith(expected):
        faults.append(said.text)


async def sign_in_link(product: Product, *roles: str, labs: tuple[str, ...] = ()) -> str:
    """Make an account and return the address that signs its owner in once."""
    admin = await product.admin()
    asked = {
        "username": f"w{secrets.token_hex(4)}",
        "name": "Robin Vantage",
        "roles": list(roles),
        "lab_ids": list(labs),
    }
    account = checked(await admin.post("/api/accounts", json=asked))
    link = checked(await admin.post(f"/api/accounts/{account['id']}/link", json={}))
    return str(link["path"])
