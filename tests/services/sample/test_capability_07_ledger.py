"""Flow cells: the ledger of each, the clock of the warranty, and one table of states."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from nanopore_tracking.services.sample.flow_cells import jobs
from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.pooled import pooling
from tests.services.sample.shelf import checked_cell, day, flow_cell, printed_id

CELLS = "/api/flow-cells"


async def test_capability_07_a_4300_pore_promethion_check_creates_a_claim_task_with_a_deadline(
    product: Product,
) -> None:
    staff = await product.client("technician")
    cell = await flow_cell(staff, flow_cell_id=printed_id("P"), product_code="FLO-PRO114M", purchased_on=day(-83))
    assert (cell["check_by"], cell["warranty_pores"], cell["check_due"]) == (day(1), 5000, True)

    failed = checked(await staff.post(f"{CELLS}/{cell['flow_cell_id']}/checks", json={"pores_available": 4300}))

    assert (failed["state"], failed["check_due"]) == ("check_failed", False)
    (check,) = checked(await staff.get(f"{CELLS}/{cell['id']}/checks"))["items"]
    assert (check["passed"], check["threshold_pores"]) == (False, 5000)
    deadline = datetime.fromisoformat(check["claim_deadline"])
    assert deadline - datetime.fromisoformat(check["checked_at"]) == timedelta(days=2)
    found = checked(await staff.get(f"{CELLS}/claims", params={"open": True, "limit": 200}))["items"]
    (claim,) = [item for item in found if item["flow_cell"] == cell["id"]]
    assert (claim["deadline"], claim["overdue"]) == (check["claim_deadline"], False)

    report = f"{CELLS}/claims/{claim['id']}/report"
    done = checked(await staff.post(report, json={"reference": "CASE-7"}, headers=seen(claim)))
    assert done["reported_at"] is not None
    assert (await staff.post(report, json={"reference": "CASE-7"}, headers=seen(done))).status_code == 409
    kinds = [entry["kind"] for entry in checked(await staff.get(f"{CELLS}/{cell['id']}/ledger"))["items"]]
    assert kinds == ["claim_reported", "checked", "received"]


@pytest.mark.parametrize(
    ("said", "pores", "claimed"),
    [
        ({"product_code": "FLO-PRO114M"}, 5000, False),
        ({"product_code": "FLO-PRO114M"}, 4999, True),
        ({"product_code": "FLO-PRO114M", "purchased_on": day(-85)}, 4300, False),
        ({"product_code": "FLO-MIN114"}, 799, True),
        ({"product_code": "FLO-MIN114"}, 800, False),
        ({"product_code": "FLO-FLG114"}, 49, True),
        ({"product_code": "FLO-FLG114", "purchased_on": day(-29)}, 20, False),
    ],
)
async def test_capability_07_the_warranty_takes_a_failing_check_in_time(
    product: Product, said: dict[str, str], pores: int, claimed: bool
) -> None:
    staff = await product.client("technician")

    cell = await checked_cell(staff, pores, **said)

    assert (cell["claim_deadline"] is not None) is claimed


async def test_capability_07_what_is_due_overdue_low_or_expires_soon_is_listed(product: Product) -> None:
    staff = await product.client("technician")
    due = await flow_cell(staff, purchased_on=day(-80), product_code="FLO-MIN004RA")
    overdue = await flow_cell(staff, purchased_on=day(-100), product_code="FLO-MIN004RA")
    checked_one = await checked_cell(staff, product_code="FLO-MIN004RA", expires_on=day(3))

    listed = {item["id"] for item in await _found(staff, check_due_by=day(7))}
    assert {due["id"], overdue["id"]} <= listed
    assert checked_one["id"] not in listed
    assert checked_one["id"] in {item["id"] for item in await _found(staff, expires_by=day(5))}
    stock = checked(await staff.get(f"{CELLS}/stock"))
    (mine,) = [item for item in stock["items"] if item["product_code"] == "FLO-MIN004RA"]
    assert (mine["check_due"], mine["check_overdue"], mine["ready"], mine["low"]) == (1, 1, 1, False)


async def test_capability_07_pools_and_flow_cells_are_many_to_many_and_the_ledger_tells_it_all(
    product: Product,
) -> None:
    made = await pooling(product)
    first, second = await made.pooled(1), await made.pooled(2)
    one, other = await checked_cell(made.manager), await checked_cell(made.manager)
    for cell, kind, pool in (
        (one, "load", first), (one, "reload", first), (one, "wash", None), (one, "load", second),
        (other, "load", first),
    ):  # fmt: skip
        what = {} if pool is None else {"pool": pool["code"], "volume_ul": 4.0}
        checked(await made.manager.post(f"{CELLS}/{cell['id']}/loads", json={"kind": kind, **what}))
    for action in ("spend", "return"):
        now = checked(await made.manager.get(f"{CELLS}/{one['id']}"))
        asked = {"action": action, "reason": "Its pores are used up."}
        checked(await made.manager.post(f"{CELLS}/{one['id']}/steps", json=asked, headers=seen(now)))

    listed = checked(await made.manager.get(f"{CELLS}/{one['id']}/loads"))["items"]
    assert [(each["kind"], each["loaded"], each["library_remaining_ul"]) for each in reversed(listed)] == [
        ("load", first["code"], 16.0),
        ("reload", first["code"], 12.0),
        ("wash", "", None),
        ("load", second["code"], 16.0),
    ]
    assert listed[0]["fmol"] == pytest.approx(4 * 40 * 1e6 / (660 * 5000))
    (elsewhere,) = checked(await made.manager.get(f"{CELLS}/{other['id']}/loads"))["items"]
    assert (elsewhere["loaded"], elsewhere["library_remaining_ul"]) == (first["code"], 8.0)
    ledger = checked(await made.manager.get(f"{CELLS}/{one['id']}/ledger"))["items"]
    kinds = [entry["kind"] for entry in reversed(ledger)]
    assert kinds == ["received", "checked", "load", "reload", "wash", "load", "spent", "returned"]


async def test_an_ordered_flow_cell_is_received_under_what_is_printed_on_it(product: Product) -> None:
    staff = await product.client("technician")
    asked = {"product_code": "FLO-MIN114", "purchased_on": day(-3)}
    ordered = checked(await staff.post(CELLS, json=asked))
    assert (ordered["state"], ordered["flow_cell_id"], ordered["actions"]) == ("ordered", None, ["receive", "discard"])
    path, printed = f"{CELLS}/{ordered['id']}", printed_id()

    refused = await staff.post(f"{path}/checks", json={"pores_available": 900})
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["receive", "discard"])
    here = checked(await staff.post(f"{path}/receipt", json={"flow_cell_id": printed.lower()}, headers=seen(ordered)))
    assert (here["state"], here["flow_cell_id"], here["received_on"]) == ("received", printed, day(0))
    assert checked(await staff.get(f"{CELLS}/{printed}"))["id"] == ordered["id"]
    taken = await staff.post(CELLS, json=asked | {"flow_cell_id": printed})
    assert (taken.status_code, taken.json()["type"]) == (409, "already-exists")


@pytest.mark.parametrize("printed", ["CTC12345", "foo-bar-flow-cell", "FAX12", "FAX1234567", "F1X12345"])
async def test_what_is_no_flow_cell_is_not_put_into_the_ledger(product: Product, printed: str) -> None:
    staff = await product.client("technician")

    asked = {"product_code": "FLO-MIN114", "purchased_on": day(-3), "flow_cell_id": printed}

    assert (await staff.post(CELLS, json=asked)).status_code == 422


async def test_a_flow_cell_ends_with_a_reason_and_only_where_the_table_says(product: Product) -> None:
    staff = await product.client("technician")
    cell = await checked_cell(staff)
    path = f"{CELLS}/{cell['id']}/steps"

    spent = await staff.post(path, json={"action": "spend", "reason": "Empty"}, headers=seen(cell))
    assert (spent.status_code, spent.json()["type"]) == (409, "not-allowed")
    assert (await staff.post(path, json={"action": "return", "reason": " "}, headers=seen(cell))).status_code == 422
    back = checked(await staff.post(path, json={"action": "return", "reason": "Wrong type"}, headers=seen(cell)))
    assert (back["state"], back["actions"]) == ("returned", [])
    assert (await staff.post(path, json={"action": "discard", "reason": "x"}, headers=seen(cell))).status_code == 412


async def test_an_unused_flow_cell_expires_by_the_clock(product: Product) -> None:
    staff = await product.client("technician")
    cell = await flow_cell(staff, expires_on=day(-1))

    await jobs.expire(product.runtimes["sample"])

    assert checked(await staff.get(f"{CELLS}/{cell['id']}"))["state"] == "expired"


async def test_the_ledger_and_the_checks_are_only_added_to(product: Product) -> None:
    staff = await product.client("technician")
    cell = await checked_cell(staff)
    async with product.db("sample") as db:
        for table in ("flow_cell_event", "flow_cell_check"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await db.execute(f"DELETE FROM {table} WHERE flow_cell_id = $1", cell["id"])
        with pytest.raises(asyncpg.CheckViolationError):
            await db.execute("UPDATE flow_cell SET state = 'in_use' WHERE id = $1", cell["id"])


async def _found(client: object, **asked: str) -> list[dict[str, object]]:
    answer = await client.get(CELLS, params=asked | {"limit": "200"})  # type: ignore[attr-defined]
    return list(checked(answer)["items"])
