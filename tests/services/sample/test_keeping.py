"""Keeping: temperature excursions reach the tubes that were there, and nothing is destroyed before its day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, seen
from tests.services.sample.shelves import box, custody, freezer, place, sample, scan, whereabouts


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


def _ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


async def _excursion(desk: Desk, location: Any, began: float, ended: float, warmth: float = -40.0) -> Any:
    asked = {"from_at": _ago(began), "until_at": _ago(ended), "max_temperature_c": warmth, "note": "The door was open."}
    return checked(await desk.staff.post(f"/api/storage/locations/{location['id']}/excursions", json=asked))


async def _kinds(desk: Desk, tube: Any) -> list[str]:
    found = checked(await desk.staff.get(f"/api/samples/{tube['id']}/custody", params={"sort": "sequence"}))
    return [item["kind"] for item in found["items"]]


async def test_capability_12_an_excursion_reaches_every_tube_that_was_there_and_no_other(desk: Desk) -> None:
    into, elsewhere = await box(desk), await box(desk)
    cold = checked(await desk.staff.get(f"/api/storage/locations/{into['id']}"))["above"][1]
    there, left, came, other = [await sample(desk) for _ in range(4)]
    at = f"{into['path']}/"
    await custody(desk, there, "stored", location=f"{at}A1", happened_at=_ago(60))
    await custody(desk, left, "stored", location=f"{at}A2", happened_at=_ago(60))
    await custody(desk, left, "checked_out", happened_at=_ago(50))
    await custody(desk, came, "stored", location=f"{at}A3", happened_at=_ago(10))
    await custody(desk, other, "stored", location=f"{elsewhere['path']}/A1", happened_at=_ago(60))

    told = await _excursion(desk, cold, 40, 20)

    assert (told["container_count"], told["open_findings"]) == (1, 1)
    assert [await _kinds(desk, tube) for tube in (there, left, came, other)] == [
        ["stored", "excursion"],
        ["stored", "checked_out"],
        ["stored"],
        ["stored"],
    ]
    found = await whereabouts(desk, there)
    assert (found["position"], found["kind"], found["last_kind"], found["verified"]) == (
        "A1",
        "stored",
        "excursion",
        True,
    )
    events = checked(await desk.staff.get(f"/api/samples/{there['id']}/custody"))["items"]
    assert events[0]["temperature_c"] == -40
    assert "The door was open." in events[0]["note"]
    assert (await _excursion(desk, cold, 55, 52))["container_count"] == 2
    assert (await _excursion(desk, cold, 5, 1))["container_count"] == 2


async def test_an_excursion_of_an_aliquot_is_a_finding_of_its_sample(desk: Desk) -> None:
    into, tube = await box(desk), await sample(desk, volume_ul=50)
    asked = {"volume_ul": 5, "purpose": "a test of excursions"}
    aliquot = checked(await desk.staff.post(f"/api/samples/{tube['code']}/aliquots", json=asked))["code"]
    held = {"subject_kind": "aliquot", "subject_code": aliquot.lower()}
    made = checked(await desk.staff.post("/api/storage/containers", json=held))
    assert (made["subject_code"], made["lab_id"]) == (aliquot, desk.lab_id)
    stored = {"kind": "stored", "location": f"{into['path']}/A1", "happened_at": _ago(60)}
    checked(await desk.staff.post(f"/api/storage/containers/{aliquot}/custody", json=stored))
    cold = checked(await desk.staff.get(f"/api/storage/locations/{into['id']}"))["above"][1]

    told = await _excursion(desk, cold, 40, 20)

    found = checked(await desk.staff.get("/api/storage/findings", params={"excursion_id": told["id"]}))["items"]
    assert (told["container_count"], [item["sample_code"] for item in found]) == (1, [tube["code"]])


async def test_an_excursion_reaches_what_stood_there_before_it_was_moved_away(desk: Desk, product: Product) -> None:
    into = await box(desk)
    shown = checked(await desk.staff.get(f"/api/storage/locations/{into['id']}"))
    cold, shelf = shown["above"][1], shown["above"][2]
    _, other = await freezer(desk)
    tube = await sample(desk)
    await custody(desk, tube, "stored", location=f"{into['path']}/A1", happened_at=_ago(90))
    path = f"/api/storage/locations/{shelf['id']}"
    checked(await desk.staff.patch(path, json={"parent_id": other["id"]}, headers=seen({"version": 1})))
    async with product.db("sample") as owner:
        await owner.execute("ALTER TABLE storage_move DISABLE TRIGGER storage_move_never_changes")
        await owner.execute(
            "UPDATE storage_move SET moved_at = moved_at - make_interval(mins => CASE WHEN parent_id = $1 THEN 30 "
            "ELSE 120 END) WHERE location_id IN ($2, $3)",
            other["id"],
            shelf["id"],
            into["id"],
        )
        await owner.execute("ALTER TABLE storage_move ENABLE TRIGGER storage_move_never_changes")

    assert (await _excursion(desk, cold, 80, 70))["container_count"] == 1
    assert (await _excursion(desk, cold, 20, 10))["container_count"] == 0
    assert (await _excursion(desk, other, 20, 10))["container_count"] == 1
    assert (await _excursion(desk, other, 80, 70))["container_count"] == 0


async def test_a_finding_is_judged_once_with_a_reason(desk: Desk) -> None:
    into = await box(desk)
    tube = await sample(desk)
    await custody(desk, tube, "stored", location=f"{into['path']}/A1", happened_at=_ago(60))
    await _excursion(desk, into, 30, 20)
    listed = checked(await desk.submitter.get("/api/storage/findings", params={"sample_id": tube["id"]}))["items"]
    assert [item["max_temperature_c"] for item in listed] == [-40]
    assert checked(await desk.stranger.get("/api/storage/findings"))["items"] == []
    cell = checked(await desk.staff.get(f"/api/storage/locations/{into['id']}/map"))["cells"][0]
    assert cell["findings"] == 1
    path = f"/api/storage/findings/{listed[0]['id']}/judgement"
    asked = {"verdict": "use_with_care", "reason": "Still frozen."}

    judged = checked(await desk.staff.post(path, json=asked, headers=seen(listed[0])))

    assert (judged["verdict"], judged["version"]) == ("use_with_care", 2)
    again = await desk.staff.post(path, json=asked, headers=seen(judged))
    assert again.status_code == 409
    still = checked(await desk.staff.get("/api/storage/findings", params={"sample_id": tube["id"], "open": True}))
    assert still["items"] == []


async def test_an_excursion_that_cannot_be_is_refused_by_field(desk: Desk) -> None:
    _, cold = await freezer(desk)
    path = f"/api/storage/locations/{cold['id']}/excursions"
    for asked, wrong in (
        ({"from_at": _ago(10), "until_at": _ago(20), "max_temperature_c": -20}, "until_at"),
        ({"from_at": _ago(10), "until_at": _ago(-20), "max_temperature_c": -20}, "until_at"),
        ({"from_at": _ago(20), "until_at": _ago(10), "max_temperature_c": -90}, "max_temperature_c"),
    ):
        refused = await desk.staff.post(path, json={"note": "The door was open.", **asked})
        assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, [wrong])


async def test_capability_12_what_is_due_is_listed_and_nothing_is_destroyed_before_or_alone(desk: Desk) -> None:
    _, cold = await freezer(desk)
    into = await place(desk, "box", "B1", cold, grid_rows=2, grid_columns=2)
    project = checked(
        await desk.staff.post("/api/projects", json={"lab_id": desk.lab_id, "title": "Something to be thrown away"})
    )
    old, kept, returned = [await sample(desk, project_id=project["id"]) for _ in range(3)]
    await scan(desk, into, *({"barcode": tube["code"]} for tube in (old, kept, returned)))
    path = f"/api/projects/{project['id']}/retention"
    checked(await desk.staff.post(path, json={"keep_until": "2099-12-31", "reason": "Contract"}))
    checked(await desk.staff.post(path, json={"keep_until": "2025-12-31", "reason": "Contract ended"}))
    own = {"keep_until": "2099-01-31", "reason": "To be published"}
    checked(await desk.staff.post(f"/api/samples/{kept['id']}/retention", json=own))
    await custody(desk, returned, "returned", note="As agreed", shipping_ref="DHL 123")

    due = checked(await desk.staff.get("/api/storage/due", params={"project_id": project["id"]}))["items"]

    assert [(item["sample_code"], item["keep_until"], item["of"]) for item in due] == [
        (old["code"], "2025-12-31", "project")
    ]
    gone = {"kind": "destroyed", "note": "Retention is over.", "witness": "Somebody Else"}
    refused = await desk.staff.post(f"/api/samples/{kept['id']}/custody", json=gone)
    assert (refused.status_code, "2099-01-31" in refused.json()["detail"]) == (409, True)
    alone = await desk.staff.post(f"/api/samples/{old['id']}/custody", json=gone | {"witness": ""})
    assert (alone.status_code, [e["path"] for e in alone.json()["errors"]]) == (422, ["witness"])
    await custody(desk, old, **gone)
    assert checked(await desk.staff.get("/api/storage/due", params={"project_id": project["id"]}))["items"] == []
    no_day = (await desk.staff.get("/api/storage/due", params={"day": "2026-02-30"})).json()
    assert [error["path"] for error in no_day["errors"]] == ["day"]
    assert await _kinds(desk, returned) == ["stored", "returned"]
    events = checked(await desk.staff.get(f"/api/samples/{returned['id']}/custody"))["items"]
    assert (events[0]["shipping_ref"], events[0]["place"]) == ("DHL 123", "")
    shown = checked(await desk.staff.get(f"/api/samples/{kept['id']}/retention"))
    assert (shown["keep_until"], shown["of"]) == ("2099-01-31", "sample")


async def test_capability_12_a_sample_that_was_too_warm_goes_on_once_that_is_judged(
    desk: Desk, product: Product
) -> None:
    into, manager = await box(desk), await product.client("facility_manager")
    cold = checked(await desk.staff.get(f"/api/storage/locations/{into['id']}"))["above"][1]
    tube = await sample(desk)
    path = f"/api/samples/{tube['id']}"
    await custody(desk, tube, "stored", location=f"{into['path']}/A1", happened_at=_ago(60))
    await _excursion(desk, cold, 40, 20)

    async def missing() -> list[str]:
        return [one["code"] for one in checked(await desk.staff.get(f"{path}/gate"))["requirements"] if not one["met"]]

    for to in ("received", "sample_qc", "library_prep", "library_qc", "sequencing_setup"):
        assert ("excursion" in await missing()) == (to == "sequencing_setup")
        step = {"to": to, "reason": "A test.", "override": True}
        now = checked(await manager.get(path))
        checked(await manager.post(f"{path}/transitions", json=step, headers=seen(now)))
    assert "excursion" in await missing()
    refused = await desk.staff.post(
        f"{path}/transitions", json={"to": "sequencing_run"}, headers=seen(checked(await desk.staff.get(path)))
    )
    assert "reached -40 °C" in refused.json()["detail"]

    (found,) = checked(await desk.staff.get("/api/storage/findings", params={"sample_id": tube["id"]}))["items"]
    judgement = {"verdict": "use_with_care", "reason": "Thawed for minutes only."}
    judged = f"/api/storage/findings/{found['id']}/judgement"
    checked(await desk.staff.post(judged, json=judgement, headers=seen(found)))
    assert "excursion" not in await missing()
