"""Samples over HTTP: who may do what, versions, problems, and one sample's whole way by the public API alone."""

from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.harness import going_out
from tests.harness.product import Product, checked
from tests.harness.ways import RECORDED
from tests.services.sample.desk import Desk, opened, said, seen

STAGES = (*RECORDED, "archived")


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def _registered(desk: Desk, **values: Any) -> Any:
    asked = {"project_id": desk.project_id, "name": said("gut"), "material": "HMW gDNA", **values}
    return checked(await desk.staff.post("/api/samples", json=asked))


async def _move(client: httpx.AsyncClient, sample: Any, to: str, **more: Any) -> httpx.Response:
    path = f"/api/samples/{sample['id']}/transitions"
    return await client.post(path, json={"to": to, **more}, headers=seen(sample))


async def _shown(desk: Desk, sample: Any) -> Any:
    return checked(await desk.staff.get(f"/api/samples/{sample['id']}"))


async def test_a_sample_is_registered_and_shown_by_id_and_code(desk: Desk) -> None:
    asked = {"project_id": desk.project_id, "name": said("gut"), "volume_ul": 50, "qubit_ng_per_ul": 30.5}

    answer = await desk.staff.post("/api/samples", json=asked)

    sample = checked(answer)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/samples/{sample['id']}"
    assert answer.headers["etag"] == '"v1"'
    for name in (sample["id"], sample["code"], sample["code"].lower()):
        shown = await desk.submitter.get(f"/api/samples/{name}")
        found = checked(shown)
        assert (found["id"], found["submitted"]["volume_ul"], shown.headers["etag"]) == (sample["id"], 50, '"v1"')
    again = await desk.staff.get(f"/api/samples/{sample['id']}", headers={"If-None-Match": '"v1"'})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "volume_ul": -1}, "volume_ul"),
        ({"name": "x", "kind": "sample"}, "kind"),
        ({"name": "x", "stage": "delivered"}, "stage"),
        ({"name": "x", "container_barcode": "a b"}, "container_barcode"),
        ({"name": "x", "a260_a280": "1.8"}, "a260_a280"),
    ],
)
async def test_what_is_not_right_is_refused_by_field(desk: Desk, asked: dict[str, Any], path: str) -> None:
    answer = await desk.staff.post("/api/samples", json={"project_id": desk.project_id, **asked})

    assert answer.status_code == 422
    assert path in [error["path"] for error in answer.json()["errors"]]


async def test_submitters_see_their_labs_samples_and_change_none(desk: Desk) -> None:
    sample = await _registered(desk)
    path = f"/api/samples/{sample['id']}"

    for place in ("", "/measurements", "/custody", "/records", "/transitions", "/gate"):
        assert (await desk.submitter.get(path + place)).status_code == 200
        assert (await desk.stranger.get(path + place)).status_code == 404
    for verb, where, asked in (
        ("PATCH", "", {"priority": "urgent", "priority_reason": "Patient waits."}),
        ("POST", "/transitions", {"to": "cancelled", "reason": "x"}),
        ("POST", "/measurements", {"quantity": "volume", "value": 1, "unit": "ul", "method": "pipette"}),
        ("POST", "/custody", {"kind": "thawed"}),
        ("POST", "/records", {"kind": "decision", "verdict": "pass"}),
    ):
        answer = await desk.submitter.request(verb, path + where, json=asked, headers=seen(sample))
        assert answer.status_code == 403, (verb, where)
    filters = {"project_id": desk.project_id}
    assert checked(await desk.stranger.get("/api/samples", params=filters))["items"] == []
    assert checked(await desk.stranger.get("/api/samples/count", params=filters))["count"] == 0
    assert checked(await desk.stranger.get("/api/samples/summary", params={"lab_id": desk.lab_id}))["total"] == 0
    assert (await desk.stranger.get("/api/samples/lookup", params={"code": sample["code"]})).status_code == 404


async def test_a_change_needs_the_version_that_was_seen(desk: Desk) -> None:
    sample = await _registered(desk)
    path = f"/api/samples/{sample['code']}"

    assert (await desk.staff.patch(path, json={"priority": "high"})).status_code == 428
    changed = await desk.staff.patch(path, json={"priority": "high", "assignee": "bob"}, headers=seen(sample))
    assert (changed.json()["priority"], changed.headers["etag"]) == ("high", '"v2"')
    stale = await desk.staff.patch(path, json={"priority": "low"}, headers=seen(sample))
    assert (stale.status_code, stale.json()["type"].rpartition("/")[2], stale.json()["version"]) == (412, "stale", 2)
    assert (await _move(desk.staff, sample, "on_hold", reason="Wait.")).status_code == 412
    without = await desk.staff.post(f"{path}/transitions", json={"to": "on_hold", "reason": "Wait."})
    assert without.status_code == 428


@pytest.mark.parametrize("field", ["volume_ul", "submitted", "name", "material", "lab_id", "code", "stage"])
async def test_what_was_submitted_is_no_field_of_a_change(desk: Desk, field: str) -> None:
    sample = await _registered(desk, volume_ul=50)

    answer = await desk.staff.patch(f"/api/samples/{sample['id']}", json={field: 1}, headers=seen(sample))

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, field)
    assert await _shown(desk, sample) == sample


async def test_a_refused_transition_says_what_is_allowed_and_what_is_missing(desk: Desk) -> None:
    sample = await _registered(desk)

    refused = (await _move(desk.staff, sample, "received")).json()
    elsewhere = (await _move(desk.staff, sample, "basecalling")).json()

    assert (refused["status"], refused["type"].rpartition("/")[2]) == (409, "gate-not-met")
    (missing,) = refused["missing"]
    assert missing["code"] == "received"
    assert set(missing) == {"code", "message", "how", "fulfilled_by"}
    assert elsewhere["type"].rpartition("/")[2] == "not-allowed"
    assert set(elsewhere["allowed"]) == {"received", "on_hold", "never_arrived", "failed", "cancelled"}
    gate = checked(await desk.staff.get(f"/api/samples/{sample['id']}/gate"))
    assert (gate["to"], gate["met"], gate["requirements"][0]["code"]) == ("received", False, "received")


async def test_only_a_manager_passes_over_what_is_missing(desk: Desk, product: Product) -> None:
    manager = await product.client("facility_manager")
    sample = await _registered(desk)
    asked = {"override": True, "reason": "The scanner is broken."}

    assert (await _move(desk.staff, sample, "received", **asked)).status_code == 403
    assert (await _move(manager, sample, "received", override=True)).status_code == 422
    moved = checked(await _move(manager, sample, "received", **asked))

    assert moved["stage"] == "received"
    (change,) = checked(await desk.staff.get(f"/api/samples/{sample['id']}/transitions"))["items"]
    assert (change["missing"], change["reason"]) == (["received"], "The scanner is broken.")


async def test_the_same_request_sent_again_has_one_effect(desk: Desk) -> None:
    sample = await _registered(desk)
    path = f"/api/samples/{sample['id']}/measurements"
    asked = {"quantity": "volume", "value": 48.5, "unit": "ul", "method": "pipette"}
    key = {"Idempotency-Key": said("key").replace(" ", "-")}

    first = await desk.staff.post(path, json=asked, headers=key)
    again = await desk.staff.post(path, json=asked, headers=key)

    assert (first.status_code, first.json()) == (201, again.json())
    assert len(checked(await desk.staff.get(path))["items"]) == 1
    invalid = await desk.staff.post(f"{path}/{first.json()['id']}/invalidation", json={"reason": "Wrong tube."})
    assert checked(invalid)["state"] == "invalid"


async def test_lists_are_filtered_sorted_and_paged(desk: Desk) -> None:
    project = checked(await desk.staff.post("/api/projects", json={"lab_id": desk.lab_id, "title": said("Own")}))
    made = [await _registered(desk, project_id=project["id"], name=f"list {n}") for n in range(5)]
    asked: dict[str, Any] = {"project_id": project["id"], "sort": "code", "limit": 2}
    codes, after = [], None
    while True:
        page = checked(await desk.staff.get("/api/samples", params=asked | ({"after": after} if after else {})))
        codes += [item["code"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break

    assert codes == [sample["code"] for sample in made]
    counted = {"project_id": project["id"], "stage": ["expected", "received"], "status": "queued"}
    assert checked(await desk.staff.get("/api/samples/count", params=counted)) == {"count": 5, "exact": True}
    for wrong in ({"sort": "colour"}, {"stage": "nowhere"}, {"limit": 500}, {"colour": "red"}, {"after": "x"}):
        assert (await desk.staff.get("/api/samples", params=wrong)).status_code == 422, wrong


async def test_board_and_look_up_answer_over_http(desk: Desk) -> None:
    sample = await _registered(
        desk, priority="urgent", priority_reason="Patient waits.", container_barcode=said("T").replace(" ", "-")
    )

    board = checked(await desk.staff.get("/api/samples/board", params={"project_id": desk.project_id}))
    found = checked(await desk.staff.get("/api/samples/lookup", params={"code": sample["container_barcode"]}))

    assert board["columns"][0]["stage"] == "expected"
    assert sample["code"] in [card["code"] for card in board["columns"][0]["cards"]]
    assert (found["kind"], found["id"], found["code"]) == ("sample", sample["id"], sample["code"])


async def test_one_sample_goes_the_whole_way_by_the_public_api(product: Product, desk: Desk) -> None:
    sample = await _registered(desk, volume_ul=60)
    for here, to in pairwise(STAGES):
        for verb, what in RECORDED[here]:
            await _recorded(product, desk, sample, verb, **what)
        sample = await _shown(desk, sample)
        if to != "delivered":
            sample = checked(await _move(desk.staff, sample, to))
        assert sample["stage"] == to

    assert (sample["status"], sample["submitted"]["volume_ul"], sample["volume_ul"]) == ("done", 60, 48)


async def _recorded(product: Product, desk: Desk, sample: Any, verb: str, **what: Any) -> None:
    from tests.harness.laboratory import FITTING, LIBRARY, RECORDS

    if verb == "library":
        made = {"sources": [{"sample": sample["code"]}], "prepared": True, **LIBRARY, **what}
        checked(await desk.staff.post("/api/libraries", json=made))
        return
    if verb == "step":
        found = checked(await desk.staff.get("/api/libraries", params={"sample": sample["code"]}))["items"][0]
        path = f"/api/libraries/{found['code']}/transitions"
        checked(await desk.staff.post(path, json=what, headers=seen(found)))
        return
    if verb == "plan":
        await going_out.plan_by_api(desk.staff, sample["code"])
        return
    if verb in ("deliver", "receive"):
        manager = await product.client("facility_manager")
        if verb == "deliver":
            await going_out.deliver_by_api(manager, sample["code"])
        else:
            await going_out.receive_by_api(manager, sample["id"])
        return
    place = {"custody": "custody", "measure": "measurements", "record": "records"}[verb]
    if verb == "measure":
        unit, method = FITTING[what["quantity"]]
        what = {"unit": unit, "method": method, **what}
    elif verb == "record":
        what = {**RECORDS[what["kind"]], **what}
        if what["kind"] == "run":
            (run,) = checked(await desk.staff.get("/api/runs", params={"sample": sample["code"]}))["items"]
            what["flow_cell_id"] = run["flow_cell"]
    checked(await desk.staff.post(f"/api/samples/{sample['id']}/{place}", json=what))
