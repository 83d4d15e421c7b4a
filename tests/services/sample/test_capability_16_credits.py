"""Capability 16: what was charged is taken back by credits, never more than it was, in the month of the credit."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from tests.harness.product import Member, Product, checked
from tests.services.sample.desk import Desk, opened, row
from tests.services.sample.test_capability_02_findings import decide
from tests.services.sample.test_capability_16_charges import statement


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


@pytest.fixture
async def manager(product: Product) -> Member:
    return await product.member("facility_manager")


async def _charged(desk: Desk, *names: str) -> Any:
    """Let samples be accepted, for which the lab is charged, and return the billing event."""
    checked(await decide(desk, await desk.under_review(*(row(name) for name in names))))
    return (await _events(desk))[0]


async def _events(desk: Desk, month: str = "") -> list[Any]:
    path = f"/api/labs/{desk.lab_id}/billing-events"
    asked = {"month": month or f"{datetime.now(UTC):%Y-%m}"}
    return list(checked(await desk.staff.get(path, params=asked))["items"])


async def _credit(client: httpx.AsyncClient, desk: Desk, event: Any, *, key: str = "", **said: Any) -> httpx.Response:
    path = f"/api/labs/{desk.lab_id}/billing-events/{event['id']}/credits"
    headers = {"Idempotency-Key": key} if key else {}
    return await client.post(path, json={"reason": "It was charged twice.", **said}, headers=headers)


async def test_capability_16_a_part_and_then_the_rest_is_credited_and_never_more(
    product: Product, desk: Desk, manager: Member
) -> None:
    event = await _charged(desk, "A", "B", "C")
    path, month = f"/api/labs/{desk.lab_id}/billing-events", f"{datetime.now(UTC):%Y-%m}"
    for said, many in (
        ({"q": event["subject_code"][-6:].lower()}, 1),
        ({"q": "SUB-0000"}, 0),
        ({"id": event["id"]}, 1),
    ):
        assert len(checked(await desk.staff.get(path, params={"month": month, **said}))["items"]) == many
    line = checked(await _credit(manager.client, desk, event, quantity=2))
    assert (line["quantity"], line["amount_cents"], line["credits"]) == (-2, -1000, event["id"])
    assert (line["credited_by"], line["reason"]) == (manager.name, "It was charged twice.")
    more = await _credit(manager.client, desk, event, quantity=2)
    assert (more.status_code, more.json()["type"], more.json()["left"]) == (409, "more-than-charged", 1)

    found = await statement(product, desk.lab_id)
    assert [(each["item"], each["quantity"], each["amount_cents"]) for each in found["lines"]] == [
        ("sample-intake", 3, 1500)
    ]
    assert [(each["item"], each["quantity"], each["amount_cents"]) for each in found["credits"]] == [
        ("sample-intake", -2, -1000)
    ]
    assert (found["total_cents"], found["rebuilt"]) == ({"EUR": 500}, True)

    assert checked(await _credit(manager.client, desk, event))["quantity"] == -1
    assert (await _credit(manager.client, desk, event)).json()["type"] == "more-than-charged"
    found = await statement(product, desk.lab_id)
    assert (found["total_cents"], found["rebuilt"]) == ({"EUR": 0}, True)
    assert (await _events(desk))[0]["credited"] == 3

    async def audited() -> Any:
        asked = {"object_kind": "billing_event", "object_id": event["id"], "type": "billing.credited"}
        return checked(await manager.client.get("/api/audit/entries", params=asked))["items"] or None

    entries = await product.eventually(audited)
    assert entries[0]["actor"]["name"] == manager.name


async def test_capability_16_a_credit_is_given_once_for_each_key_and_by_a_manager_with_a_reason(
    product: Product, desk: Desk, manager: Member
) -> None:
    event = await _charged(desk, "A", "B")
    for _ in range(2):
        checked(await _credit(manager.client, desk, event, quantity=1, key="credit-once"))
    assert len((await statement(product, desk.lab_id))["credits"]) == 1
    for client in (desk.staff, desk.submitter, await product.client("auditor")):
        assert (await _credit(client, desk, event)).status_code == 403
    assert (await _credit(manager.client, desk, event, reason=" Agreed. ")).status_code == 201
    other = await opened(product)
    assert (await _credit(manager.client, other, event)).status_code == 404
    for wrong in ({"reason": ""}, {"reason": "      "}, {"quantity": 0}):
        assert (await _credit(manager.client, desk, event, **wrong)).status_code == 422


async def test_capability_16_of_many_credits_at_once_no_more_is_given_than_was_charged(
    product: Product, desk: Desk, manager: Member
) -> None:
    event = await _charged(desk, "A", "B", "C")
    answers = await asyncio.gather(*(_credit(manager.client, desk, event, quantity=2) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    async with product.db("sample") as db:
        with pytest.raises(asyncpg.CheckViolationError):
            await db.execute(
                "INSERT INTO billing_credit SELECT gen_random_uuid(), event_id, lab_id, charge_code, item, 2, "
                "unit_price_cents, currency, price_version, reason, credited_by, credited_at FROM billing_credit "
                "WHERE event_id = $1",
                event["id"],
            )
        with pytest.raises(asyncpg.CheckViolationError):
            await db.execute(
                "INSERT INTO billing_credit SELECT gen_random_uuid(), event_id, lab_id, charge_code, item, 1, 999999, "
                "currency, price_version, reason, credited_by, credited_at FROM billing_credit WHERE event_id = $1",
                event["id"],
            )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("UPDATE billing_credit SET quantity = 1 WHERE event_id = $1", event["id"])


async def test_capability_16_what_was_charged_in_an_old_month_is_credited_in_this_one(
    product: Product, desk: Desk, manager: Member
) -> None:
    event = await _charged(desk, "A")
    before = (datetime.now(UTC).replace(day=1) - timedelta(days=10)).replace(hour=12)
    async with product.db("sample") as db, db.transaction():
        await db.execute("ALTER TABLE billing_event DISABLE TRIGGER billing_event_never_changes")
        await db.execute("UPDATE billing_event SET happened_at = $2 WHERE id = $1", event["id"], before)
        await db.execute("ALTER TABLE billing_event ENABLE TRIGGER billing_event_never_changes")
    line = checked(await _credit(manager.client, desk, event))
    assert line["charged_at"][:7] == f"{before:%Y-%m}"
    now = await statement(product, desk.lab_id)
    assert (now["lines"], len(now["credits"]), now["total_cents"]) == ([], 1, {"EUR": -500})
    path = f"/api/labs/{desk.lab_id}/statements/{before:%Y-%m}"
    old = checked(await manager.client.get(path))
    assert (len(old["lines"]), old["credits"], old["total_cents"]) == (1, [], {"EUR": 500})


async def test_capability_16_a_credit_that_the_facts_do_not_bear_out_is_seen(
    product: Product, desk: Desk, manager: Member
) -> None:
    event = await _charged(desk, "A", "B")
    checked(await _credit(manager.client, desk, event, quantity=1))
    assert (await statement(product, desk.lab_id))["rebuilt"]
    async with product.db("sample") as db, db.transaction():
        await db.execute("ALTER TABLE billing_credit DISABLE TRIGGER billing_credit_never_changes")
        await db.execute("UPDATE billing_credit SET quantity = 3 WHERE event_id = $1", event["id"])
        await db.execute("ALTER TABLE billing_credit ENABLE TRIGGER billing_credit_never_changes")
    assert not (await statement(product, desk.lab_id))["rebuilt"]
