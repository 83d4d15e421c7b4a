"""Flow cells, lots and instruments for tests, made through the public API."""

import itertools
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from tests.harness.product import checked

_numbers = itertools.count(1)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def today() -> date:
    """Return the day as the product counts it."""
    return datetime.now(UTC).date()


def day(days: int) -> str:
    """Return a day so many days from today."""
    return (today() + timedelta(days=days)).isoformat()


def printed_id(letter: str = "F") -> str:
    """Return the id of a flow cell that no other test uses."""
    middle = "".join(secrets.choice(_LETTERS) for _ in range(2))
    return f"{letter}{middle}{next(_numbers):03d}{secrets.randbelow(1000):03d}"


async def flow_cell(client: httpx.AsyncClient, **said: Any) -> Any:
    """Put a flow cell that is here into the ledger."""
    asked = {
        "flow_cell_id": printed_id(),
        "product_code": "FLO-MIN114",
        "purchased_on": day(-14),
        "received_on": day(-10),
        "expires_on": day(60),
        "lot": "FL-2026-7",
        "storage": "Fridge 2",
        **said,
    }
    return checked(await client.post("/api/flow-cells", json=asked))


async def checked_cell(client: httpx.AsyncClient, pores: int = 1310, **said: Any) -> Any:
    """Put a flow cell into the ledger that was checked."""
    cell = await flow_cell(client, **said)
    path = f"/api/flow-cells/{cell['id']}/checks"
    return checked(await client.post(path, json={"pores_available": pores, "position": "X1"}))


async def kit_lot(client: httpx.AsyncClient, **said: Any) -> Any:
    """Receive a lot that is in date."""
    asked = {
        "kit_code": "SQK-LSK114",
        "lot": f"L-{secrets.token_hex(4)}",
        "received_on": day(-3),
        "expires_on": day(120),
        "reactions_total": 6,
        "location": "Freezer 1",
        **said,
    }
    return checked(await client.post("/api/inventory/kit-lots", json=asked))


async def instrument(client: httpx.AsyncClient, **said: Any) -> Any:
    """Add a GridION."""
    asked = {"name": f"GridION {secrets.token_hex(4)}", "kind": "gridion", "serial": "GXB12345", **said}
    return checked(await client.post("/api/inventory/instruments", json=asked))
