"""Reports: the numbers are what the transitions say, within the labs that one may see, read from indexes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from nanopore_tracking.services.sample.reports import model, store
from tests.harness.engines import TestEngines
from tests.harness.laboratory import Laboratory, laboratory
from tests.harness.product import Product, checked
from tests.harness.ways import fulfil
from tests.services.sample.desk import opened, row, said, seen


@pytest.fixture(scope="module")
async def weeks(engines: TestEngines) -> Any:
    """A laboratory in which things happened in two weeks: three received, one goes back, two leave, one is held."""
    async with laboratory(engines) as made:
        ids = [await made.register() for _ in range(4)]
        for sample_id in ids[:3]:
            await fulfil(made, sample_id, "expected")
            await made.move(sample_id, "received")
        await fulfil(made, ids[0], "received")
        await made.move(ids[0], "sample_qc")
        await made.move(ids[0], "received", reason="Thaw it first.")
        made.later(days=7)
        await made.move(ids[1], "damaged", reason="Cracked.")
        await made.move(ids[2], "damaged", reason="Cracked.")
        await made.move(ids[3], "on_hold", reason="A question.")
        made.later(days=4)
        yield made, ids


async def test_a_week_has_what_came_went_and_was_done_again(weeks: Any) -> None:
    made, _ = weeks

    found = await store.throughput(made.db, None, model.period(4, made.at))

    assert [(w.received, w.delivered, w.left, w.reworked) for w in found.items] == [
        (0, 0, 0, 0), (0, 0, 0, 0), (3, 0, 0, 1), (0, 0, 2, 0),
    ]  # fmt: skip
    assert [w.week.weekday() for w in found.items] == [0] * 4
    assert [w.received for w in (await store.throughput(made.db, [], model.period(4, made.at))).items] == [0] * 4


async def test_the_load_of_a_stage_counts_each_sample_once_a_week(weeks: Any) -> None:
    made, _ = weeks

    found = await store.load(made.db, None, model.period(4, made.at))

    assert [(one.stage, one.entered, one.reworked) for one in found.items] == [("received", 3, 1), ("sample_qc", 1, 0)]


async def test_causes_of_failure_are_counted_as_they_were_written(weeks: Any) -> None:
    made, _ = weeks

    found = await store.failures(made.db, None, model.period(4, made.at))

    assert found.total == 2
    assert [(c.stage, c.exit, c.reason, c.samples) for c in found.items] == [("received", "damaged", "Cracked.", 2)]


async def test_what_is_held_for_long_or_failed_lately_needs_attention(weeks: Any) -> None:
    made, ids = weeks
    page = await store.attention(made.db, None, made.at, limit=50)
    found = [msgspec.json.decode(item) for item in page.items]

    assert {(item["id"], item["cause"]) for item in found} == {
        (str(ids[1]), "failed"), (str(ids[2]), "failed"), (str(ids[3]), "on_hold"),
        (str(ids[0]), "late"),
    }  # fmt: skip
    earlier = await store.attention(made.db, None, made.at - timedelta(days=2), limit=50)
    assert str(ids[3]) not in "".join(earlier.items)


async def test_the_transitions_of_a_period_are_read_from_their_index(weeks: tuple[Laboratory, Any]) -> None:
    made, _ = weeks
    since, until = model.period(4, made.at).moments
    values: dict[str, Any] = {"since": since, "until": until, "scope": None, "stages": [], "most": 9}
    async with made.owner() as owner:
        await owner.execute("SET enable_seqscan = off")
        for query in (store.Q.throughput, store.Q.load, store.Q.failures):
            arguments = query.arguments({name: values[name] for name in query.parameters})
            plan = "\n".join(row[0] for row in await owner.fetch(f"EXPLAIN {query.text}", *arguments))
            assert "stage_change_direction" in plan, query.name
        await owner.execute("RESET enable_seqscan")


def test_a_period_is_of_whole_weeks() -> None:
    found = model.period(2, datetime(2026, 11, 29, 23, 0, tzinfo=UTC))

    assert (str(found.since), str(found.until)) == ("2026-11-16", "2026-11-30")


async def test_reports_are_limited_to_what_one_may_see(product: Product) -> None:
    desk = await opened(product)
    asked = {"project_id": desk.project_id, "name": said("report")}
    sample = checked(await desk.staff.post("/api/samples", json=asked))
    out = {"to": "failed", "reason": said("Why")}
    path = f"/api/samples/{sample['id']}/transitions"
    checked(await desk.staff.post(path, json=out, headers={"If-Match": '"v1"'}))

    for client, count in ((desk.submitter, 1), (desk.stranger, 0)):
        found = checked(await client.get("/api/samples/reports/failures", params={"weeks": 1}))
        assert found["total"] == count
        assert len(checked(await client.get("/api/samples/attention"))["items"]) == count
        assert checked(await client.get("/api/samples/reports/load"))["definition"]
    assert (await desk.staff.get("/api/samples/reports/throughput", params={"weeks": 54})).status_code == 422


@pytest.mark.parametrize(
    ("target", "size", "found"),
    [
        ("10 Gb", "", model.Aim(bases_bp=10_000_000_000)),
        ("12.5Gb per sample", "", model.Aim(bases_bp=12_500_000_000)),
        ("800 Mbp", "", model.Aim(bases_bp=800_000_000)),
        ("10-20 Gb", "", model.Aim(bases_bp=10_000_000_000)),
        ("50x", "4.6 Mb", model.Aim(bases_bp=230_000_000)),
        ("30 – 50× of it", "3 Gb", model.Aim(bases_bp=90_000_000_000)),
        ("2 M reads", "", model.Aim(reads=2_000_000)),
        ("500000 reads", "", model.Aim(reads=500_000)),
        ("50x", "", None),
        ("50x", "4600000", None),
        ("600", "4.6 Mb", None),
        ("1,000 Mb", "", None),
        ("as much as there is", "", None),
        ("", "4.6 Mb", None),
    ],
)
def test_a_target_is_read_where_it_says_one_thing(target: str, size: str, found: model.Aim | None) -> None:
    assert model.aim(target, size) == found


async def test_a_sample_whose_time_is_over_needs_attention_until_it_goes_on(engines: TestEngines) -> None:
    async with laboratory(engines) as made:
        sample_id = await made.register()
        await fulfil(made, sample_id, "expected")
        await made.move(sample_id, "received")
        due = (await made.show(sample_id)).due_at
        assert due is not None

        async def found(at: datetime) -> list[tuple[str, str]]:
            items = (await store.attention(made.db, None, at, limit=50)).items
            return [(item["cause"], item["since"]) for item in map(msgspec.json.decode, items)]

        assert await found(due - timedelta(minutes=1)) == []
        assert [cause for cause, _ in await found(due + timedelta(minutes=1))] == ["late"]
        await made.move(sample_id, "on_hold", reason="A question.")
        causes = [cause for cause, _ in await found(due + timedelta(minutes=1))]
        assert "late" not in causes, "its clock stands still"


async def test_a_sample_that_yielded_less_than_its_submission_asks_for_needs_attention(product: Product) -> None:
    desk = await opened(product)
    rows = [row(said("little")), row(said("enough"))]
    review = await desk.under_review(*rows, target="10 Gb")
    accepted = await desk.staff.post(
        f"/api/submissions/{review['id']}/acceptance", json={"reason": "Good."}, headers=seen(review)
    )
    checked(accepted)
    manager = await product.client("facility_manager")
    little, enough = await _basecalled(manager, review["id"], 4_000_000_000, 10_000_000_000)

    async def low(client: Any) -> list[tuple[str, str]]:
        items = checked(await client.get("/api/samples/attention", params={"limit": 200}))["items"]
        return [(item["code"], item["reason"]) for item in items if item["cause"] == "low_yield"]

    assert await low(desk.submitter) == [(little["code"], "4.00 of 10.00 Gb passed, the submission asks for 10 Gb.")]
    assert little["code"] in dict(await low(desk.staff))
    assert enough["code"] not in dict(await low(desk.staff))
    assert await low(desk.stranger) == []
    await _moved(manager, little["code"], "quality_assessment")
    decided = {"kind": "decision", "verdict": "accept_as_is", "reason": "The customer agreed."}
    checked(await manager.post(f"/api/samples/{little['code']}/records", json=decided))
    assert await low(desk.submitter) == []


async def _moved(client: Any, code: str, *stages: str) -> dict[str, Any]:
    """Move a sample on, whatever is missing."""
    sample: dict[str, Any] = checked(await client.get(f"/api/samples/{code}"))
    for stage in stages:
        asked = {"to": stage, "reason": "A test of yields.", "override": True}
        path = f"/api/samples/{code}/transitions"
        sample = checked(await client.post(path, json=asked, headers=seen(sample)))
    return sample


async def _basecalled(client: Any, submission_id: str, *bases: int) -> list[dict[str, Any]]:
    """Bring the samples of a submission to basecalling and record what passed of each."""
    stages = (
        "received",
        "sample_qc",
        "library_prep",
        "library_qc",
        "sequencing_setup",
        "sequencing_run",
        "basecalling",
    )

    async def there() -> list[Any]:
        asked = {"submission_id": submission_id, "sort": "code"}
        return list(checked(await client.get("/api/samples", params=asked))["items"])

    samples = await there()
    for sample, passed in zip(samples, bases, strict=True):
        await _moved(client, sample["code"], *stages)
        read = {"reads": 900_000, "bases_pass_bp": passed, "n50_bp": 9_000, "mean_q": 18.0}
        asked = {"kind": "basecalling", "model": "dna_r10.4.1_e8.2_400bps_sup@v5.2.0", "read_sets": [read]}
        checked(await client.post(f"/api/samples/{sample['code']}/records", json=asked))
    return samples
