"""Planned runs: names that nobody types, sheets that become stale, and a start that leaves nothing reserved."""

import asyncio
from typing import Any

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.planning import RUNS, planned, position, post, shown, started
from tests.services.sample.pooled import pooling
from tests.services.sample.shelf import checked_cell, flow_cell


async def test_experiment_and_sample_id_are_made_from_codes(product: Product) -> None:
    made = await pooling(product)
    pool = await made.pooled(1, 2)

    run = await planned(made, pool)

    assert run["code"].startswith("R26-")
    assert run["experiment_id"] == f"{run['code']}_{pool['code']}"
    assert (run["sample_id"], run["kits"], run["state"]) == (pool["code"], ["SQK-RBK114-24"], "planned")
    typed = await made.manager.post(RUNS, json={"pool": pool["code"], "experiment_id": "mine"})
    assert typed.status_code == 422


async def test_a_start_reserves_everything_and_an_end_frees_it(product: Product) -> None:
    made = await pooling(product)
    pool = await made.pooled(17)
    run = await started(product, made, await planned(made, pool))
    cell, spot = f"/api/flow-cells/{run['flow_cell']}", run["position_id"]
    assert checked(await made.manager.get(cell))["held_by"] == run["code"]
    entries = checked(await made.manager.get(f"{cell}/ledger"))["items"]
    reserved = next(entry for entry in entries if entry["kind"] == "reserved")
    assert reserved["done_by"] == run["created_by"], "whoever started it, not the service"
    issued = checked(await made.manager.get(f"/api/runs/{run['code']}/issued-sheets"))["items"]
    assert {sheet["issued_by"] for sheet in issued} == {run["created_by"]}
    assert run["sheet_hash"] is not None
    foreign = await made.manager.post(f"{cell}/loads", json={"kind": "load", "pool": pool["code"], "volume_ul": 5})
    assert (foreign.status_code, foreign.json()["type"]) == (409, "not-allowed")
    early = await post(made, run, "transitions", to="running", protocol_run_id="p-1")
    assert {each["code"] for each in early.json()["missing"]} == {"load"}

    asked = {"kind": "load", "pool": pool["code"], "volume_ul": 5, "run": run["code"]}
    assert checked(await made.manager.post(f"{cell}/loads", json=asked))["run"] == run["code"]
    protocol = f"ed35bf91-{run['code']}"
    running = checked(await post(made, run, "transitions", to="running", protocol_run_id=protocol))
    assert running["started_at"] is not None
    assert (await post(made, run, "transitions", to="disk_full")).status_code == 422
    over = checked(await post(made, run, "transitions", to="disk_full", reason="No space left on /data"))
    assert over["end_reason"] == "No space left on /data"
    assert checked(await made.manager.get(cell))["held_by"] is None
    async with product.db("sample") as db:
        assert await db.fetchval("SELECT held_by FROM instrument_position WHERE id = $1", spot) is None
        assert await db.fetchval("SELECT count(*) FROM run_barcode WHERE run_id = $1", run["id"]) == 0


async def test_of_two_runs_that_start_at_once_one_gets_the_position_and_the_other_leaves_nothing(
    product: Product,
) -> None:
    made = await pooling(product)
    spot = await position(made.manager)
    runs = [await planned(made, await made.pooled(number), position_id=spot) for number in (18, 19)]

    for answer in await asyncio.gather(*(post(made, run, "start") for run in runs)):
        assert answer.status_code in (202, 409)

    async def settled() -> Any:
        now = [await shown(made, run) for run in runs]
        return now if sorted(run["state"] for run in now) == ["sheet_issued", "starting"] or _refused(now) else None

    now = await product.eventually(settled)
    (winner,) = [run for run in now if run["state"] == "starting"]
    (loser,) = [run for run in now if run["state"] != "starting"]
    assert winner["code"] != loser["code"]
    cell = checked(await made.manager.get(f"/api/flow-cells/{loser['flow_cell']}"))
    assert cell["held_by"] is None
    async with product.db("sample") as db:
        assert await db.fetchval("SELECT count(*) FROM run_barcode WHERE run_id = $1", loser["id"]) == 0


def _refused(now: list[Any]) -> bool:
    starting = [run for run in now if run["state"] == "starting"]
    waiting = [run for run in now if run["state"] == "planned"]
    return (
        len(starting) == 1
        and len(waiting) == 1
        and ("undone" in waiting[0]["state_reason"] or waiting[0]["version"] == 1)
    )


async def test_what_is_missing_for_a_start_is_told_at_once(product: Product) -> None:
    made = await pooling(product)
    pool = await made.pooled(20)
    unchecked = await flow_cell(made.manager, product_code="FLO-PRO114M")
    run = await planned(made, pool, flow_cell=unchecked["flow_cell_id"])

    refused = await post(made, run, "start")

    assert refused.status_code == 409
    assert {each["code"] for each in refused.json()["missing"]} >= {"checked", "position-takes-flow-cell"}
    assert (await shown(made, run))["state"] == "planned"


async def test_a_reason_in_the_plan_lets_barcodes_come_again(product: Product) -> None:
    made = await pooling(product)
    cell = await checked_cell(made.manager)
    first, second = await made.pooled(21), await made.pooled(21)
    load = {"kind": "load", "pool": first["code"], "volume_ul": 5}
    checked(await made.manager.post(f"/api/flow-cells/{cell['id']}/loads", json=load))
    checked(await made.manager.post(f"/api/flow-cells/{cell['id']}/loads", json={"kind": "wash"}))
    run = await planned(made, second, flow_cell=cell["flow_cell_id"])

    refused = await post(made, run, "start")
    assert [each["code"] for each in refused.json()["missing"]] == ["barcode-carry-over"]
    path = f"{RUNS}/{run['code']}"
    change = {"override_reason": "The species are far apart."}
    checked(await made.manager.patch(path, json=change, headers=seen(await shown(made, run))))
    await started(product, made, run)
    asked = {"kind": "load", "pool": second["code"], "volume_ul": 5, "run": run["code"]}
    loaded = checked(await made.manager.post(f"/api/flow-cells/{cell['id']}/loads", json=asked))

    assert (loaded["carry_over"], loaded["reason"]) == (["barcode21"], "The species are far apart.")


async def test_a_start_that_cannot_be_finished_is_undone_and_says_why(product: Product) -> None:
    made = await pooling(product)
    run, other = [await planned(made, await made.pooled(number)) for number in (22, 23)]
    async with product.db("sample") as db:
        await db.execute(
            "INSERT INTO run_barcode (flow_cell_id, sequence_key, run_id) SELECT r.flow_cell_id, b.sequence_key, $2 "
            "FROM sequencing_run r JOIN pool_barcode b ON b.pool_id = r.pool_id WHERE r.id = $1",
            run["id"],
            other["id"],
        )
    checked(await post(made, run, "start"))

    async def undone() -> Any:
        found = await shown(made, run)
        return found if "undone" in found["state_reason"] else None

    now = await product.eventually(undone)
    assert "reserved a barcode" in now["state_reason"]
    assert now["state"] == "planned"
    cell = checked(await made.manager.get(f"/api/flow-cells/{run['flow_cell']}"))
    assert cell["held_by"] is None
    kinds = [
        entry["kind"] for entry in checked(await made.manager.get(f"/api/flow-cells/{cell['id']}/ledger"))["items"]
    ]
    assert kinds[:2] == ["freed", "reserved"]
    async with product.db("sample") as db:
        await db.execute("DELETE FROM run_barcode WHERE run_id = $1", other["id"])
    assert (await started(product, made, run))["state"] == "starting"
