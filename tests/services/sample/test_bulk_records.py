"""Receiving many and deciding about many: just what is recorded one by one, nothing twice, and nothing taken back."""

import asyncio
import contextlib
import functools
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.bulk import BulkChange
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.services.sample.bulk import commands, store
from nanopore_tracking.services.sample.bulk_groups import commands as groups
from tests.harness.laboratory import ALICE, Laboratory
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, said, seen
from tests.services.sample.shelves import box, custody, sample, whereabouts

_UNDO = """INSERT INTO bulk_job (id, kind, operation, undoes, may_override, actor_kind, actor_id, actor_name, total,
    groups_left, created_at) VALUES ($1, 'undo', '{}', $2, false, 'person', 'x', 'x', 1, 1, now())"""
ARRIVAL = {"kind": "receive", "condition": "intact"}


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


def _asked(samples: list[Any], operation: dict[str, Any]) -> dict[str, Any]:
    return {"selection": {"ids": [one["id"] for one in samples]}, "operation": operation}


async def _preview(desk: Desk, samples: list[Any], operation: dict[str, Any]) -> Any:
    return checked(await desk.staff.post("/api/samples/bulk/preview", json=_asked(samples, operation)))


async def _begin(client: httpx.AsyncClient, samples: list[Any], operation: dict[str, Any]) -> httpx.Response:
    return await client.post("/api/samples/bulk", json=_asked(samples, operation))


async def _done(desk: Desk, begun: httpx.Response) -> tuple[Any, dict[str, Any]]:
    """Return the job at its end, and what became of each sample by its code."""
    job = checked(begun)
    path = f"/api/samples/bulk/{job['id']}"

    async def finished() -> Any:
        found = checked(await desk.staff.get(path))
        return found if found["state"] == "done" else None

    done = await Product.eventually(finished)
    items = checked(await desk.staff.get(f"{path}/results", params={"limit": 200}))["items"]
    return done, {item["code"]: item for item in items}


async def _happened(desk: Desk, one: Any) -> list[Any]:
    path = f"/api/samples/{one['id']}/custody"
    return list(checked(await desk.staff.get(path, params={"sort": "sequence"}))["items"])


async def _records(desk: Desk, one: Any) -> list[Any]:
    return list(checked(await desk.staff.get(f"/api/samples/{one['id']}/records"))["items"])


async def _told(product: Product, **filters: str) -> list[Any]:
    manager = await product.client("facility_manager")
    return list(checked(await manager.get("/api/audit/entries", params={"limit": 50, **filters}))["items"])


async def test_tubes_are_received_together_just_as_one_by_one(desk: Desk, product: Product) -> None:
    alone, fresh, here, gone, back = [await sample(desk) for _ in range(5)]
    asked = {"condition": "thawed", "location": "Goods in", "temperature_c": -60.5, "note": "Dry ice gone."}
    await custody(desk, alone, "received", **asked)
    for one in (here, gone, back):
        await custody(desk, one, "received", condition="intact")
    await custody(desk, gone, "consumed", note="All used.")
    await custody(desk, back, "returned", note="On request.")
    samples = [fresh, here, gone, back]

    foreseen = await _preview(desk, samples, {"kind": "receive", **asked})
    job, results = await _done(desk, await _begin(desk.staff, samples, {"kind": "receive", **asked}))

    assert [foreseen[name] for name in ("will_change", "unchanged", "will_not")] == [2, 1, 1]
    assert [job[name] for name in ("changed", "unchanged", "refused")] == [2, 1, 1]
    assert foreseen["refused"][0] == {**results[gone["code"]], "changes": {}}
    assert results[here["code"]]["outcome"] == "unchanged"
    assert [event["kind"] for event in await _happened(desk, here)] == ["received"]
    (single,), (event,) = await _happened(desk, alone), await _happened(desk, fresh)
    own = {"id", "sample_id", "container_id", "person", "happened_at", "recorded_at", "hash"}
    assert {name: event[name] for name in event.keys() - own} == {name: single[name] for name in single.keys() - own}
    assert event["person"] == job["created_by"]
    assert [one["kind"] for one in await _happened(desk, back)] == ["received", "returned", "received"]
    assert (await whereabouts(desk, fresh))["verified"]
    entries = {}
    for one, of in ((alone, {}), (fresh, {"request_id": f"bulk-{job['id']}"})):
        asked_for = {"object_kind": "sample", "object_id": one["id"], "type": "sample.custody_recorded", **of}
        (entries[one["code"]],) = await product.eventually(functools.partial(_told, product, **asked_for))
    assert entries[fresh["code"]]["changes"] == entries[alone["code"]]["changes"]


async def test_one_position_is_promised_to_one_tube_however_many_are_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = [await sample(desk) for _ in range(3)]
    asked = {**ARRIVAL, "location": f"{(await box(desk))['path']}/C4"}
    monkeypatch.setattr(commands, "_AT_ONCE", 2)
    foreseen = await _preview(desk, samples, asked)
    job, _ = await _done(desk, await _begin(desk.staff, samples, asked))
    assert [foreseen[name] for name in ("will_change", "will_not")] == [1, 2]
    assert [job[name] for name in ("changed", "refused")] == [1, 2]


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        ({"kind": "receive"}, "missing"),
        ({"kind": "receive", "condition": "fine"}, "broken, empty, intact, label_unreadable, leaking, other, thawed"),
        ({"kind": "receive", "condition": "intact", "happened_at": "2999-01-01T00:00:00Z"}, "in the future"),
        ({"kind": "decide", "verdict": "fail"}, "needs a reason"),
        ({"kind": "decide", "verdict": "maybe"}, "accept_as_is, conditional, fail, pass, top_up"),
        ({"kind": "recieve", "condition": "intact"}, "move, "),
    ],
)
async def test_what_cannot_be_recorded_of_any_is_refused_at_once(desk: Desk, operation: Any, says: str) -> None:
    (one,) = [await sample(desk)]
    for path in ("/api/samples/bulk/preview", "/api/samples/bulk"):
        refused = await desk.staff.post(path, json=_asked([one], operation))
        assert refused.status_code == 422
        assert says in " ".join(error["message"] for error in refused.json()["errors"])
    assert await _happened(desk, one) == await _records(desk, one) == []


async def test_a_place_that_leads_nowhere_begins_no_job_and_a_position_holds_one_tube(desk: Desk) -> None:
    samples = sorted([await sample(desk) for _ in range(2)], key=lambda one: str(one["code"]))
    into = await box(desk)

    nowhere = await _begin(desk.staff, samples, {**ARRIVAL, "location": f"{into['path'].split('/')[0]}/F-99"})
    assert (nowhere.status_code, nowhere.json()["errors"][0]["path"]) == (422, "location")
    unsaid = await _begin(desk.staff, samples, {**ARRIVAL, "location": into["barcode"]})
    assert (unsaid.status_code, "say the position" in unsaid.text) == (422, True)
    where = {**ARRIVAL, "location": f"{into['path']}/A1"}
    foreseen = await _preview(desk, samples, where)
    _, results = await _done(desk, await _begin(desk.staff, samples, where))

    assert [results[one["code"]]["outcome"] for one in samples] == ["changed", "refused"]
    assert (foreseen["will_change"], foreseen["refused"][0]["reason"]) == (1, "occupied")
    assert (await whereabouts(desk, samples[0]))["position"] == "A1"
    assert await _happened(desk, samples[1]) == []


async def test_a_barcode_that_another_container_has_refuses_that_tube_alone(desk: Desk) -> None:
    taken, free = [await sample(desk, volume_ul=50) for _ in range(2)]
    part = {"volume_ul": 5, "purpose": "a test of barcodes"}
    aliquot = checked(await desk.staff.post(f"/api/samples/{free['code']}/aliquots", json=part))["code"]
    other = {"kind": "cryovial", "subject_kind": "aliquot", "subject_code": aliquot, "barcode": taken["code"]}
    checked(await desk.staff.post("/api/storage/containers", json=other))

    _, results = await _done(desk, await _begin(desk.staff, [taken, free], ARRIVAL))

    assert (results[taken["code"]]["reason"], results[free["code"]]["outcome"]) == ("already-exists", "changed")


async def test_what_was_only_added_to_is_not_undone_and_says_what_is_done_instead(desk: Desk, product: Product) -> None:
    (one,) = [await sample(desk)]
    for operation, says in ((ARRIVAL, "returned or lost"), ({"kind": "decide", "verdict": "pass"}, "counts instead")):
        job, _ = await _done(desk, await _begin(desk.staff, [one], operation))
        path = f"/api/samples/bulk/{job['id']}/undo"
        refused = await desk.staff.post(path, json={"reason": "It was another rack."}, headers=seen(job))
        assert (refused.status_code, says in refused.json()["detail"]) == (409, True)
        async with product.db("sample") as owner:
            with pytest.raises(asyncpg.CheckViolationError, match="only added to"):
                await owner.execute(_UNDO, uuid4(), UUID(job["id"]))
    assert [event["kind"] for event in await _happened(desk, one)] == ["received"]


async def test_a_code_that_is_doubled_or_unknown_is_named_and_counts_once(desk: Desk) -> None:
    barcode = said("FX").replace(" ", "-")
    labelled, plain = await sample(desk, container_barcode=barcode), await sample(desk)
    codes = [barcode, plain["code"].lower(), "FX-nobody", labelled["code"], f" {plain['code']} "]

    found = checked(await desk.staff.post("/api/samples/bulk/scans", json={"codes": codes}))

    assert [one["code"] for one in found["samples"]] == [labelled["code"], plain["code"]]
    assert f", as {barcode};" in found["problems"][1]["message"]
    assert [(item["said"], item["reason"]) for item in found["problems"]] == [
        ("FX-nobody", "unknown"),
        (labelled["code"], "doubled"),
        (plain["code"], "doubled"),
    ]
    twice = {"codes": [labelled["code"], labelled["code"]]}
    begun = await desk.staff.post("/api/samples/bulk", json={"selection": twice, "operation": ARRIVAL})
    job, _ = await _done(desk, begun)
    assert (job["total"], len(await _happened(desk, labelled))) == (1, 1)
    assert (await desk.submitter.post("/api/samples/bulk/scans", json={"codes": codes})).status_code == 403


async def test_samples_of_another_lab_are_unknown_to_every_entry(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    code = (await laboratory.show(sample_id)).code
    foreign = [uuid4()]

    scanned = await store.scanned(laboratory.db, foreign, [code])
    assert [problem.reason for problem in scanned.problems] == ["unknown"]
    for operation in (ARRIVAL, {"kind": "decide", "verdict": "pass"}):
        asked = msgspec.convert({"selection": {"ids": [sample_id]}, "operation": operation}, BulkChange)
        begin = functools.partial(commands.begin, asked=asked, may_override=False)
        call = Call(actor=ALICE, request_id="r", at=laboratory.at, tenants=frozenset(foreign))
        with pytest.raises(errors.NotFound):
            await commands.preview(laboratory.db, asked, call=call, may_override=False)
        with pytest.raises(errors.NotFound):
            await laboratory.run(begin, tenants=frozenset(foreign))


async def test_a_decision_about_many_is_the_record_of_each_and_just_the_same_is_not_made_again(
    desk: Desk, product: Product
) -> None:
    samples = [await sample(desk) for _ in range(3)]
    now = checked(await desk.staff.get(f"/api/samples/{samples[2]['id']}"))
    out = {"to": "cancelled", "reason": "Withdrawn."}
    checked(await desk.staff.post(f"/api/samples/{now['id']}/transitions", json=out, headers=seen(now)))
    decision = {"verdict": "conditional", "reason": " The customer agreed. ", "second_person": "Bo"}
    checked(await desk.staff.post(f"/api/samples/{samples[0]['id']}/records", json={"kind": "decision", **decision}))

    foreseen = await _preview(desk, samples, {"kind": "decide", **decision})
    job, results = await _done(desk, await _begin(desk.staff, samples, {"kind": "decide", **decision}))

    outcomes = [results[one["code"]]["outcome"] for one in samples]
    assert outcomes == ["unchanged", "changed", "refused"]
    assert [foreseen[name] for name in ("unchanged", "will_change", "will_not")] == [1, 1, 1]
    (single,), (made,) = await _records(desk, samples[0]), await _records(desk, samples[1])
    for name in ("kind", "stage", "code", "details", "current"):
        assert made[name] == single[name]
    assert made["recorded_by"] == job["created_by"]
    entries = []
    for one in samples[:2]:
        asked_for = {"object_kind": "sample", "object_id": one["id"], "type": "sample.record_added"}
        entries += await product.eventually(functools.partial(_told, product, **asked_for))
    assert entries[0]["changes"] == entries[1]["changes"]
    again, _ = await _done(desk, await _begin(desk.staff, samples[:2], {"kind": "decide", "verdict": "pass"}))
    assert again["changed"] == 2
    assert [record["current"] for record in await _records(desk, samples[1])] == [True, False]


@pytest.mark.parametrize("operation", [ARRIVAL, {"kind": "decide", "verdict": "pass"}], ids=["receive", "decide"])
async def test_a_group_is_recorded_whole_or_not_at_all(laboratory: Laboratory, operation: Any) -> None:
    ids = [await laboratory.register() for _ in range(120)]
    asked = msgspec.convert({"selection": {"ids": ids}, "operation": operation}, BulkChange)
    begun = await laboratory.run(lambda tx: commands.begin(tx, asked, may_override=False))
    job = await store.find_job(laboratory.db, UUID(begun["id"]))

    with contextlib.suppress(ZeroDivisionError):  # A crash: the transaction never commits.
        async with laboratory.db.transaction(laboratory.call()) as tx:
            await groups.run_group(tx, job, 0)
            raise ZeroDivisionError
    assert len(await laboratory.events(ids[0])) == 1
    for number in range(job.groups_left):
        async with laboratory.db.transaction(laboratory.call()) as tx:
            await groups.run_group(tx, job, number)

    kind = "sample.custody_recorded" if operation is ARRIVAL else "sample.record_added"
    for sample_id in (ids[0], ids[99], ids[119]):
        told = await laboratory.events(sample_id)
        assert [event["type"] for event in told] == ["sample.created", kind]
    page = await store.list_results(laboratory.db, None, job.id, limit=200)
    assert {msgspec.json.decode(item)["outcome"] for item in page.items} == {"changed"}


async def test_tubes_are_received_once_although_connections_are_killed(desk: Desk, product: Product) -> None:
    asked = {"project_id": desk.project_id, "name": "Killed", "material": "HMW gDNA"}
    samples = [checked(await desk.staff.post("/api/samples", json=asked)) for _ in range(250)]
    begun = await _begin(desk.staff, samples, ARRIVAL)

    async with product.db("sample") as owner:
        for _ in range(8):
            await owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            await asyncio.sleep(0.03)
        job, _ = await _done(desk, begun)
        ids = [UUID(one["id"]) for one in samples]
        events = await owner.fetch(
            "SELECT sample_id, count(*) AS many FROM custody_event WHERE sample_id = ANY($1) GROUP BY 1", ids
        )

    assert (job["changed"], job["refused"]) == (250, 0)
    assert (len(events), {row["many"] for row in events}) == (250, {1})
    assert (await whereabouts(desk, samples[77]))["verified"]
