"""Capability 13: where the facility wants it, an override takes a second person, whichever way it is asked for."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.harness.product import Member, Product, checked
from tests.services.sample.desk import Desk, opened, seen

ASK = {"to": "received", "override": True, "reason": "The tube is in the other building."}


async def wish(product: Product, value: str) -> None:
    """Set whether overrides need a second person, and wait until the sample service knows."""
    admin = await product.admin()
    found = checked(await admin.get("/api/settings"))["items"]
    (now,) = [item for item in found if item["name"] == "override_second_person"]
    path = "/api/settings/override_second_person"
    checked(await admin.put(path, json={"value": value}, headers=seen(now)))

    async def known() -> bool:
        async with product.db("sample") as connection:
            kept = await connection.fetchval("SELECT value FROM facility_setting WHERE name = 'override_second_person'")
        return bool((kept or "no") == value)

    await product.eventually(known)


@pytest.fixture
async def wished(product: Product) -> AsyncIterator[None]:
    await wish(product, "yes")
    yield
    await wish(product, "no")


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


@pytest.fixture
async def first(product: Product) -> Member:
    return await product.member("facility_manager")


async def _sample(desk: Desk) -> Any:
    return checked(await desk.staff.post("/api/samples", json={"project_id": desk.project_id, "name": "HB27"}))


async def _ask(client: httpx.AsyncClient, sample: Any) -> Any:
    answer = await client.post(f"/api/samples/{sample['code']}/transitions", json=ASK, headers=seen(sample))
    assert (answer.status_code, answer.json()["stage"]) == (202, "expected")
    return checked(await client.get(answer.headers["Location"]))


async def _stage(desk: Desk, sample: Any) -> str:
    return str(checked(await desk.staff.get(f"/api/samples/{sample['code']}"))["stage"])


async def _decide(client: httpx.AsyncClient, override: Any, what: str = "confirmation", **said: Any) -> httpx.Response:
    path = f"/api/overrides/{override['id']}"
    now = checked(await client.get(path))
    return await client.post(f"{path}/{what}", json=said, headers=seen(now))


def _type(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_capability_13_one_person_is_enough_where_the_facility_says_nothing(desk: Desk, first: Member) -> None:
    sample = await _sample(desk)
    answer = await first.client.post(f"/api/samples/{sample['code']}/transitions", json=ASK, headers=seen(sample))
    assert (answer.status_code, answer.json()["stage"]) == (200, "received")


async def test_capability_13_an_override_waits_until_another_person_confirms_it(
    product: Product, wished: None, desk: Desk, first: Member
) -> None:
    second = await product.member("facility_manager")
    sample = await _sample(desk)
    override = await _ask(first.client, sample)
    assert (override["state"], override["missing"], override["asked_by"]) == ("waiting", ["received"], first.name)

    assert _type(await _decide(first.client, override)) == (403, "same-person")
    assert (await _decide(desk.staff, override)).status_code == 403
    assert await _stage(desk, sample) == "expected"
    done = checked(await _decide(second.client, override, note="Seen on the photo."))
    assert (done["state"], done["settled_by"], done["note"]) == ("confirmed", second.name, "Seen on the photo.")
    assert await _stage(desk, sample) == "received"
    assert (await _decide(second.client, override)).status_code == 409

    (change,) = checked(await desk.staff.get(f"/api/samples/{sample['code']}/transitions"))["items"]
    assert (change["asked_by"], change["changed_by"]) == (first.name, second.name)
    assert (change["missing"], change["reason"]) == (["received"], ASK["reason"])

    async def audited() -> Any:
        asked = {"object_kind": "sample", "object_id": sample["id"]}
        entries = checked(await first.client.get("/api/audit/entries", params=asked))["items"]
        actors = {entry["type"]: entry["actor"]["name"] for entry in entries}
        return actors if "override.settled" in actors else None

    actors = await product.eventually(audited)
    assert actors["override.asked"] == first.name
    assert actors["override.settled"] == actors["sample.stage_changed"] == second.name


async def test_capability_13_a_token_of_the_second_person_is_no_second_person(
    product: Product, wished: None, desk: Desk, first: Member
) -> None:
    second = await product.member("facility_manager")
    override = await _ask(first.client, await _sample(desk))
    for member, kind in ((first, "same-person"), (second, "no-person")):
        until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        asked = {"name": "Script", "roles": ["facility_manager"], "expires_at": until}
        made = checked(await member.client.post("/api/tokens", json=asked))
        async with httpx.AsyncClient(base_url=product.base_url) as client:
            client.headers["Authorization"] = f"Bearer {made['token']}"
            assert _type(await _decide(client, override)) == (403, kind)


async def test_capability_13_what_many_are_asked_together_waits_sample_by_sample(
    product: Product, wished: None, desk: Desk, first: Member
) -> None:
    samples = [await _sample(desk) for _ in range(2)]
    await _ask(first.client, samples[0])
    asked = {"selection": {"codes": [one["code"] for one in samples]}, "operation": {"kind": "move", **ASK}}
    foreseen = checked(await first.client.post("/api/samples/bulk/preview", json=asked))
    assert {item["reason"] for item in foreseen["refused"]} == {"override-waits", "second-person"}
    job = checked(await first.client.post("/api/samples/bulk", json=asked))

    async def finished() -> bool:
        return bool(checked(await first.client.get(f"/api/samples/bulk/{job['id']}"))["state"] == "done")

    await product.eventually(finished)
    results = checked(await first.client.get(f"/api/samples/bulk/{job['id']}/results"))["items"]
    assert {item["code"]: item["reason"] for item in results} == {
        samples[0]["code"]: "override-waits",
        samples[1]["code"]: "second-person",
    }
    query = {"thing_id": samples[1]["id"], "state": "waiting"}
    (override,) = checked(await first.client.get("/api/overrides", params=query))["items"]
    assert _type(await _decide(first.client, override)) == (403, "same-person")
    second = await product.client("facility_manager")
    checked(await _decide(second, override))
    assert [await _stage(desk, one) for one in samples] == ["expected", "received"]


async def test_capability_13_a_refused_or_overtaken_override_moves_nothing(
    product: Product, wished: None, desk: Desk, first: Member
) -> None:
    second = await product.client("facility_manager")
    sample = await _sample(desk)
    override = await _ask(first.client, sample)
    assert (await _decide(second, override, "refusal", reason="")).status_code == 422
    checked(await _decide(second, override, "refusal", reason="Look for it."))
    assert (await _decide(second, override)).status_code == 409
    assert await _stage(desk, sample) == "expected"

    again = await _ask(first.client, sample)
    received = {"kind": "received", "condition": "intact"}
    checked(await desk.staff.post(f"/api/samples/{sample['code']}/custody", json=received))
    now = checked(await desk.staff.get(f"/api/samples/{sample['code']}"))
    body = {"to": "received"}
    checked(await desk.staff.post(f"/api/samples/{sample['code']}/transitions", json=body, headers=seen(now)))
    assert checked(await second.get(f"/api/overrides/{again['id']}"))["state"] == "overtaken"
    assert (await _decide(second, again)).status_code == 409


async def test_capability_13_an_override_that_nobody_confirms_in_time_expires(
    product: Product, wished: None, desk: Desk, first: Member
) -> None:
    second = await product.client("facility_manager")
    sample = await _sample(desk)
    override = await _ask(first.client, sample)
    async with product.db("sample") as connection:
        await connection.execute(
            "UPDATE sample_override SET asked_at = now() - interval '73 h', expires_at = now() - interval '1 h' "
            "WHERE id = $1",
            override["id"],
        )
    late = await _decide(second, override)
    assert (late.status_code, "not confirmed in time" in late.json()["detail"]) == (409, True)
    product.runtimes["sample"].wake("expire-overrides")

    async def expired() -> bool:
        return bool(checked(await second.get(f"/api/overrides/{override['id']}"))["state"] == "expired")

    await product.eventually(expired)
    assert await _stage(desk, sample) == "expected"
    assert (await _ask(first.client, sample))["state"] == "waiting"


async def test_capability_13_more_than_was_asked_for_is_not_passed_over(
    product: Product, wished: None, desk: Desk, first: Member
) -> None:
    second = await product.client("facility_manager")
    override = await _ask(first.client, await _sample(desk))
    async with product.db("sample") as connection:
        await connection.execute("UPDATE sample_override SET missing = '{label}' WHERE id = $1", override["id"])
    assert _type(await _decide(second, override)) == (409, "gate-not-met")
