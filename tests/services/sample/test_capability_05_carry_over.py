"""Capability 5: a flow cell knows the barcodes of every earlier load, whatever was washed between."""

import asyncpg
import httpx
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.shelf import checked_cell, day, instrument, kit_lot


async def _load(made: Pooling, cell: dict[str, str], kind: str = "load", **said: object) -> httpx.Response:
    if kind in ("load", "reload"):
        said.setdefault("volume_ul", 5.0)
    return await made.manager.post(f"/api/flow-cells/{cell['id']}/loads", json={"kind": kind, **said})


async def test_capability_05_barcode03_on_a_washed_cell_that_ran_barcode03_needs_a_reason(product: Product) -> None:
    made = await pooling(product)
    first, second = await made.pooled(2, 3), await made.pooled(3, 4)
    cell = await checked_cell(made.manager)
    checked(await _load(made, cell, pool=first["code"]))
    checked(await _load(made, cell, "wash"))

    refused = await _load(made, cell, pool=second["code"])

    assert (refused.status_code, refused.json()["type"]) == (409, "gate-not-met")
    (missing,) = refused.json()["missing"]
    assert missing["code"] == "barcode-carry-over"
    assert "barcode03" in missing["message"]
    assert f"in {first['code']}, load 1, washed since" in missing["message"]
    assert "carry-over" in missing["message"]
    assert "barcode04" not in missing["message"]
    assert checked(await made.manager.get(f"/api/flow-cells/{cell['id']}"))["state"] == "washed"

    load = checked(await _load(made, cell, pool=second["code"], reason="The species are far apart."))
    assert (load["carry_over"], load["passed_over"]) == (["barcode03"], ["barcode-carry-over"])
    ledger = checked(await made.manager.get(f"/api/flow-cells/{cell['id']}/ledger"))["items"]
    assert [(entry["kind"], entry["reason"]) for entry in ledger[:2]] == [
        ("load", "The species are far apart."),
        ("wash", ""),
    ]


async def test_capability_05_other_barcodes_and_the_same_library_again_need_none(product: Product) -> None:
    made = await pooling(product)
    first, other = await made.pooled(5), await made.pooled(6)
    cell = await checked_cell(made.manager)
    checked(await _load(made, cell, pool=first["code"]))
    checked(await _load(made, cell, "reload", pool=first["code"]))
    checked(await _load(made, cell, "wash"))

    assert checked(await _load(made, cell, pool=other["code"]))["carry_over"] == []
    used = checked(await made.manager.get(f"/api/flow-cells/{cell['id']}/barcodes"))
    assert [(each["barcode"], each["load"], each["washed"]) for each in used] == [
        ("barcode05", 2, True),
        ("barcode06", 4, False),
    ]


async def test_capability_05_one_sequence_under_another_kits_name_is_found_too(product: Product) -> None:
    made = await pooling(product)
    first = await made.pooled(7)
    sample = await made.sample()
    large = await made.library(sample, 7, kit="SQK-RBK114-96")
    second = await made.pool(large)
    cell = await checked_cell(made.manager)
    checked(await _load(made, cell, pool=first["code"]))
    checked(await _load(made, cell, "wash"))

    assert (await _load(made, cell, pool=second["code"])).status_code == 409


async def test_capability_05_a_sample_waits_for_the_reason_of_the_run_that_brings_its_barcode_back(
    product: Product,
) -> None:
    made = await pooling(product)
    first, cell = await made.pooled(9), await checked_cell(made.manager)
    checked(await _load(made, cell, pool=first["code"]))
    checked(await _load(made, cell, "wash"))
    sample = await made.sample()
    pool, box = await made.pool(await made.library(sample, 9)), await instrument(made.manager)
    path = f"/api/samples/{sample['code']}"
    for to in ("library_qc", "sequencing_setup"):
        step = {"to": to, "reason": "A test of loads.", "override": True}
        now = checked(await made.manager.get(path))
        checked(await made.manager.post(f"{path}/transitions", json=step, headers=seen(now)))
    asked = {"pool": pool["code"], "flow_cell": cell["flow_cell_id"], "position_id": box["positions"][0]["id"]}
    run = checked(await made.manager.post("/api/runs", json={**asked, "volume_ul": 5.0}))
    run = checked(await made.manager.post(f"/api/runs/{run['code']}/sheets", headers=seen(run)))

    refused = (
        await made.manager.post(
            f"{path}/transitions", json={"to": "sequencing_run"}, headers=seen(checked(await made.manager.get(path)))
        )
    ).json()
    assert [each["code"] for each in refused["missing"]] == ["barcode-carry-over"]

    why = {"override_reason": "The species are far apart."}
    checked(await made.manager.patch(f"/api/runs/{run['code']}", json=why, headers=seen(run)))
    now = checked(await made.manager.get(path))
    moved = await made.manager.post(f"{path}/transitions", json={"to": "sequencing_run"}, headers=seen(now))
    assert checked(moved)["stage"] == "sequencing_run"


async def test_a_load_takes_from_the_pool_and_says_what_is_left(product: Product) -> None:
    made = await pooling(product)
    pool, cell = await made.pooled(8), await checked_cell(made.manager)
    lot = await kit_lot(made.manager, kit_code="EXP-WSH004", category="consumable")

    load = checked(await _load(made, cell, pool=pool["code"], volume_ul=12.0))

    assert (load["volume_ul"], load["library_remaining_ul"]) == (12.0, 8.0)
    assert load["fmol"] == pytest.approx(12 * 40 * 1e6 / (660 * 5000))
    now = checked(await made.manager.get(f"/api/pools/{pool['code']}"))
    assert (now["state"], now["left_ul"]) == ("loaded", 8.0)
    assert (await _load(made, cell, "reload", pool=pool["code"], volume_ul=8.5)).status_code == 409
    wash = checked(await _load(made, cell, "wash", lots=[{"kit_lot_id": lot["id"], "kind": "wash"}]))
    assert wash["lots"] == [f"EXP-WSH004 lot {lot['lot']}"]
    (use,) = checked(await made.manager.get(f"/api/inventory/kit-lots/{lot['id']}/uses"))["items"]
    assert use["used_for"] == cell["flow_cell_id"]


async def test_a_load_is_a_gate_for_pores_checks_and_shelf_life(product: Product) -> None:
    made = await pooling(product)
    staff, pool = await product.client("technician"), await made.pooled(9)
    weak = await checked_cell(made.manager, 500)
    old = await checked_cell(made.manager, expires_on=day(-1))
    asked = {"kind": "load", "pool": pool["code"], "volume_ul": 2.0}

    refused = await staff.post(f"/api/flow-cells/{weak['id']}/loads", json=asked)
    assert [each["code"] for each in refused.json()["missing"]] == ["pores"]
    checked(await staff.post(f"/api/flow-cells/{weak['id']}/loads", json=asked | {"reason": "It is a small test."}))
    late = f"/api/flow-cells/{old['id']}/loads"
    assert (await staff.post(late, json=asked | {"reason": "It is a small test."})).status_code == 403
    checked(await made.manager.post(late, json=asked | {"reason": "It is a small test."}))


async def test_the_database_itself_refuses_a_carry_over_without_a_reason(product: Product) -> None:
    made = await pooling(product)
    pool, cell = await made.pooled(10), await checked_cell(made.manager)
    checked(await _load(made, cell, pool=pool["code"]))
    async with product.db("sample") as db:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("UPDATE flow_cell_load SET reason = '' WHERE flow_cell_id = $1", cell["id"])
        with pytest.raises(asyncpg.CheckViolationError):
            await db.execute(
                "INSERT INTO flow_cell_load SELECT gen_random_uuid(), flow_cell_id, 99, kind, pool_id, library_id, "
                "run_id, loaded, volume_ul, fmol, amount_formula, library_remaining_ul, lots, '{barcode03}', "
                "passed_over, '', note, operator, loaded_at, recorded_at FROM flow_cell_load WHERE flow_cell_id = $1",
                cell["id"],
            )
