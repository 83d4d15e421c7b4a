"""A sample leaves the set-up by the real run that is planned for it, and the sequencing by that run's end."""

from typing import Any

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.shelf import checked_cell, instrument


async def _at_setup(made: Pooling, sample: Any) -> None:
    path = f"/api/samples/{sample['code']}"
    for to in ("library_qc", "sequencing_setup"):
        step = {"to": to, "reason": "A test of runs.", "override": True}
        now = checked(await made.manager.get(path))
        checked(await made.manager.post(f"{path}/transitions", json=step, headers=seen(now)))


async def _gate(made: Pooling, sample: Any) -> Any:
    return checked(await made.manager.get(f"/api/samples/{sample['code']}/gate"))


async def _runs(made: Pooling, sample: Any) -> Any:
    return checked(await made.manager.get("/api/runs", params={"sample": sample["code"]}))["items"]


async def _do(made: Pooling, code: str, what: str, **body: Any) -> Any:
    now = checked(await made.manager.get(f"/api/runs/{code}"))
    return checked(await made.manager.post(f"/api/runs/{code}/{what}", json=body or None, headers=seen(now)))


async def test_a_sample_goes_on_with_the_run_of_its_pool(product: Product) -> None:
    made = await pooling(product)
    sample = await made.sample()
    pool = await made.pool(await made.library(sample, 1))
    await _at_setup(made, sample)
    unplanned = await _gate(made, sample)
    assert [need["code"] for need in unplanned["requirements"] if not need["met"]] == ["run-planned"]
    cell, box = await checked_cell(made.manager), await instrument(made.manager)
    asked = {"pool": pool["code"], "flow_cell": cell["flow_cell_id"], "position_id": box["positions"][0]["id"]}
    run = checked(await made.manager.post("/api/runs", json=asked))
    assert [each["code"] for each in await _runs(made, sample)] == [run["code"]]
    assert await _runs(made, await made.sample()) == []

    gate = await _gate(made, sample)
    assert [need["code"] for need in gate["requirements"] if not need["met"]] == ["sheet-current", "amount-planned"]
    volume = {"volume_ul": 5}
    checked(await made.manager.patch(f"/api/runs/{run['code']}", json=volume, headers=seen(run)))
    await _do(made, run["code"], "sheets")
    gate = await _gate(made, sample)
    assert gate["met"], gate
    path = f"/api/samples/{sample['code']}/transitions"
    checked(await made.manager.post(path, json={"to": "sequencing_run"}, headers=seen(gate)))

    waiting = await _gate(made, sample)
    assert [need["code"] for need in waiting["requirements"] if not need["met"]] == ["run-ended"]
    await _ended(product, made, run["code"], pool["code"])
    over = await _gate(made, sample)
    assert over["met"], over
    checked(await made.manager.post(path, json={"to": "basecalling"}, headers=seen(over)))


async def _ended(product: Product, made: Pooling, code: str, pool: str) -> None:
    await _do(made, code, "start")

    async def starting() -> bool:
        return bool(checked(await made.manager.get(f"/api/runs/{code}"))["state"] == "starting")

    await product.eventually(starting)
    cell = checked(await made.manager.get(f"/api/runs/{code}"))["flow_cell"]
    load = {"kind": "load", "pool": pool, "volume_ul": 5, "run": code}
    checked(await made.manager.post(f"/api/flow-cells/{cell}/loads", json=load))
    await _do(made, code, "transitions", to="running", protocol_run_id=f"p-{code}")
    await _do(made, code, "transitions", to="completed")
