"""Batches at the bench: which tube is where, what became of each, and the lot that is said once for all."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from nanopore_tracking.contracts.api.sample.bench_batches import NewBatchPosition
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.bench_batches import model
from tests.harness.product import Product, checked
from tests.services.sample.desk import new_lab, said
from tests.services.sample.pooled import pooling


@dataclass(frozen=True)
class Rack:
    """A technician's client, and a lab with a project to take samples from."""

    client: httpx.AsyncClient
    lab_id: str
    project_id: str

    async def sample(self, name: str) -> Any:
        """Register one sample."""
        asked = {"project_id": self.project_id, "name": said(name), "material": "HMW gDNA", "volume_ul": 50}
        return checked(await self.client.post("/api/samples", json=asked))


@pytest.fixture
async def rack(product: Product) -> Rack:
    """A fresh lab with a project."""
    lab, client = await new_lab(product), await product.client("technician")
    project = checked(await client.post("/api/projects", json={"lab_id": lab["id"], "title": "Thermophiles"}))
    return Rack(client, lab["id"], project["id"])


def _tube(sample: str, position: str = "") -> NewBatchPosition:
    return NewBatchPosition(sample=sample, position=position)


def test_tubes_without_a_position_fill_the_plate_column_by_column() -> None:
    tubes = [_tube("S1"), _tube("S2", "b01"), _tube("S3"), *(_tube(f"S{n}") for n in range(4, 11))]
    assert [model.name(spot) for spot in model.spots(tubes)] == [
        "A1", "B1", "C1", "D1", "E1", "F1", "G1", "H1", "A2", "B2",
    ]  # fmt: skip


def test_a_position_holds_one_tube() -> None:
    with pytest.raises(errors.Invalid, match="C4 is said of S1 and of S2"):
        model.spots([_tube("S1", "C4"), _tube("S2", "c04")])


async def _batch(client: httpx.AsyncClient, **what: Any) -> httpx.Response:
    asked = {"name": "Tuesday", "task": "measure", "quantity": "concentration", "method": "qubit_br", **what}
    return await client.post("/api/batches", json=asked)


async def test_what_was_done_follows_from_the_records(rack: Rack) -> None:
    client = rack.client
    first, second = await rack.sample("BATCH-1"), await rack.sample("BATCH-2")
    measured = {"quantity": "concentration", "method": "qubit_br", "value": 12.5, "unit": "ng_per_ul"}
    checked(await client.post(f"/api/samples/{first['code']}/measurements", json=measured))
    made = checked(await _batch(client, positions=[{"sample": first["code"]}, {"sample": second["code"]}]))
    assert (made["size"], made["done"]) == (2, 0)
    again = checked(await client.post(f"/api/samples/{first['code']}/measurements", json=measured | {"value": 13}))
    found = checked(await client.get(f"/api/batches/{made['code']}"))
    assert [(each["position"], each["done"], each["value"]) for each in found["positions"]] == [
        ("A1", True, 13),
        ("B1", False, None),
    ]
    path = f"/api/samples/{first['code']}/measurements/{again['id']}/invalidation"
    checked(await client.post(path, json={"reason": "The tube was mixed up."}))
    (listed,) = checked(await client.get("/api/batches", params={"sample_id": first["id"]}))["items"]
    assert (listed["code"], listed["done"]) == (made["code"], 0)


async def test_receiving_is_done_when_the_tube_was_received(rack: Rack) -> None:
    client, tube = rack.client, await rack.sample("BATCH-3")
    made = checked(
        await _batch(client, task="receive", quantity=None, method=None, positions=[{"sample": tube["code"]}])
    )
    event = {"kind": "received", "condition": "intact"}
    checked(await client.post(f"/api/samples/{tube['code']}/custody", json=event))
    assert checked(await client.get(f"/api/batches/{made['id']}"))["done"] == 1


async def test_the_code_of_a_batch_is_found_by_those_who_see_all_labs(rack: Rack, product: Product) -> None:
    made = checked(await _batch(rack.client, positions=[{"sample": (await rack.sample("BATCH-8"))["code"]}]))
    found = checked(await rack.client.get("/api/samples/lookup", params={"code": made["code"].lower()}))
    assert (found["kind"], found["id"], found["name"]) == ("batch", made["id"], "Tuesday")
    stranger = await product.client("submitter", labs=[rack.lab_id])
    assert (await stranger.get("/api/samples/lookup", params={"code": made["code"]})).status_code == 404


async def test_a_sample_is_in_a_batch_once(rack: Rack) -> None:
    tube = await rack.sample("BATCH-4")
    refused = await _batch(rack.client, positions=[{"sample": tube["code"]}, {"sample": tube["id"]}])
    assert refused.status_code == 422
    assert "in this batch twice" in refused.json()["detail"]


async def test_measuring_says_what_and_how(rack: Rack) -> None:
    tube = await rack.sample("BATCH-5")
    refused = await _batch(rack.client, method=None, positions=[{"sample": tube["code"]}])
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "method"


async def test_a_lot_is_said_with_its_last_day_and_not_after_it(rack: Rack) -> None:
    client, tube = rack.client, await rack.sample("BATCH-6")
    made = checked(await _batch(client, positions=[{"sample": tube["code"]}]))
    path, seen = f"/api/batches/{made['code']}", {"If-Match": f'"v{made["version"]}"'}
    undated = await client.patch(path, json={"kit_lot": "Q1"}, headers=seen)
    assert undated.status_code == 422
    late = await client.patch(path, json={"kit_lot": "Q1", "lot_expires_on": "2020-01-31"}, headers=seen)
    assert (late.status_code, late.json()["type"].rsplit("/", 1)[-1]) == (409, "lot-expired")
    said = await client.patch(path, json={"kit_lot": "Q1", "lot_expires_on": "2099-01-31"}, headers=seen)
    assert (checked(said)["kit_lot"], said.json()["version"]) == ("Q1", made["version"] + 1)
    stale = await client.patch(path, json={"closed": True}, headers=seen)
    assert stale.status_code == 412


async def test_a_batch_of_other_labs_is_not_there(rack: Rack, product: Product) -> None:
    tube = await rack.sample("BATCH-7")
    made = checked(await _batch(rack.client, positions=[{"sample": tube["code"]}]))
    stranger = await product.client("submitter", labs=[rack.lab_id])
    assert (await stranger.get(f"/api/batches/{made['code']}")).status_code == 403
    viewer = await product.client("viewer")
    assert checked(await viewer.get(f"/api/batches/{made['code']}"))["size"] == 1
    assert (await _batch(viewer, positions=[{"sample": tube["code"]}])).status_code == 403


async def test_libraries_are_a_batch_as_samples_are(product: Product) -> None:
    made = await pooling(product)
    first, second = await made.library(await made.sample(), 1), await made.library(await made.sample(), 2)
    batch = await _batch(
        made.manager,
        thing="library",
        positions=[{"library": first["code"], "position": "C4"}, {"library": second["id"]}],
    )
    assert (checked(batch)["thing"], batch.json()["size"], batch.json()["done"]) == ("library", 2, 0)
    measured = {"quantity": "concentration", "method": "qubit_hs", "value": 31.5, "unit": "ng_per_ul"}
    checked(await made.manager.post(f"/api/libraries/{first['code']}/measurements", json=measured))
    found = checked(await made.manager.get(f"/api/batches/{batch.json()['code']}"))
    assert [(each["position"], each["code"], each["value"]) for each in found["positions"]] == [
        ("A1", second["code"], None),
        ("C4", first["code"], 31.5),
    ]
    assert found["positions"][0]["name"].startswith("POOL ")
    (listed,) = checked(await made.manager.get("/api/batches", params={"library_id": first["id"]}))["items"]
    assert (listed["code"], listed["done"]) == (found["code"], 1)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({"task": "receive", "quantity": None, "method": None}, "not received"),
        ({"quantity": "rin", "method": "tapestation"}, "Of libraries one of"),
        ({"thing": "sample"}, "names one sample"),
    ],
)
async def test_libraries_are_measured_and_nothing_else(product: Product, what: dict[str, Any], says: str) -> None:
    client = await product.client("technician")
    refused = await _batch(client, **{"thing": "library", "positions": [{"library": "L26-000001"}], **what})
    assert refused.status_code == 422
    assert says in refused.json()["detail"]


async def test_all_tubes_that_are_not_there_are_named(rack: Rack) -> None:
    there = await rack.sample("BATCH-9")
    positions = [{"sample": code} for code in ("S00-000001", there["code"], "S00-000002")]
    refused = await _batch(rack.client, positions=positions)
    assert refused.status_code == 404
    assert "S00-000001, S00-000002" in refused.json()["detail"]
