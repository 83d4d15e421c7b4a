"""Custody of containers: where each is and who says so, proved by its events alone."""

import asyncpg
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened
from tests.services.sample.shelves import box, custody, sample, scan, whereabouts


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def test_capability_12_custody_says_where_a_tube_is_and_who_says_so_from_events_alone(
    desk: Desk, product: Product
) -> None:
    into = await box(desk)
    tube = await sample(desk)
    await custody(desk, tube, "received", condition="intact", temperature_c=-70.25)
    await scan(desk, into, {"barcode": tube["code"], "position": "B2"})
    await custody(desk, tube, "thawed", note="2 minutes")

    found = await whereabouts(desk, tube)

    assert (found["location"], found["kind"], found["last_kind"]) == (f"{into['path']}/B2", "stored", "thawed")
    assert found["said_by"].startswith("Person")
    assert (found["events"], found["verified"], found["trouble"]) == (3, True, "")
    async with product.db("sample") as owner:
        # The table is not what it says: it can be lost and is known again from the events.
        await owner.execute("UPDATE container SET column_number = 9 WHERE sample_id = $1", tube["id"])
        moved = await whereabouts(desk, tube)
        assert (moved["position"], moved["verified"]) == ("B2", False)
        assert "column_number" in moved["trouble"]
        await owner.execute("UPDATE container SET column_number = 2 WHERE sample_id = $1", tube["id"])
        assert (await whereabouts(desk, tube))["verified"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE custody_event SET person = 'Mallory' WHERE sample_id = $1 AND sequence = 2",
        "UPDATE custody_event SET happened_at = happened_at - interval '1 day' WHERE sample_id = $1 AND sequence = 1",
        "UPDATE custody_event SET place = 'elsewhere' WHERE sample_id = $1 AND sequence = 3",
        "DELETE FROM custody_event WHERE sample_id = $1 AND sequence = 2",
        "DELETE FROM custody_event WHERE sample_id = $1 AND sequence = 3",
    ],
)
async def test_capability_12_a_changed_or_missing_custody_event_is_found(
    desk: Desk, product: Product, change: str
) -> None:
    tube = await sample(desk)
    await custody(desk, tube, "received", condition="intact")
    await custody(desk, tube, "stored", location="bench 1")
    await custody(desk, tube, "moved", location="bench 2")
    async with product.db("sample") as owner:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(change, tube["id"])
        await owner.execute("ALTER TABLE custody_event DISABLE TRIGGER custody_never_changes")
        await owner.execute(change, tube["id"])
        await owner.execute("ALTER TABLE custody_event ENABLE TRIGGER custody_never_changes")

    found = await whereabouts(desk, tube)

    assert not found["verified"]
    assert found["trouble"]


async def test_an_aliquot_has_a_container_of_its_own_and_a_history(desk: Desk) -> None:
    into = await box(desk)
    part = {"volume_ul": 5, "purpose": "a test of containers"}
    of = await sample(desk, volume_ul=50)
    code = checked(await desk.staff.post(f"/api/samples/{of['code']}/aliquots", json=part))["code"]
    made = checked(
        await desk.staff.post(
            "/api/storage/containers",
            json={"kind": "cryovial", "subject_kind": "aliquot", "subject_code": code, "volume_ul": 20},
        )
    )
    await scan(desk, into, {"barcode": code, "position": "A1"})
    path = f"/api/storage/containers/{made['barcode']}"
    for asked in ({"kind": "aliquoted", "note": "5 µL"}, {"kind": "consumed"}):
        checked(await desk.staff.post(f"{path}/custody", json=asked))

    listed = checked(await desk.staff.get(f"{path}/custody"))["items"]
    found = checked(await desk.staff.get(f"{path}/whereabouts"))

    assert [item["kind"] for item in listed] == ["consumed", "aliquoted", "stored"]
    assert (found["status"], found["location"], found["verified"]) == ("consumed", "", True)
    again = await desk.staff.post(f"{path}/custody", json={"kind": "thawed"})
    assert (again.status_code, again.json()["type"]) == (409, "not-allowed")
    twice = await desk.staff.post("/api/storage/containers", json={"subject_kind": "aliquot", "subject_code": code})
    assert twice.status_code == 409
    for kind in ("aliquot", "library", "pool"):
        unknown = {"subject_kind": kind, "subject_code": "X26-999999"}
        missing = await desk.staff.post("/api/storage/containers", json=unknown)
        assert (missing.status_code, missing.json()["type"]) == (404, "not-found")
