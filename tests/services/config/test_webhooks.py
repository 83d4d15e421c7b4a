"""Webhooks against a real receiver: signed, in order, tried again, paused, repeated, and never sent inside."""

import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from nanopore_tracking import registry
from tests.harness.product import Product, checked
from tests.harness.receiver import Receiver, receiver


@contextlib.asynccontextmanager
async def _hook(manager: httpx.AsyncClient, there: Receiver, *types: str) -> AsyncIterator[dict[str, Any]]:
    """Set an endpoint up, and switch it off at the end, so that other tests are not disturbed."""
    asked = {"name": f"hook {secrets.token_hex(4)}", "url": there.url, "event_types": list(types) or ["lab.changed"]}
    made = checked(await manager.post("/api/webhooks", json=asked))
    yield made
    await _change(manager, made, active=False)


async def _change(manager: httpx.AsyncClient, hook: dict[str, Any], **values: Any) -> dict[str, Any]:
    path = f"/api/webhooks/{hook['id']}"
    version = checked(await manager.get(path))["version"]
    found: dict[str, Any] = checked(await manager.patch(path, json=values, headers={"If-Match": f'"v{version}"'}))
    return found


async def _lab(manager: httpx.AsyncClient) -> str:
    asked = {"name": f"Lab {secrets.token_hex(4)}", "pi_name": "Dr Okafor"}
    return str(checked(await manager.post("/api/labs", json=asked))["id"])


async def _log(manager: httpx.AsyncClient, hook: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
    found = checked(await manager.get(f"/api/webhooks/{hook['id']}/deliveries", params={"sort": "created", **params}))
    return list(found["items"])


async def test_an_event_arrives_signed_and_the_log_tells_how(product: Product) -> None:
    manager = await product.client("facility_manager")
    async with receiver() as there, _hook(manager, there) as hook:
        lab = await _lab(manager)
        await product.eventually(lambda: _log(manager, hook, state="delivered"))

        assert hook["secret"].startswith("whsec_")
        assert there.signed(hook["secret"])
        body = there.bodies()[0]
        assert (body["type"], body["lab_id"], body["data"]["lab_id"]) == ("lab.changed", lab, lab)
        assert there.came[0][0]["webhook-id"] == body["id"]
        (told,) = await _log(manager, hook)
        assert (told["status"], told["attempts"], told["error"], told["event_id"]) == (200, 1, "", body["id"])
        path = f"/api/webhooks/{hook['id']}/deliveries/{told['id']}/attempts"
        (attempt,) = checked(await manager.get(path))["items"]
        assert (attempt["status"], attempt["answer"]) == (200, "ok")
        shown = checked(await manager.get(f"/api/webhooks/{hook['id']}"))
        assert "secret" not in shown
        assert (shown["last_status"], shown["waiting_count"]) == (200, 0)


async def test_the_secret_is_nowhere_in_the_database_and_can_be_replaced(product: Product) -> None:
    manager = await product.client("facility_manager")
    async with receiver() as there, _hook(manager, there) as hook:
        async with product.db("config") as db:
            row = await db.fetchrow("SELECT secret_sealed, w::text AS whole FROM webhook w WHERE id = $1", hook["id"])
        assert hook["secret"].encode() not in bytes(row["secret_sealed"])
        assert hook["secret"] not in row["whole"]

        other = checked(await manager.post(f"/api/webhooks/{hook['id']}/secret", json={}))["secret"]
        checked(await manager.post(f"/api/webhooks/{hook['id']}/test", json={}))
        await product.eventually(lambda: _log(manager, hook, state="delivered"))
        assert there.types() == ["webhook.test"]
        assert there.signed(other)
        assert not there.signed(hook["secret"])


async def test_a_failure_is_tried_again_and_what_follows_waits_in_order(product: Product) -> None:
    manager = await product.client("facility_manager")
    async with receiver() as there, _hook(manager, there) as hook:
        there.status = 503
        labs = [await _lab(manager) for _ in range(3)]
        await product.eventually(lambda: _at_least(there, 2))
        there.status = 200
        await product.eventually(lambda: _all(manager, hook, 3))

        arrived = [body["data"]["lab_id"] for body in there.bodies()]
        assert arrived[-3:] == labs
        assert set(arrived[:-3]) == {labs[0]}
        first = (await _log(manager, hook))[0]
        assert first["attempts"] >= 2
        assert first["state"] == "delivered"


async def _at_least(there: Receiver, number: int) -> bool:
    return len(there.came) >= number


async def _all(manager: httpx.AsyncClient, hook: dict[str, Any], number: int) -> bool:
    return len(await _log(manager, hook, state="delivered")) == number


async def test_an_endpoint_that_goes_on_failing_is_paused_and_nothing_is_lost(product: Product) -> None:
    manager = await product.client("facility_manager")
    async with receiver() as there, _hook(manager, there) as hook:
        there.status, there.location = 302, "http://127.0.0.1:1/elsewhere"
        first = await _lab(manager)

        async def paused() -> Any:
            found = checked(await manager.get(f"/api/webhooks/{hook['id']}"))
            return found if found["state"] == "paused" else None

        found = await product.eventually(paused)
        assert "4 times in a row" in found["state_reason"]
        assert "not followed" in found["state_reason"]
        second = await _lab(manager)
        refused = await manager.post(f"/api/webhooks/{hook['id']}/test", json={})
        assert refused.status_code == 409

        async def kept() -> Any:
            return len(await _log(manager, hook, state="waiting")) == 2

        await product.eventually(kept)
        there.status, there.location, there.came = 200, "", []
        await _change(manager, hook, active=True)
        await product.eventually(lambda: _all(manager, hook, 2))
        assert [body["data"]["lab_id"] for body in there.bodies()] == [first, second]


async def test_a_slow_endpoint_keeps_no_other_waiting(product: Product) -> None:
    manager = await product.client("facility_manager")
    async with receiver() as slow, receiver() as quick, _hook(manager, slow) as late, _hook(manager, quick) as soon:
        slow.pause_s = 5
        await _lab(manager)
        await product.eventually(lambda: _all(manager, soon, 1))
        told = await product.eventually(lambda: _tried(manager, late))
        assert told["status"] is None
        assert "within 1 seconds" in told["error"]


async def _tried(manager: httpx.AsyncClient, hook: dict[str, Any]) -> Any:
    found = await _log(manager, hook)
    return found[0] if found and found[0]["attempts"] else None


async def test_what_arrived_can_be_sent_again_and_what_waits_can_be_given_up(product: Product) -> None:
    manager = await product.client("facility_manager")
    async with receiver() as there, _hook(manager, there) as hook:
        await _lab(manager)
        await product.eventually(lambda: _all(manager, hook, 1))
        (first,) = await _log(manager, hook)
        again = checked(await manager.post(f"/api/webhooks/{hook['id']}/deliveries/{first['id']}/replay", json={}))
        await product.eventually(lambda: _all(manager, hook, 2))
        assert (again["kind"], again["event_id"]) == ("replay", first["event_id"])
        assert there.came[0][1] == there.came[1][1]
        assert there.came[0][0]["webhook-id"] == there.came[1][0]["webhook-id"]

        there.status = 500
        await _lab(manager)
        (waiting,) = await product.eventually(lambda: _log(manager, hook, state="waiting"))
        path = f"/api/webhooks/{hook['id']}/deliveries/{waiting['id']}/discard"
        assert checked(await manager.post(path, json={}))["state"] == "discarded"
        assert (await manager.post(path, json={})).status_code == 409


@pytest.mark.parametrize("url", ["http://lims.example.org/", "https://10.0.0.1/", "https://169.254.169.254/"])
async def test_an_address_inside_is_refused(product: Product, url: str) -> None:
    manager = await product.client("facility_manager")
    answer = await manager.post("/api/webhooks", json={"name": url, "url": url, "event_types": ["*"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "url"


async def test_a_name_that_leads_inside_gets_nothing_and_the_log_says_why(product: Product) -> None:
    manager = await product.client("facility_manager")
    async with receiver() as there:
        there_by_name = Receiver(port=there.port)
        async with _hook(manager, there_by_name) as hook:
            await _change(manager, hook, url=f"https://0x7f.1:{there.port}/")
            await _lab(manager)
            told = await product.eventually(lambda: _tried(manager, hook))
        assert there.came == []
        assert "inside a network" in told["error"] or "gaierror" in told["error"]


async def test_only_who_sees_all_labs_sets_webhooks_up(product: Product) -> None:
    asked = {"name": "mine", "url": "https://lims.example.org/", "event_types": ["*"]}
    for role, reads in (("submitter", 403), ("technician", 403), ("admin", 200), ("auditor", 200)):
        client = await product.client(role)
        assert (await client.post("/api/webhooks", json=asked)).status_code == 403
        assert (await client.get("/api/webhooks")).status_code == reads


async def test_capability_17_every_public_event_can_be_subscribed_to_and_reaches_an_endpoint(product: Product) -> None:
    manager = await product.client("facility_manager")
    listed = checked(await manager.get("/api/webhooks/event-types", params={"limit": 200}))["items"]
    announced = {event.type for name in registry.NAMES for event in registry.load(name).events}
    assert {kind["id"] for kind in listed} == announced | {"access.refused"}
    assert all(kind["description"] for kind in listed)
    async with receiver() as there, _hook(manager, there, *sorted(announced)) as hook:
        assert hook["event_types"] == sorted(announced)
        strange = {"name": "x", "url": there.url, "event_types": ["sample.vanished"]}
        assert (await manager.post("/api/webhooks", json=strange)).status_code == 422
    async with receiver() as there, _hook(manager, there, "*"):
        await _lab(manager)
        await product.member("viewer")
        await product.eventually(lambda: _has(there, {"lab.changed", "account.created", "session.opened"}))


async def _has(there: Receiver, types: set[str]) -> bool:
    return types <= set(there.types())
