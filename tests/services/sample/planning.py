"""Planned runs for tests, made through the public API."""

from typing import Any

import httpx

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.pooled import Pooling
from tests.services.sample.shelf import checked_cell, instrument

RUNS = "/api/runs"


async def position(client: httpx.AsyncClient) -> str:
    """Add an instrument and return its first position."""
    return str((await instrument(client))["positions"][0]["id"])


async def planned(made: Pooling, pool: Any, **said: Any) -> Any:
    """Plan a run of a pool, on a checked flow cell and a position of their own where none is said."""
    asked = {"pool": pool["code"], "volume_ul": 5.0, **said}
    if "flow_cell" not in asked:
        asked["flow_cell"] = (await checked_cell(made.manager))["flow_cell_id"]
    if "position_id" not in asked:
        asked["position_id"] = await position(made.manager)
    return checked(await made.manager.post(RUNS, json=asked))


async def shown(made: Pooling, run: Any) -> Any:
    """Return a run as it is now."""
    return checked(await made.manager.get(f"{RUNS}/{run['code']}"))


async def post(made: Pooling, run: Any, what: str, **body: Any) -> httpx.Response:
    """Post to a run as it is now."""
    path = f"{RUNS}/{run['code']}/{what}"
    return await made.manager.post(path, json=body or None, headers=seen(await shown(made, run)))


async def started(product: Product, made: Pooling, run: Any) -> Any:
    """Start a run and wait until everything is reserved."""
    checked(await post(made, run, "start"))

    async def starting() -> Any:
        found = await shown(made, run)
        return found if found["state"] == "starting" else None

    return await product.eventually(starting)
