"""The run that a sample leaves the set-up by and the delivery that its data leave by, by commands or by the API."""

import hashlib
import itertools
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec

from nanopore_tracking.contracts.api.sample import deliveries as api
from nanopore_tracking.contracts.api.sample.flow_cells import NewCheck, NewFlowCell
from nanopore_tracking.contracts.api.sample.instruments import NewInstrument
from nanopore_tracking.contracts.api.sample.runs import NewRun
from nanopore_tracking.services.sample.deliveries import commands as deliveries
from nanopore_tracking.services.sample.flow_cells import commands as cells
from nanopore_tracking.services.sample.instruments import commands as instruments
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.runs import commands as runs
from tests.harness.laboratory import Laboratory
from tests.harness.product import Product, checked

_numbers = itertools.count(1)
_FILE = {"path": "pass/reads.fastq.gz", "sha256": hashlib.sha256(b"reads").hexdigest(), "size_bytes": 5}
CELL = {
    "product_code": "FLO-MIN114",
    "purchased_on": "2026-11-10",
    "received_on": "2026-11-14",
    "expires_on": "2099-12-31",
}


def _printed() -> str:
    number = next(_numbers)
    return f"FZ{'ABCDEFGHIJ'[number // 1000 % 10]}{number % 1000:03d}{uuid4().int % 1000:03d}"


async def plan(laboratory: Laboratory, sample_id: UUID, *, pores: int = 1310, sheet: bool = True, **said: Any) -> Any:
    """Plan a run of the pool or library of a sample on a flow cell of its own and issue its sheet; None without one."""
    library = await library_store.present(laboratory.db, sample_id)
    if library is None:
        return None
    new = msgspec.convert({**CELL, "flow_cell_id": _printed()}, NewFlowCell)
    cell = await laboratory.run(lambda tx: cells.register_cell(tx, new, pattern=r"^[A-Z]{3}[0-9]{3,6}$"))
    check = NewCheck(pores_available=pores, position="X1")
    await laboratory.run(lambda tx: cells.check_cell(tx, UUID(cell["id"]), check))
    box = NewInstrument(name=f"GridION {uuid4().hex[:8]}", kind="gridion", serial="GXB12345")
    made = await laboratory.run(lambda tx: instruments.add_instrument(tx, box))
    what = {"pool": library.pool} if library.pool else {"library": library.code}
    place = {"flow_cell": cell["flow_cell_id"], "position_id": made["positions"][0]["id"]}
    asked = msgspec.convert({**what, **place, "volume_ul": 5.0, **said}, NewRun)
    run = await laboratory.run(lambda tx: runs.plan_run(tx, asked))
    if not sheet:
        return run
    return await laboratory.run(lambda tx: runs.issue_sheets(tx, UUID(run["id"]), seen=run["version"]))


async def planned_cell(laboratory: Laboratory, sample_id: UUID) -> str | None:
    """Return the flow cell that the latest run of a sample is planned on."""
    async with laboratory.owner() as owner:
        found: str | None = await owner.fetchval(
            "SELECT f.flow_cell_id FROM sequencing_run r JOIN flow_cell f ON f.id = r.flow_cell_id WHERE EXISTS "
            "(SELECT FROM library_source o WHERE o.sample_id = $1 AND (o.library_id = r.library_id OR r.pool_id IN "
            "(SELECT c.pool_id FROM pool_component c WHERE c.library_id = o.library_id))) "
            "ORDER BY r.created_at DESC, r.id DESC LIMIT 1",
            sample_id,
        )
    return found


async def deliver(laboratory: Laboratory, sample_id: UUID, *, to: str = "released") -> Any:
    """Prepare a delivery of a sample and bring it to a state: verified, released, or received and kept."""
    code = (await laboratory.show(sample_id)).code
    asked = msgspec.convert({"samples": [code], "method": "research_storage"}, api.NewDelivery)
    made = await laboratory.run(lambda tx: deliveries.prepare(tx, asked))
    delivery_id = UUID(made["id"])
    manifest = msgspec.convert({"files": [_FILE]}, api.NewManifest)
    await laboratory.run(lambda tx: deliveries.set_manifest(tx, delivery_id, manifest, seen=made["version"]))
    await _move(laboratory, delivery_id, "copying")
    found = msgspec.convert({"place": "/proj/lab", "files": [_FILE]}, api.NewVerification)
    await laboratory.run(lambda tx: deliveries.verify(tx, delivery_id, found))
    for state in ("released", "received"):
        if to != "verified" and (state == "released" or to == "received"):
            made = await _move(laboratory, delivery_id, state)
    return made


async def received(laboratory: Laboratory, sample_id: UUID) -> None:
    """Let the customer confirm the receipt of what was released, and say how long the data are kept; or deliver it."""
    async with laboratory.owner() as owner:
        delivery_id = await owner.fetchval(
            "SELECT d.id FROM delivery d JOIN delivery_item i ON i.delivery_id = d.id WHERE i.sample_id = $1 "
            "AND i.superseded_at IS NULL AND d.state = 'released' ORDER BY d.id DESC LIMIT 1",
            sample_id,
        )
    if delivery_id is None:
        delivery_id = UUID((await deliver(laboratory, sample_id))["id"])
    now = await _move(laboratory, delivery_id, "received")
    kept = msgspec.convert({"retention_until": "2036-12-31"}, api.DeliveryPatch)
    await laboratory.run(lambda tx: deliveries.change(tx, delivery_id, kept, seen=now["version"]))


async def _move(laboratory: Laboratory, delivery_id: UUID, to: Any) -> Any:
    asked = api.NewDeliveryState(to=to)
    return await laboratory.run(lambda tx: deliveries.move(tx, delivery_id, asked, may_release=True))


def _seen(thing: Any) -> dict[str, str]:
    return {"If-Match": f'"v{thing["version"]}"'}


async def plan_by_api(manager: httpx.AsyncClient, sample: str) -> Any:
    """Plan a run of the latest library of a sample, or of its pool, on a flow cell of its own, and issue its sheet."""
    found = checked(await manager.get("/api/libraries", params={"sample": sample, "sort": "-code"}))["items"][0]
    cell = checked(await manager.post("/api/flow-cells", json={**CELL, "flow_cell_id": _printed()}))
    check = {"pores_available": 1310, "position": "X1"}
    checked(await manager.post(f"/api/flow-cells/{cell['id']}/checks", json=check))
    box = {"name": f"GridION {uuid4().hex[:8]}", "kind": "gridion", "serial": "GXB12345"}
    made = checked(await manager.post("/api/inventory/instruments", json=box))
    what = {"pool": found["pools"][-1]} if found["pools"] else {"library": found["code"]}
    place = {"flow_cell": cell["flow_cell_id"], "position_id": made["positions"][0]["id"]}
    run = checked(await manager.post("/api/runs", json={**what, **place, "volume_ul": 5.0}))
    return checked(await manager.post(f"/api/runs/{run['code']}/sheets", headers=_seen(run)))


async def deliver_by_api(manager: httpx.AsyncClient, sample: str) -> Any:
    """Prepare a delivery of a sample, verify it, release it, and return the sample once its handover delivered it."""
    asked = {"samples": [sample], "method": "research_storage", "destination": "/proj/lab"}
    made = checked(await manager.post("/api/deliveries", json=asked))
    path = f"/api/deliveries/{made['code']}"
    checked(await manager.put(f"{path}/manifest", json={"files": [_FILE]}, headers=_seen(made)))
    checked(await manager.post(f"{path}/transitions", json={"to": "copying"}))
    found = {"place": "/proj/lab", "files": [_FILE]}
    checked(await manager.post(f"{path}/verifications", json=found))
    checked(await manager.post(f"{path}/transitions", json={"to": "released"}))

    async def delivered() -> Any:
        now = checked(await manager.get(f"/api/samples/{sample}"))
        return now if now["stage"] == "delivered" else None

    return await Product.eventually(delivered)


async def receive_by_api(manager: httpx.AsyncClient, sample_id: str) -> Any:
    """Confirm the receipt of the delivery of a sample, and say how long the data are kept."""
    (found,) = checked(await manager.get("/api/deliveries", params={"sample_id": sample_id}))["items"]
    path = f"/api/deliveries/{found['code']}"
    now = checked(await manager.post(f"{path}/transitions", json={"to": "received"}))
    return checked(await manager.patch(path, json={"retention_until": "2036-12-31"}, headers=_seen(now)))
