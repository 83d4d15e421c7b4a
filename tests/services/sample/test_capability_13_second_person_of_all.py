"""Capability 13: where the facility wants it, an override of whatever it is takes a second person."""

from collections.abc import AsyncIterator
from typing import Any, get_args

import httpx
import pytest

from nanopore_tracking.contracts.api.sample.overrides import OverrideKind
from tests.harness.product import Member, Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.planning import planned, post, shown
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.second_person import KINDS, WHY, Case
from tests.services.sample.shelf import checked_cell
from tests.services.sample.test_capability_13_second_person import wish


@pytest.fixture
async def made(product: Product) -> Pooling:
    return await pooling(product)


@pytest.fixture(params=KINDS)
async def case(request: pytest.FixtureRequest, product: Product, made: Pooling) -> Case:
    """One thing of each kind, made while one person is enough."""
    return await KINDS[request.param](product, made)


@pytest.fixture
async def wished(product: Product, case: Case) -> AsyncIterator[None]:
    await wish(product, "yes")
    yield
    await wish(product, "no")


@pytest.fixture
async def first(product: Product) -> Member:
    return await product.member("facility_manager")


def _type(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def _asked(client: httpx.AsyncClient, case: Case) -> Any:
    answer = await case.ask(client)
    assert answer.status_code == 202, answer.text
    return checked(await client.get(answer.headers["Location"]))


async def _decide(client: httpx.AsyncClient, override: Any, what: str = "confirmation", **said: Any) -> httpx.Response:
    path = f"/api/overrides/{override['id']}"
    now = checked(await client.get(path))
    return await client.post(f"{path}/{what}", json=said, headers=seen(now))


def test_capability_13_every_kind_of_thing_is_tried() -> None:
    assert set(KINDS) == set(get_args(OverrideKind))


async def test_capability_13_whatever_it_is_waits_until_another_person_confirms_it(
    product: Product, case: Case, wished: None, first: Member
) -> None:
    second = await product.member("facility_manager")
    override = await _asked(first.client, case)
    thing = checked(await first.client.get(case.url))
    assert (override["kind"], override["thing_id"], override["state"]) == (case.kind, thing["id"], "waiting")
    assert override["code"] in (thing.get("code"), thing.get("flow_cell_id"), f"SQK-LSK114 lot {thing.get('lot')}")
    assert (override["missing"], override["reason"], override["asked_by"]) == (case.missing, WHY, first.name)
    assert _type(await case.ask(second.client)) == (409, "override-waits")

    technician = await product.client("technician")
    assert _type(await _decide(first.client, override)) == (403, "same-person")
    assert (await _decide(technician, override)).status_code == 403
    assert await case.done() is None
    settled = checked(await _decide(second.client, override, note="Seen."))
    assert (settled["state"], settled["settled_by"], settled["note"]) == ("confirmed", second.name, "Seen.")
    both = {"asked": first.name, "confirmed": second.name}
    found = await product.eventually(lambda: _told(case))
    assert found in ({"told": {}}, {"told": both})
    assert (await _decide(second.client, override)).status_code == 409

    async def audited() -> Any:
        asked = {"object_kind": case.kind, "object_id": thing["id"]}
        entries = checked(await first.client.get("/api/audit/entries", params=asked))["items"]
        found = {entry["type"]: entry for entry in entries}
        return found if {"override.settled", case.event} <= found.keys() else None

    found = await product.eventually(audited)
    actors = {name: found[f"override.{name}"]["actor"]["name"] for name in ("asked", "settled")}
    assert actors == {"asked": first.name, "settled": second.name}


async def _told(case: Case) -> Any:
    found = await case.done()
    return None if found is None else {"told": found}


async def test_capability_13_what_was_changed_since_is_not_confirmed(
    product: Product, case: Case, wished: None, first: Member
) -> None:
    second = await product.client("facility_manager")
    override = await _asked(first.client, case)
    await case.touch()
    stale = await _decide(second, override)
    assert _type(stale) in ((409, "changed-since"), (409, "not-allowed"))
    now = checked(await second.get(f"/api/overrides/{override['id']}"))
    assert now["state"] in ("waiting", "overtaken")
    if case.kind != "sample":
        assert await case.done() is None
        again = await _asked(first.client, case)
        assert again["state"] == "waiting"
        assert checked(await second.get(f"/api/overrides/{override['id']}"))["state"] == "overtaken"
        checked(await _decide(second, again, "refusal", reason="Not today."))
        assert (await _decide(second, again)).status_code == 409
        assert await case.done() is None


async def test_capability_13_what_a_second_person_let_a_run_do_is_not_asked_again_when_it_is_loaded(
    product: Product, made: Pooling, first: Member
) -> None:
    second, pool = await product.client("facility_manager"), await made.pooled(4)
    cell = await checked_cell(made.manager, 500)
    run = await planned(made, pool, flow_cell=cell["flow_cell_id"], override_reason=WHY)
    await wish(product, "yes")
    try:
        waits = await post(made, run, "start")
        assert (waits.status_code, (await shown(made, run))["state"]) == (202, "planned")
        gate = checked(await first.client.get(f"/api/runs/{run['code']}/gate"))
        pores = [want for way in gate["ways"] for want in way["wants"] if want["code"] == "pores"]
        assert [want["met"] for want in pores] in ([], [False])
        checked(await _decide(second, checked(await second.get(waits.headers["Location"]))))

        async def starting() -> bool:
            return bool((await shown(made, run))["state"] == "starting")

        await product.eventually(starting)
        asked = {"kind": "load", "pool": pool["code"], "volume_ul": 5, "run": run["code"]}
        load = await made.manager.post(f"/api/flow-cells/{cell['id']}/loads", json=asked)
        assert (load.status_code, load.json()["passed_over"]) == (201, ["pores"])
    finally:
        await wish(product, "no")
