"""What was submitted stays as it was, whatever is done through the API; amounts take no NanoDrop value unsigned."""

import random
from typing import Any

import asyncpg
import pytest

from tests.harness.laboratory import FITTING
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, said, seen

STEPS = 60


@pytest.fixture
async def desk(product: Product) -> Desk:
    """A lab of its own for the test."""
    return await opened(product)


async def _accepted(desk: Desk) -> Any:
    submission = await desk.under_review(row("A", volume_ul=2))
    path = f"/api/submissions/{submission['id']}/acceptance"
    checked(await desk.staff.post(path, json={"reason": "Agreed."}, headers=seen(submission)))
    (listed,) = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))["items"]
    return checked(await desk.staff.get(f"/api/samples/{listed['id']}"))


async def _try_anything(desk: Desk, sample: Any, choice: random.Random) -> int:
    """Send one change of any kind, that may be refused; return the status of its answer."""
    path, row_path = f"/api/samples/{sample['id']}", f"/api/submissions/{sample['submission_id']}/rows/1"
    now = checked(await desk.staff.get(path))
    quantity = choice.choice(list(FITTING))
    unit, method = FITTING[quantity]
    value = choice.uniform(1, 10)
    measured = {"quantity": quantity, "value": value, "unit": unit, "method": method}
    field = choice.choice(list(sample["submitted"]))
    match choice.randrange(8):
        case 0:
            answer = await desk.staff.post(f"{path}/measurements", json=measured)
        case 1:
            answer = await desk.staff.patch(path, json={field: value}, headers=seen(now))
        case 2:
            answer = await desk.staff.patch(path, json={"submitted": {field: value}}, headers=seen(now))
        case 3:
            answer = await desk.staff.patch(path, json={"comment": said("Seen")}, headers=seen(now))
        case 4:
            asked = {"volume_ul": value, "reason": "Another volume."}
            answer = await desk.staff.patch(row_path, json=asked, headers={"If-Match": '"v2"'})
        case 5:
            answer = await desk.staff.delete(row_path, headers={"If-Match": '"v2"'})
        case 6:
            to = choice.choice(["received", "sample_qc", "on_hold", "resumed", "failed"])
            asked = {"to": to, "reason": "As it comes."}
            answer = await desk.staff.post(f"{path}/transitions", json=asked, headers=seen(now))
        case _:
            asked = {"kind": "received", "condition": "intact"}
            answer = await desk.staff.post(f"{path}/custody", json=asked)
    return answer.status_code


async def test_capability_03_no_sequence_of_calls_changes_what_was_submitted(product: Product, desk: Desk) -> None:
    sample, choice = await _accepted(desk), random.Random(4711)
    path = f"/api/samples/{sample['id']}"
    statuses = set()
    for _ in range(STEPS):
        statuses.add(await _try_anything(desk, sample, choice))
        now = checked(await desk.staff.get(path))
        assert now["submitted"] == sample["submitted"]
        for name in now["measured"]:
            assert now[name] != sample["submitted"][name]
    assert {200, 201, 409, 422} <= statuses
    (first,) = checked(await desk.staff.get(f"/api/submissions/{sample['submission_id']}/rows"))["items"]
    assert first["submitted"]["volume_ul"]["value"] == 2
    async with product.db("sample") as db:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("UPDATE sample SET submitted_volume_ul = 9 WHERE id::text = $1", sample["id"])


async def test_capability_03_a_dilution_refuses_a_nanodrop_value_unless_it_is_signed(desk: Desk) -> None:
    sample = await _accepted(desk)
    path = f"/api/samples/{sample['id']}"
    asked = {"target_ng_per_ul": 10, "final_volume_ul": 30}
    refused = await desk.staff.get(f"{path}/dilution", params=asked)
    assert refused.json()["type"] == "no-concentration"
    measured = {"quantity": "concentration", "value": 60, "unit": "ng_per_ul", "method": "nanodrop"}
    nanodrop = checked(await desk.staff.post(f"{path}/measurements", json=measured))
    by = {**asked, "measurement_id": nanodrop["id"]}
    refused = await desk.staff.get(f"{path}/dilution", params=by)
    assert (refused.status_code, refused.json()["type"]) == (409, "not-fluorometric")
    where = f"{path}/measurements/{nanodrop['id']}/signature"
    assert (await desk.submitter.post(where, json={"reason": "Pure enough."})).status_code == 403
    signed = checked(await desk.staff.post(where, json={"reason": "Pure enough."}))
    assert (signed["signed_reason"], signed["state"]) == ("Pure enough.", "kept")
    assert (await desk.staff.post(where, json={"reason": "Again."})).status_code == 409
    found = checked(await desk.staff.get(f"{path}/dilution", params=by))
    assert (found["sample_volume_ul"], found["buffer_volume_ul"], found["mass_ng"]) == (5, 25, 300)
    assert (found["method"], found["signed_by"], found["signed_reason"]) == (
        "nanodrop",
        signed["signed_by"],
        "Pure enough.",
    )
    assert (await desk.staff.get(f"{path}/dilution", params=asked)).json()["type"] == "no-concentration"


async def test_a_dilution_takes_the_fluorometric_concentration_that_counts(desk: Desk) -> None:
    sample = await _accepted(desk)
    path = f"/api/samples/{sample['id']}"
    measured = {"quantity": "concentration", "value": 40, "unit": "ng_per_ul", "method": "qubit_hs"}
    qubit = checked(await desk.staff.post(f"{path}/measurements", json=measured))
    found = checked(await desk.staff.get(f"{path}/dilution", params={"target_ng_per_ul": 10, "final_volume_ul": 20}))
    assert (found["measurement_id"], found["sample_volume_ul"], found["signed_by"]) == (qubit["id"], 5, "")
    thin = await desk.staff.get(f"{path}/dilution", params={"target_ng_per_ul": 90, "final_volume_ul": 20})
    assert thin.json()["type"] == "too-thin"
    refused = await desk.staff.post(f"{path}/measurements/{qubit['id']}/signature", json={"reason": "Not needed."})
    assert refused.status_code == 409
