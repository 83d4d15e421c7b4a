"""Lots of reagents: never overdrawn, never used after their last day without a manager's reason."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.shelf import day, kit_lot

LOTS = "/api/inventory/kit-lots"


async def test_a_lot_is_received_under_the_code_of_the_catalogue(product: Product) -> None:
    staff = await product.client("technician")

    lot = await kit_lot(staff, kit_code="sqk-rbk114.24")

    assert (lot["kit_code"], lot["state"], lot["reactions_left"], lot["expired"]) == (
        "SQK-RBK114-24",
        "sealed",
        6,
        False,
    )
    again = await staff.post(LOTS, json={k: lot[k] for k in _ASKED})
    assert (again.status_code, again.json()["type"]) == (409, "already-exists")
    unknown = await staff.post(LOTS, json={k: lot[k] for k in _ASKED} | {"kit_code": "SQK-NONE"})
    assert unknown.status_code == 422
    wash = await kit_lot(staff, kit_code="EXP-WSH004", category="consumable")
    assert wash["kit_code"] == "EXP-WSH004"


_ASKED = ("kit_code", "lot", "received_on", "expires_on", "reactions_total")


async def test_a_use_says_what_for_and_a_lot_is_never_overdrawn(product: Product) -> None:
    staff = await product.client("technician")
    lot = await kit_lot(staff, reactions_total=3)

    answers = await asyncio.gather(*(_use(staff, lot, used_for=f"L26-00000{n}") for n in range(1, 6)))

    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 409, 409]
    now = checked(await staff.get(f"{LOTS}/{lot['id']}"))
    assert (now["state"], now["reactions_left"], now["opened_on"]) == ("used_up", 0, day(0))
    uses = checked(await staff.get(f"{LOTS}/{lot['id']}/uses"))["items"]
    assert len({use["used_for"] for use in uses}) == 3
    fewer = await staff.patch(f"{LOTS}/{lot['id']}", json={"reactions_total": 2}, headers=seen(now))
    assert fewer.status_code == 409


async def test_an_expired_lot_is_a_gate_that_only_a_manager_passes_with_a_reason(product: Product) -> None:
    staff, manager = await product.client("technician"), await product.client("facility_manager")
    lot = await kit_lot(staff, received_on=day(-90), expires_on=day(-1))

    refused = await _use(staff, lot)
    assert (refused.status_code, refused.json()["type"]) == (409, "lot-expired")
    assert "Nothing was changed" in refused.json()["detail"]
    assert (await _use(staff, lot, reason="It is only for training.")).status_code == 403
    assert (await _use(manager, lot)).status_code == 409
    checked(await _use(manager, lot, reason="It is only for training."))

    (use,) = checked(await staff.get(f"{LOTS}/{lot['id']}/uses"))["items"]
    assert use["reason"] == "It is only for training."


async def test_lots_that_are_low_or_expire_soon_are_found(product: Product) -> None:
    staff = await product.client("technician")
    soon = await kit_lot(staff, expires_on=day(5), reactions_total=5)
    checked(await _use(staff, soon, reactions=4))

    asked: dict[str, Any] = {"expires_by": day(7), "q": soon["lot"]}
    assert [item["id"] for item in checked(await staff.get(LOTS, params=asked))["items"]] == [soon["id"]]
    asked = {"low": True, "q": soon["lot"]}
    assert [item["low"] for item in checked(await staff.get(LOTS, params=asked))["items"]] == [True]
    assert checked(await staff.get(LOTS, params={"low": False, "q": soon["lot"]}))["items"] == []


async def test_reagents_belong_to_the_facility_and_no_submitter_sees_them(product: Product) -> None:
    submitter = await product.client("submitter")

    assert (await submitter.get(LOTS)).status_code == 403


async def test_the_database_itself_refuses_what_must_never_be(product: Product) -> None:
    staff = await product.client("technician")
    lot = await kit_lot(staff)
    checked(await _use(staff, lot))
    async with product.db("sample") as db:
        with pytest.raises(asyncpg.CheckViolationError):
            await db.execute("UPDATE kit_lot SET reactions_used = 7, state = 'open' WHERE id = $1", lot["id"])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("UPDATE kit_lot_use SET used_for = 'X' WHERE kit_lot_id = $1", lot["id"])


async def _use(client: Any, lot: Any, **said: Any) -> Any:
    asked = {"kind": "library", "used_for": "L26-000001", **said}
    return await client.post(f"{LOTS}/{lot['id']}/uses", json=asked)
