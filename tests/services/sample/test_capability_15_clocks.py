"""Clocks of samples: started by a stage, paused with a reason, in the order of the queue, and reported."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.clocks import Clock, NewPause
from nanopore_tracking.contracts.api.sample.samples import SamplePatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.clocks import store as clocks
from nanopore_tracking.services.sample.pauses import commands as pauses
from nanopore_tracking.services.sample.samples import commands as samples
from nanopore_tracking.services.sample.samples import store
from nanopore_tracking.services.sample.turnaround import store as turnaround
from tests.harness.laboratory import Laboratory
from tests.harness.product import Product, checked
from tests.services.sample.desk import opened, seen


@pytest.fixture(autouse=True)
def _same_time_afterwards(laboratory: Laboratory) -> Iterator[None]:
    """Let the laboratory, which others use too, go on from where it was."""
    at = laboratory.at
    yield
    laboratory.at = at


async def received(laboratory: Laboratory, **said: Any) -> UUID:
    """Register a sample and receive its tube."""
    sample_id = await laboratory.register(**said)
    await laboratory.custody(sample_id, "received", condition="intact")
    await laboratory.move(sample_id, "received")
    return sample_id


async def of(laboratory: Laboratory, sample_id: UUID) -> list[Clock]:
    """Return the clocks of a sample, the last one first."""
    asked: dict[str, Any] = {"filters": {}, "sort": "-started", "after": None, "limit": 50}
    page = await clocks.list_clocks(laboratory.db, None, clocks.sample(sample_id), **asked)
    return [msgspec.json.decode(item, type=Clock) for item in page.items]


async def pause(laboratory: Laboratory, sample_id: UUID, reason: str = "instrument_down") -> Any:
    asked, now = msgspec.convert({"reason": reason, "note": "X1"}, NewPause), await laboratory.show(sample_id)
    return await laboratory.run(lambda tx: pauses.pause(tx, sample_id, asked, seen=now.version))


async def resume(laboratory: Laboratory, sample_id: UUID) -> Any:
    now = await laboratory.show(sample_id)
    return await laboratory.run(lambda tx: pauses.resume(tx, sample_id, seen=now.version))


async def test_capability_15_a_stage_has_a_due_by_priority_and_service(laboratory: Laboratory) -> None:
    laboratory.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    expected = await laboratory.show(await laboratory.register())
    assert (expected.due_at, expected.overdue) == (None, False)
    plain = await laboratory.show(await received(laboratory))
    assert plain.due_at == datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    served = await laboratory.show(await received(laboratory, service_type="ont-dna"))
    assert served.due_at == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    urgent = await laboratory.show(await received(laboratory, priority="urgent"))
    assert urgent.due_at == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


async def test_capability_15_pauses_have_a_reason_and_put_the_due_off(laboratory: Laboratory) -> None:
    laboratory.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    sample_id = await received(laboratory)
    paused = await pause(laboratory, sample_id)
    assert (paused["due_at"], paused["clock_paused"]) == (None, "instrument_down")
    with pytest.raises(errors.Conflict, match="stands still"):
        await pause(laboratory, sample_id, "waiting_for_reagent")
    laboratory.later(days=2)
    assert (await resume(laboratory, sample_id))["due_at"] == "2026-12-09T09:00:00+00:00"
    (clock,) = await of(laboratory, sample_id)
    assert [(found.reason, found.note, found.paused_by) for found in clock.pauses] == [
        ("instrument_down", "X1", "alice")
    ]
    with pytest.raises(errors.Conflict, match="does not stand still"):
        await resume(laboratory, sample_id)


async def test_on_hold_stops_the_clock_and_a_way_out_ends_it(laboratory: Laboratory) -> None:
    laboratory.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    sample_id = await received(laboratory)
    held = await laboratory.move(sample_id, "on_hold", reason="Invoice open.")
    assert (held["due_at"], held["clock_paused"]) == (None, "on_hold")
    with pytest.raises(errors.Conflict, match="by a transition"):
        await resume(laboratory, sample_id)
    laboratory.later(days=1)
    resumed = await laboratory.move(sample_id, "resumed")
    assert (resumed["due_at"], resumed["clock_paused"]) == ("2026-12-08T09:00:00+00:00", "")
    assert (await laboratory.move(sample_id, "failed", reason="Dropped."))["due_at"] is None
    assert (await of(laboratory, sample_id))[0].stopped_at is not None
    assert (await laboratory.move(sample_id, "resumed", reason="Found."))["due_at"] is not None


async def test_another_priority_winds_the_clock_anew_and_urgent_needs_a_reason(laboratory: Laboratory) -> None:
    laboratory.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    sample_id = await received(laboratory)

    async def change(**said: Any) -> Any:
        now = await laboratory.show(sample_id)
        asked = SamplePatch(**said)
        return await laboratory.run(lambda tx: samples.change_sample(tx, sample_id, asked, seen=now.version))

    assert (await change(priority="high"))["due_at"] == "2026-12-02T09:00:00+00:00"
    with pytest.raises(errors.Invalid, match="needs a reason"):
        await change(priority="urgent")
    urgent = await change(priority="urgent", priority_reason="Patient waits.")
    assert (urgent["due_at"], urgent["priority_reason"]) == ("2026-12-01T09:00:00+00:00", "Patient waits.")
    assert (await change(priority="low"))["priority_reason"] == ""


async def test_capability_15_the_queue_is_in_the_order_of_due_priority_and_receipt(laboratory: Laboratory) -> None:
    laboratory.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    project_id = await laboratory.project()
    said = {"project_id": project_id}
    normal = [await received(laboratory, **said) for _ in range(2)]
    served = await received(laboratory, service_type="ont-dna", **said)
    urgent = await received(laboratory, priority="urgent", **said)
    await laboratory.register(**said)
    found: list[str] = []
    after = None
    while True:
        asked: dict[str, Any] = {"filters": {"project_id": project_id}, "sort": "due", "after": after, "limit": 2}
        page = await store.list_samples(laboratory.db, None, **asked)
        found += [msgspec.json.decode(item)["id"] for item in page.items]
        after = page.next
        if after is None:
            break
    assert found == [str(each) for each in (urgent, served, *normal)]


async def test_what_is_late_is_told_as_overdue(laboratory: Laboratory) -> None:
    laboratory.at = datetime(2020, 1, 6, 9, 0, tzinfo=UTC)
    project_id = await laboratory.project()
    late = await received(laboratory, project_id=project_id)
    laboratory.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    await laboratory.register(project_id=project_id)
    assert (await laboratory.show(late)).overdue
    counted = {each: await store.count_samples(laboratory.db, None, {"project_id": project_id, "overdue": each})
        for each in (True, False)}  # fmt: skip
    assert counted == {True: 1, False: 1}


async def test_capability_15_the_report_tells_median_percentiles_and_causes(laboratory: Laboratory) -> None:
    laboratory.at = datetime(2021, 3, 1, 9, 0, tzinfo=UTC)
    for hours, paused in ((2, 0), (4, 0), (300, 24)):
        sample_id = await received(laboratory)
        begun = laboratory.at
        if paused:
            await pause(laboratory, sample_id, "waiting_for_reagent")
            laboratory.later(hours=paused)
            await resume(laboratory, sample_id)
        laboratory.later(hours=hours)
        await laboratory.move(sample_id, "failed", reason="End of the test.")
        laboratory.at = begun
    last = datetime(2021, 3, 31, tzinfo=UTC).date()
    report = await turnaround.report(laboratory.db, None, first=datetime(2021, 3, 1, tzinfo=UTC).date(), last=last)
    (stage,) = report.stages
    assert (stage.stage, stage.count, stage.median_h, stage.paused_h, stage.breached) == ("received", 3, 4.0, 24.0, 1)
    assert (stage.p90_h, stage.p95_h) == (240.8, 270.4)
    assert [(each.stage, each.cause, each.count) for each in report.causes] == [("received", "waiting_for_reagent", 1)]
    nobody = await turnaround.report(laboratory.db, [], first=report.first_day, last=last)
    assert nobody.stages == []


async def test_a_stopped_clock_and_a_pause_that_is_over_stay_as_they_are(laboratory: Laboratory) -> None:
    sample_id = await received(laboratory)
    await pause(laboratory, sample_id)
    await resume(laboratory, sample_id)
    await laboratory.move(sample_id, "failed", reason="Dropped.")
    async with laboratory.owner() as owner:
        for change in (
            "UPDATE sla_clock SET due_at = due_at + interval '1 day' WHERE sample_id = $1",
            "DELETE FROM clock_pause WHERE clock_id IN (SELECT id FROM sla_clock WHERE sample_id = $1)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(change, sample_id)


async def test_the_clock_follows_the_time_zone_and_the_holidays_of_the_facility(product: Product) -> None:
    desk = await opened(product)
    asked = {"project_id": desk.project_id, "name": "QX_01"}
    sample = checked(await desk.staff.post("/api/samples", json=asked))
    custody = {"kind": "received", "condition": "intact"}
    checked(await desk.staff.post(f"/api/samples/{sample['id']}/custody", json=custody))
    now = checked(await desk.staff.get(f"/api/samples/{sample['id']}"))
    path = f"/api/samples/{sample['id']}"
    moved = checked(await desk.staff.post(f"{path}/transitions", json={"to": "received"}, headers=seen(now)))
    assert moved["due_at"]
    said = {"reason": "waiting_for_reagent", "note": "SQK-LSK114"}
    paused = checked(await desk.staff.post(f"{path}/clock/pause", json=said, headers=seen(moved)))
    assert paused["clock_paused"] == "waiting_for_reagent"
    resumed = checked(await desk.staff.post(f"{path}/clock/resumption", json={}, headers=seen(paused)))
    assert resumed["due_at"] >= moved["due_at"]
    assert (await desk.submitter.post(f"{path}/clock/pause", json=said, headers=seen(resumed))).status_code == 403
    (clock,) = checked(await desk.submitter.get(f"{path}/clocks"))["items"]
    assert (clock["stage"], clock["target_days"]) == ("received", 5)
    assert checked(await desk.submitter.get("/api/samples/turnaround"))["stages"] == []
