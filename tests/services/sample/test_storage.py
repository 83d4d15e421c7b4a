"""Storage: the tree of places, boxes, and scanned tubes."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, said, seen
from tests.services.sample.shelves import box, custody, freezer, place, sample, scan, whereabouts


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def _shown(desk: Desk, location: Any) -> Any:
    return checked(await desk.staff.get(f"/api/storage/locations/{location['id']}"))


async def _map(desk: Desk, location: Any) -> dict[str, str]:
    found = checked(await desk.staff.get(f"/api/storage/locations/{location['id']}/map"))
    return {cell["position"]: cell["subject_code"] for cell in found["cells"]}


async def test_a_place_stands_below_the_right_kind_only(desk: Desk) -> None:
    room, cold = await freezer(desk)
    shelf = await place(desk, "shelf", "S1", cold)

    assert shelf["path"] == f"{room['code']}/F-80-1/S1"
    assert [step["code"] for step in shelf["above"]] == [room["code"], "F-80-1"]
    for asked in (
        {"kind": "shelf", "code": "S9", "parent_id": room["id"]},
        {"kind": "freezer", "code": "F9", "parent_id": shelf["id"]},
        {"kind": "box", "code": "B9", "parent_id": shelf["id"]},
        {"kind": "rack", "code": "R9", "parent_id": shelf["id"], "grid_rows": 9, "grid_columns": 9},
        {"kind": "drawer", "code": "D9"},
        {"kind": "room", "code": "R/9"},
    ):
        assert (await desk.staff.post("/api/storage/locations", json=asked)).status_code == 422, asked
    twice = await desk.staff.post(
        "/api/storage/locations", json={"kind": "shelf", "code": "s1", "parent_id": cold["id"]}
    )
    assert (twice.status_code, twice.json()["type"]) == (409, "already-exists")


async def test_no_statement_can_make_a_circle_of_places_or_two_of_one_name(desk: Desk, product: Product) -> None:
    room, cold = await freezer(desk)
    shelf = await place(desk, "shelf", "S1", cold)
    async with product.db("sample") as owner:
        for change, name in (
            ("UPDATE storage_location SET parent_id = $2, parent_rank = 4 WHERE id = $1", "storage_location_below"),
            ("UPDATE storage_location SET parent_id = $2, parent_rank = 2 WHERE id = $1", "storage_location_parent"),
            (
                "UPDATE storage_location SET parent_id = id, parent_rank = rank WHERE id IN ($1, $2)",
                "storage_location_b",
            ),
        ):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
                await owner.execute(change, cold["id"], shelf["id"])
            assert refused.value.constraint_name.startswith(name)
    assert (await _shown(desk, shelf))["path"] == f"{room['code']}/F-80-1/S1"


async def test_a_renamed_and_a_moved_place_take_along_what_is_in_them(desk: Desk) -> None:
    into = await box(desk)
    room, other = await freezer(desk)
    tube = await sample(desk)
    await scan(desk, into, {"barcode": tube["code"], "position": "C4"})
    shelf = {"id": into["parent_id"], "version": 1}

    path = f"/api/storage/locations/{shelf['id']}"
    moved = checked(await desk.staff.patch(path, json={"parent_id": other["id"], "code": "S7"}, headers=seen(shelf)))

    assert moved["path"] == f"{room['code']}/F-80-1/S7"
    shown = checked(await desk.staff.get(f"/api/samples/{tube['id']}"))
    assert shown["location"] == f"{room['code']}/F-80-1/S7/B1/C4"
    found = await whereabouts(desk, tube)
    assert (found["location"], found["position"], found["verified"]) == (shown["location"], "C4", True)
    stale = await desk.staff.patch(path, json={"code": "S8"}, headers=seen(shelf))
    assert stale.status_code == 412


async def test_only_an_empty_place_is_retired_and_then_takes_nothing(desk: Desk) -> None:
    into = await box(desk)
    tube = await sample(desk)
    await scan(desk, into, {"barcode": tube["code"]})
    path, retired = f"/api/storage/locations/{into['id']}", {"status": "retired"}

    full = await desk.staff.patch(path, json=retired, headers=seen(into))
    assert (full.status_code, full.json()["type"]) == (409, "not-empty")
    await custody(desk, tube, "checked_out")
    checked(await desk.staff.patch(path, json=retired, headers=seen(into)))

    refused = await desk.staff.post(f"{path}/placements", json={"placements": [{"barcode": tube["code"]}]})
    assert (refused.status_code, refused.json()["type"]) == (409, "not-allowed")


async def test_every_place_says_what_is_free(desk: Desk) -> None:
    room, cold = await freezer(desk)
    first = await place(desk, "box", "B1", cold, grid_rows=2, grid_columns=3)
    await place(desk, "box", "B2", cold, grid_rows=9, grid_columns=9)
    await scan(desk, first, {"barcode": (await sample(desk))["code"]}, {"barcode": (await sample(desk))["code"]})

    shown = await _shown(desk, room)

    assert (shown["capacity"], shown["used"], shown["free"], shown["child_count"]) == (87, 2, 85, 1)
    listed = checked(await desk.staff.get("/api/storage/locations", params={"parent_id": cold["id"]}))["items"]
    assert [(item["code"], item["free"]) for item in listed] == [("B1", 4), ("B2", 81)]


async def test_a_written_place_that_is_modelled_must_lead_somewhere(desk: Desk) -> None:
    into = await box(desk)
    tube = await sample(desk)
    path = f"/api/samples/{tube['id']}/custody"

    for location, position, wrong in (
        (f"{into['path']}/K1", "", "position"),
        (into["path"], "", "position"),
        (into["path"].replace("S1", "S2") + "/A1", "", "location"),
        ("a box that nobody scanned", "A1", "location"),
    ):
        asked = {"kind": "stored", "location": location, "position": position}
        refused = await desk.staff.post(path, json=asked)
        assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, [wrong]), location
    for location, position, wanted in (
        (f"{into['path'].lower()}/c4", "", f"{into['path']}/C4"),
        (into["barcode"], "d5", f"{into['path']}/D5"),
        ("Dr Okafor's bench", "", "Dr Okafor's bench"),
    ):
        await custody(desk, tube, "moved", location=location, position=position)
        assert checked(await desk.staff.get(f"/api/samples/{tube['id']}"))["location"] == wanted


async def test_a_position_holds_one_tube_and_the_refusal_names_both(desk: Desk, product: Product) -> None:
    into = await box(desk)
    first, second = await sample(desk), await sample(desk)
    await custody(desk, first, "stored", location=f"{into['path']}/A1")

    refused = await desk.staff.post(
        f"/api/samples/{second['id']}/custody", json={"kind": "stored", "location": f"{into['path']}/A1"}
    )

    assert (refused.status_code, refused.json()["type"]) == (409, "occupied")
    assert first["code"] in refused.json()["detail"]
    assert second["code"] in refused.json()["detail"]
    await custody(desk, second, "stored", location=f"{into['path']}/A2")
    async with product.db("sample") as owner:
        with pytest.raises(asyncpg.UniqueViolationError):
            await owner.execute("UPDATE container SET column_number = 1 WHERE subject_code = $1", second["code"])
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute("UPDATE container SET column_number = 10 WHERE subject_code = $1", second["code"])


async def test_of_two_who_put_tubes_at_one_position_at_once_one_is_refused(desk: Desk) -> None:
    into = await box(desk)
    tubes = [await sample(desk) for _ in range(6)]

    answers = await asyncio.gather(
        *(
            desk.staff.post(
                f"/api/samples/{tube['id']}/custody", json={"kind": "stored", "location": f"{into['path']}/A1"}
            )
            for tube in tubes
        )
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert len(await _map(desk, into)) == 1


async def test_capability_12_a_box_is_scanned_at_once_and_every_wrong_tube_is_told_apart(desk: Desk) -> None:
    into = await box(desk, 8, 12)
    tubes = [await sample(desk, container_barcode=said("TUBE").replace(" ", "-")) for _ in range(94)]
    gone = await sample(desk)
    await custody(desk, gone, "destroyed", note="It was empty.", witness="Somebody Else")
    await custody(desk, tubes[0], "stored", location=f"{into['path']}/A1")

    told = await scan(
        desk,
        into,
        {"barcode": tubes[0]["container_barcode"], "position": "A1"},
        *({"barcode": tube["container_barcode"]} for tube in tubes[1:]),
        {"barcode": tubes[5]["code"]},
        {"barcode": "NO-SUCH-TUBE"},
        {"barcode": gone["code"], "position": "H12"},
    )

    assert (told["placed"], told["refused"]) == (94, 3)
    assert [row["reason"] for row in told["results"][-3:]] == ["twice", "unknown", "not-allowed"]
    assert (await _map(desk, into)) == {
        f"{'ABCDEFGH'[at // 12]}{at % 12 + 1}": tube["code"] for at, tube in enumerate(tubes)
    }
    swapped = await scan(
        desk, into, {"barcode": tubes[93]["code"], "position": "H12"}, {"barcode": tubes[92]["code"], "position": "H10"}
    )
    assert (swapped["placed"], swapped["refused"]) == (2, 0)
    wrong = await scan(
        desk, into, {"barcode": tubes[1]["code"], "position": "A3"}, {"barcode": tubes[2]["code"], "position": "J1"}
    )
    assert [row["reason"] for row in wrong["results"]] == ["occupied", "no-such-position"]
    assert tubes[1]["code"] in wrong["results"][0]["message"]
    assert tubes[2]["code"] in wrong["results"][0]["message"]


async def test_the_barcode_of_a_tube_follows_its_sample(desk: Desk) -> None:
    into = await box(desk)
    tube, other = await sample(desk), await sample(desk)
    await scan(desk, into, {"barcode": tube["code"]}, {"barcode": other["code"]})
    shown = checked(await desk.staff.get(f"/api/samples/{tube['id']}"))
    barcode = said("NEW").replace(" ", "-")

    checked(
        await desk.staff.patch(f"/api/samples/{tube['id']}", json={"container_barcode": barcode}, headers=seen(shown))
    )

    again = await scan(desk, into, {"barcode": barcode, "position": "E5"})
    assert (again["placed"], again["results"][0]["subject_code"]) == (1, tube["code"])
    shown = checked(await desk.staff.get(f"/api/samples/{other['id']}"))
    taken = await desk.staff.patch(
        f"/api/samples/{other['id']}", json={"container_barcode": barcode}, headers=seen(shown)
    )
    assert (taken.status_code, taken.json()["type"]) == (409, "already-exists")


async def test_only_staff_see_storage_and_a_submitter_sees_where_the_own_tube_is(desk: Desk) -> None:
    into = await box(desk)
    tube = await sample(desk)
    await scan(desk, into, {"barcode": tube["code"]})

    for path in ("", f"/{into['id']}", f"/{into['id']}/map"):
        assert (await desk.submitter.get(f"/api/storage/locations{path}")).status_code == 403
    assert checked(await desk.submitter.get(f"/api/samples/{tube['id']}/whereabouts"))["position"] == "A1"
    assert (await desk.stranger.get(f"/api/samples/{tube['id']}/whereabouts")).status_code == 404


_PLAN = "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_hashjoin = off; "
#: Containers that are nowhere yet; they are gone with the transaction.
_MANY = """INSERT INTO container (id, barcode, kind, subject_kind, subject_code, status, created_at, updated_at)
    SELECT gen_random_uuid(), 'MANY-' || n, 'tube', 'pool', 'P00-' || n, 'expected', now(), now()
    FROM generate_series(1, 20000) n; ANALYZE container"""


async def test_a_full_box_is_read_by_one_statement_along_indexes(desk: Desk, product: Product) -> None:
    from nanopore_tracking.services.sample.placements.store import Q

    into = await box(desk, 12, 12)
    async with product.db("sample") as owner:
        # As the planner chooses it among many containers: the few of the tests would be read whole, by any index.
        await owner.execute(_PLAN + _MANY)
        plan = "\n".join(row[0] for row in await owner.fetch(f"EXPLAIN {Q.box_map.text}", into["id"], ""))
        await owner.execute("ROLLBACK")
    assert "container_location" in plan or "container_position" in plan, plan
    assert "custody_sequence" in plan, plan
    assert "Seq Scan on container" not in plan
    assert "Seq Scan on custody_event" not in plan
