"""Overrides of every kind of thing, for tests of the second person: how each is asked for, and how it is seen done."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling
from tests.services.sample.shelf import checked_cell, day, kit_lot

WHY = "It is a small test."


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something of which an override can be asked for.

    url: of it; ask: what asks for an override of it; asker and confirmer: whom its history names for it once it is
    done, None while it is not; touch: changes it otherwise; missing: what is passed over; event: that tells it is done.
    """

    kind: str
    url: str
    ask: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
    done: Callable[[], Awaitable[dict[str, str] | None]]
    touch: Callable[[], Awaitable[Any]]
    missing: list[str]
    event: str


async def sample(product: Product, made: Pooling) -> Case:
    """A sample whose tube did not come."""
    asked = {"project_id": made.project_id, "name": f"SECOND {secrets.token_hex(4)}"}
    thing = checked(await made.manager.post("/api/samples", json=asked))
    url = f"/api/samples/{thing['code']}"
    return _moved(made, "sample", url, to="received", missing=["received"], touch=_received(made, url), key="stage")


def _received(made: Pooling, url: str) -> Callable[[], Awaitable[Any]]:
    async def touch() -> None:
        custody = {"kind": "received", "condition": "intact"}
        checked(await made.manager.post(f"{url}/custody", json=custody))
        now = checked(await made.manager.get(url))
        checked(await made.manager.post(f"{url}/transitions", json={"to": "received"}, headers=seen(now)))

    return touch


def _moved(
    made: Pooling, kind: str, url: str, *, to: str, missing: list[str], touch: Callable[[], Awaitable[Any]], key: str
) -> Case:
    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        now = checked(await made.manager.get(url))
        step = {"to": to, "override": True, "reason": WHY}
        return await client.post(f"{url}/transitions", json=step, headers=seen(now))

    async def done() -> dict[str, str] | None:
        changes = checked(await made.manager.get(f"{url}/transitions"))["items"]
        found = next((change for change in changes if change[key] == to), None)
        return found and {"asked": found["asked_by"], "confirmed": found["changed_by"]}

    event = "sample.stage_changed" if kind == "sample" else f"{kind}.moved"
    return Case(kind=kind, url=url, ask=ask, done=done, touch=touch, missing=missing, event=event)


async def library(product: Product, made: Pooling) -> Case:
    """A library whose lot has expired."""
    lot = await kit_lot(made.manager, received_on=day(-50), expires_on=day(-1))
    asked = {
        "sources": [{"sample": (await made.sample())["code"]}],
        "kit": "SQK-LSK114",
        "kit_lot": lot["lot"],
        "input_ng": 200.0,
        "protocol_version": "GDE_9161",
        "operator": "alice",
        "finished_at": "2026-11-20T10:00:00Z",
    }
    made_library = checked(await made.manager.post("/api/libraries", json=asked))
    url = f"/api/libraries/{made_library['code']}"
    missing = ["lot-in-date", "lot-not-expired"]
    touch = _patched(made, url, deviations="Eluted twice.")
    return _moved(made, "library", url, to="prepared", missing=missing, touch=touch, key="state")


def _patched(made: Pooling, url: str, **changes: Any) -> Callable[[], Awaitable[Any]]:
    async def touch() -> None:
        now = checked(await made.manager.get(url))
        checked(await made.manager.patch(url, json=changes, headers=seen(now)))

    return touch


async def pool(product: Product, made: Pooling) -> Case:
    """A pool of which nothing was measured."""
    made_pool = await made.pool(await made.library(await made.sample(), 1), state="fixed")
    url = f"/api/pools/{made_pool['code']}"

    async def touch() -> None:
        asked = {"quantity": "volume", "value": 20.0, "unit": "ul", "method": "pipette"}
        checked(await made.manager.post(f"{url}/measurements", json=asked))

    missing = ["concentration", "volume", "fragment"]
    return _moved(made, "pool", url, to="qc_passed", missing=missing, touch=touch, key="state")


async def run(product: Product, made: Pooling) -> Case:
    """A run on a flow cell with few pores."""
    cell = await checked_cell(made.manager, 500)
    planned_run = await planned(made, await made.pooled(2), flow_cell=cell["flow_cell_id"], override_reason=WHY)
    url = f"/api/runs/{planned_run['code']}"

    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(f"{url}/start", headers=seen(checked(await made.manager.get(url))))

    async def done() -> dict[str, str] | None:
        now = checked(await made.manager.get(url))
        return {} if now["state"] == "starting" else None

    touch = _patched(made, url, note="Another note.")
    return Case(kind="run", url=url, ask=ask, done=done, touch=touch, missing=["pores"], event="run.moved")


async def flow_cell(product: Product, made: Pooling) -> Case:
    """A flow cell with few pores, to be loaded."""
    cell, loaded = await checked_cell(made.manager, 500), await made.pooled(3)
    url = f"/api/flow-cells/{cell['id']}"
    asked = {"kind": "load", "pool": loaded["code"], "volume_ul": 2.0, "reason": WHY}

    async def done() -> dict[str, str] | None:
        loads = checked(await made.manager.get(f"{url}/loads"))["items"]
        entries = checked(await made.manager.get(f"{url}/ledger"))["items"]
        by = next((entry["done_by"] for entry in entries if entry["kind"] == "load"), "")
        return {"asked": loads[0]["asked_by"], "confirmed": by} if loads else None

    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(f"{url}/loads", json=asked)

    touch = _patched(made, url, note="Another note.")
    return Case(kind="flow_cell", url=url, ask=ask, done=done, touch=touch, missing=["pores"], event="flow_cell.loaded")


async def lot(product: Product, made: Pooling) -> Case:
    """A lot that has expired."""
    expired = await kit_lot(made.manager, received_on=day(-50), expires_on=day(-1))
    url = f"/api/inventory/kit-lots/{expired['id']}"

    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(f"{url}/uses", json={"kind": "other", "used_for": "A test", "reason": WHY})

    async def done() -> dict[str, str] | None:
        uses = checked(await made.manager.get(f"{url}/uses"))["items"]
        return {"asked": uses[0]["asked_by"], "confirmed": uses[0]["used_by"]} if uses else None

    touch = _patched(made, url, note="Another note.")
    return Case(kind="kit_lot", url=url, ask=ask, done=done, touch=touch, missing=["lot-expired"], event="kit_lot.used")


#: How a thing of each kind is made; the API's own list of kinds is compared with it.
KINDS: dict[str, Callable[[Product, Pooling], Awaitable[Case]]] = {
    "sample": sample,
    "library": library,
    "pool": pool,
    "run": run,
    "flow_cell": flow_cell,
    "kit_lot": lot,
}
