"""Changing many samples as one job: nothing passes that the single route refuses, nothing is lost, once undone."""

import asyncio
import contextlib
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.bulk import BulkChange
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.services.sample.bulk import commands, store
from nanopore_tracking.services.sample.bulk_groups import commands as groups
from nanopore_tracking.services.sample.bulk_groups import jobs
from tests.harness.laboratory import Laboratory
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, said, seen


class _Undone(Exception):
    """Takes a transaction back."""


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def _registered(desk: Desk, count: int, **values: Any) -> list[Any]:
    asked = {"project_id": desk.project_id, "material": "HMW gDNA", **values}
    return [
        checked(await desk.staff.post("/api/samples", json={**asked, "name": said(f"bulk {n}")})) for n in range(count)
    ]


async def _show(desk: Desk, sample: Any) -> Any:
    return checked(await desk.staff.get(f"/api/samples/{sample['id']}"))


async def _begin(client: httpx.AsyncClient, samples: list[Any], **operation: Any) -> httpx.Response:
    selection = {"ids": [sample["id"] for sample in samples]}
    return await client.post("/api/samples/bulk", json={"selection": selection, "operation": operation})


async def _done(desk: Desk, job: Any) -> Any:
    async def finished() -> Any:
        found = checked(await desk.staff.get(f"/api/samples/bulk/{job['id']}"))
        return found if found["state"] == "done" else None

    return await Product.eventually(finished)


async def _results(desk: Desk, job: Any, **filters: Any) -> list[Any]:
    path = f"/api/samples/bulk/{job['id']}/results"
    return list(checked(await desk.staff.get(path, params={"limit": 200, **filters}))["items"])


async def _undo(desk: Desk, job: Any) -> httpx.Response:
    path = f"/api/samples/bulk/{job['id']}/undo"
    return await desk.staff.post(path, json={"reason": "It was the wrong rack."}, headers=seen(job))


async def _receive(desk: Desk, sample: Any) -> None:
    said_ = {"kind": "received", "condition": "intact"}
    checked(await desk.staff.post(f"/api/samples/{sample['id']}/custody", json=said_))


async def test_a_preview_says_what_will_and_what_will_not_change_and_the_job_does_just_that(desk: Desk) -> None:
    samples = await _registered(desk, 5)
    for sample in samples[:3]:
        await _receive(desk, sample)
    asked = {
        "selection": {"ids": [sample["id"] for sample in samples]},
        "operation": {"kind": "move", "to": "received"},
    }

    foreseen = checked(await desk.staff.post("/api/samples/bulk/preview", json=asked))
    job = await _done(desk, checked(await desk.staff.post("/api/samples/bulk", json=asked)))

    assert (foreseen["total"], foreseen["will_change"], foreseen["will_not"]) == (5, 3, 2)
    assert [reason["reason"] for reason in foreseen["reasons"]] == ["gate-not-met"]
    assert {item["code"] for item in foreseen["refused"]} == {sample["code"] for sample in samples[3:]}
    assert (job["changed"], job["refused"], job["unchanged"]) == (3, 2, 0)
    assert [item["code"] for item in await _results(desk, job, outcome="refused")] == [s["code"] for s in samples[3:]]
    assert [(await _show(desk, sample))["stage"] for sample in samples] == ["received"] * 3 + ["expected"] * 2


async def test_the_audit_log_has_each_change_under_the_jobs_id_and_whoever_asked(desk: Desk, product: Product) -> None:
    samples = await _registered(desk, 3)
    job = await _done(desk, checked(await _begin(desk.staff, samples, kind="change", priority="high")))
    manager = await product.client("facility_manager")

    async def told() -> Any:
        found = checked(await manager.get("/api/audit/entries", params={"request_id": f"bulk-{job['id']}"}))["items"]
        return found if len(found) == 4 else None

    entries = await product.eventually(told)
    assert [entry["type"] for entry in entries] == ["bulk.finished", *["sample.changed"] * 3]
    assert {entry["subject"]["code"] for entry in entries[1:]} == {sample["code"] for sample in samples}
    assert {entry["actor"]["name"] for entry in entries} == {job["created_by"]}
    assert entries[1]["changes"] == [{"field": "priority", "before": "normal", "after": "high"}]


async def test_an_undo_restores_what_was_not_changed_since(desk: Desk) -> None:
    samples = await _registered(desk, 4)
    job = await _done(desk, checked(await _begin(desk.staff, samples, kind="change", priority="high", assignee="Bo")))
    touched = await _show(desk, samples[1])
    checked(await desk.staff.patch(f"/api/samples/{touched['id']}", json={"assignee": "Cy"}, headers=seen(touched)))
    noted = await _show(desk, samples[2])
    checked(await desk.staff.patch(f"/api/samples/{noted['id']}", json={"comment": "Viscous."}, headers=seen(noted)))

    undone = await _done(desk, checked(await _undo(desk, job)))

    assert (undone["changed"], undone["refused"], undone["undoes"]) == (3, 1, job["id"])
    now = [await _show(desk, sample) for sample in samples]
    assert [(s["priority"], s["assignee"]) for s in now] == [("normal", ""), ("high", "Cy"), *[("normal", "")] * 2]
    assert now[2]["comment"] == "Viscous."
    again = await _undo(desk, job)
    assert (again.status_code, again.json()["type"]) == (409, "done-already")
    of_undo = await _undo(desk, undone)
    assert of_undo.status_code == 409


async def test_an_undo_moves_back_with_the_reason_and_within_the_rules(desk: Desk) -> None:
    samples = await _registered(desk, 2)
    held = await _done(
        desk, checked(await _begin(desk.staff, samples, kind="move", to="on_hold", reason="A question."))
    )
    back = await _done(desk, checked(await _undo(desk, held)))
    assert back["changed"] == 2
    assert [(await _show(desk, sample))["status"] for sample in samples] == ["queued", "queued"]

    for sample in samples:
        await _receive(desk, sample)
    moved = await _done(desk, checked(await _begin(desk.staff, samples, kind="move", to="received")))
    nowhere = await _done(desk, checked(await _undo(desk, moved)))
    assert (nowhere["changed"], nowhere["refused"]) == (0, 2)
    assert {item["reason"] for item in await _results(desk, nowhere)} == {"not-allowed"}

    checked(await _begin(desk.staff, samples, kind="move", to="cancelled", reason="Withdrawn."))


async def test_a_stage_that_was_worked_at_since_is_not_moved_back(desk: Desk) -> None:
    (sample,) = await _registered(desk, 1)
    await _receive(desk, sample)
    stored = {"kind": "stored", "location": "R1/F1"}
    checked(await desk.staff.post(f"/api/samples/{sample['id']}/custody", json=stored))
    await _done(desk, checked(await _begin(desk.staff, [sample], kind="move", to="received")))
    job = await _done(desk, checked(await _begin(desk.staff, [sample], kind="move", to="sample_qc")))

    undone = await _done(desk, checked(await _undo(desk, job)))

    assert undone["changed"] == 1
    now = await _show(desk, sample)
    assert now["stage"] == "received"
    path = f"/api/samples/{sample['id']}/transitions"
    last = checked(await desk.staff.get(path))["items"][0]
    assert (last["direction"], last["reason"]) == ("back", "Undo: It was the wrong rack.")


async def test_all_that_match_are_changed_and_others_not_even_where_the_number_differs(desk: Desk) -> None:
    samples = await _registered(desk, 3, assignee=said("Di"))
    filters = {"assignee": samples[0]["assignee"]}
    asked = {"selection": {"filters": filters, "count": 3}, "operation": {"kind": "change", "priority": "low"}}

    job = await _done(desk, checked(await desk.staff.post("/api/samples/bulk", json=asked)))
    assert (job["total"], job["changed"]) == (3, 3)
    asked["selection"] = {"filters": filters, "count": 4}
    refused = await desk.staff.post("/api/samples/bulk", json=asked)
    assert (refused.status_code, refused.json()["type"]) == (409, "selection-changed")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"selection": {}, "operation": {"kind": "move", "to": "received"}}, 422),
        ({"selection": {"ids": ["x"]}, "operation": {"kind": "move", "to": "received"}}, 422),
        ({"selection": {"filters": {}, "ids": [str(uuid4())]}, "operation": {"kind": "move", "to": "received"}}, 422),
        ({"selection": {"ids": [str(uuid4())]}, "operation": {"kind": "move", "to": "received"}}, 404),
        ({"selection": {"filters": {"stages": []}}, "operation": {"kind": "move", "to": "received"}}, 422),
        ({"selection": {"filters": {}}, "operation": {"kind": "change"}}, 422),
        ({"selection": {"filters": {}}, "operation": {"kind": "undo"}}, 422),
    ],
)
async def test_what_is_no_change_of_many_is_refused(desk: Desk, asked: Any, status: int) -> None:
    for path in ("/api/samples/bulk", "/api/samples/bulk/preview"):
        assert (await desk.staff.post(path, json=asked)).status_code == status


async def test_submitters_change_nothing_in_bulk(desk: Desk) -> None:
    samples = await _registered(desk, 1)

    assert (await _begin(desk.submitter, samples, kind="change", priority="urgent")).status_code == 403
    assert (await desk.submitter.get("/api/samples/bulk")).status_code == 403


async def test_the_same_job_sent_twice_is_one(desk: Desk) -> None:
    samples = await _registered(desk, 1)
    body = {"selection": {"ids": [samples[0]["id"]]}, "operation": {"kind": "change", "comment": "Once."}}
    key = {"Idempotency-Key": str(uuid4())}

    first, second = [checked(await desk.staff.post("/api/samples/bulk", json=body, headers=key)) for _ in range(2)]

    assert first["id"] == second["id"]


async def test_a_group_is_done_whole_or_not_at_all_and_another_replica_goes_on(laboratory: Laboratory) -> None:
    ids = [await laboratory.register() for _ in range(250)]
    asked = msgspec.convert(
        {"selection": {"ids": ids}, "operation": {"kind": "change", "priority": "high"}}, BulkChange
    )
    job_id = UUID((await laboratory.run(lambda tx: commands.begin(tx, asked, may_override=False)))["id"])
    job = await store.find_job(laboratory.db, job_id)
    assert job.groups_left == 3

    with contextlib.suppress(_Undone):  # A crash: the transaction never commits.
        async with laboratory.db.transaction(laboratory.call()) as tx:
            _, number = await store.take_group(tx) or (None, -1)
            await groups.run_group(tx, job, number)
            raise _Undone
    assert {(await laboratory.show(sample_id)).priority for sample_id in ids[:100]} == {"normal"}

    async def replica() -> int:
        done = 0
        while True:
            async with laboratory.db.transaction(Call.system("sample")) as tx:
                taken = await store.take_group(tx)
                if taken is None:
                    return done
                await groups.run_group(tx, await store.find_job(tx, taken[0]), taken[1])
                done += 1

    assert sum(await asyncio.gather(replica(), replica(), replica())) == 3
    assert {(await laboratory.show(sample_id)).priority for sample_id in ids} == {"high"}
    assert len([event for event in await laboratory.events(ids[7]) if event["type"] == "sample.changed"]) == 1
    assert (await store.find_job(laboratory.db, job_id)).finished_at is not None


async def test_a_job_is_done_once_although_its_connections_are_killed(desk: Desk, product: Product) -> None:
    samples = await _registered(desk, 250, priority="low")
    job = checked(await _begin(desk.staff, samples, kind="change", comment="Killed and resumed."))

    async with product.db("sample") as owner:
        for _ in range(8):
            await owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            await asyncio.sleep(0.03)
        done = await _done(desk, job)
        events = await owner.fetchval(
            "SELECT count(*) FROM bulk_item WHERE job_id = $1 AND outcome = 'changed'", job["id"]
        )

    assert (done["changed"], done["refused"], events) == (250, 0, 250)
    assert {(await _show(desk, sample))["version"] for sample in samples[::50]} == {2}


def test_the_job_runs_on_every_replica() -> None:
    assert [(job.name, job.everywhere) for job in jobs.JOBS] == [("bulk", True)]
