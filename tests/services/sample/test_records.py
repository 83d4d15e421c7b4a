"""Stage records: made at their stage, consistent, superseded and never changed."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.records import NewDecision, NewRecord
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.services.sample.records import model, store
from nanopore_tracking.services.sample.samples.model import Sample
from tests.harness.laboratory import ALICE, RECORDS, Laboratory
from tests.harness.samples import NOW, sample


async def _listed(laboratory: Laboratory, sample_id: UUID, **filters: Any) -> list[dict[str, Any]]:
    page = await store.list_records(laboratory.db, None, sample_id, filters=filters, sort="recorded")
    return [msgspec.json.decode(item) for item in page.items]


def _refusal(of: Sample, kind: Any) -> str | None:
    try:
        model.allowed(of, kind)
    except errors.Conflict as refused:
        return refused.type
    return None


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_is_made_at_its_stage_only(kind: Any) -> None:
    for stage in ("received", "library_prep", "sequencing_setup", "sequencing_run", "basecalling", "data_delivery"):
        here = kind == "decision" or stage in model.MADE_AT[kind]
        assert _refusal(sample(stage=stage), kind) == (None if here else "not-allowed")


def test_a_sample_that_is_stopped_takes_no_record_but_a_decision() -> None:
    held = sample(stage="library_prep", status="on_hold")

    assert _refusal(held, "library") == "not-allowed"
    assert _refusal(held, "decision") is None
    assert _refusal(sample(stage="library_prep", status="failed"), "decision") == "not-allowed"
    assert _refusal(sample(stage="delivered", status="done"), "delivery") is None
    assert _refusal(sample(stage="delivered", status="done"), "decision") == "not-allowed"


@pytest.mark.parametrize(
    ("kind", "said", "wrong"),
    [
        ("run", {"ended_at": "2026-10-01T09:59:59Z"}, ["ended_at"]),
        ("run", {"started_at": "2026-12-01T10:00:00Z", "ended_at": None}, ["started_at"]),
        ("loading", {"library_id": "barcode01"}, ["library_id"]),
        ("delivery", {"verified_at": "2026-12-01T10:00:00Z"}, ["verified_at"]),
        ("decision", {"verdict": "conditional", "reason": " "}, ["reason"]),
    ],
)
def test_a_record_that_contradicts_itself_is_refused_by_field(
    kind: str, said: dict[str, Any], wrong: list[str]
) -> None:
    asked = msgspec.convert({"kind": kind, **RECORDS[kind], **said}, NewRecord)

    with pytest.raises(errors.Invalid) as refused:
        model.check(asked, now=NOW, actor=ALICE)

    assert [field.path for field in refused.value.fields] == wrong


def test_only_a_person_decides() -> None:
    with pytest.raises(errors.Forbidden):
        model.check(NewDecision(verdict="pass"), now=NOW, actor=Call.system("sample").actor)


async def _at_library_prep(laboratory: Laboratory) -> UUID:
    sample_id = await laboratory.register()
    for to in ("received", "sample_qc", "library_prep"):
        await laboratory.move(sample_id, to, reason="A test.", override=True, may=True)
    return sample_id


async def test_a_later_library_stands_before_an_earlier_one(laboratory: Laboratory) -> None:
    sample_id = await _at_library_prep(laboratory)
    code = (await laboratory.show(sample_id)).code

    first = await laboratory.record(sample_id, "library", barcode=None)
    second = await laboratory.record(sample_id, "library", kit="SQK-NBD114-24", barcode="barcode03", pool="POOL_1")

    assert (first["code"], second["code"]) == (f"{code}-L1", f"{code}-L2")
    assert [item["current"] for item in await _listed(laboratory, sample_id)] == [False, True]
    assert [item["code"] for item in await _listed(laboratory, sample_id, current=True)] == [f"{code}-L2"]
    assert second["details"]["operator"] == "alice"
    event = (await laboratory.events(sample_id))[-1]
    assert (event["type"], event["data"]["record"]["code"]) == ("sample.record_added", f"{code}-L2")


async def test_measurements_belong_to_the_library_that_they_were_made_of(laboratory: Laboratory) -> None:
    sample_id = await _at_library_prep(laboratory)
    first = await laboratory.record(sample_id, "library")
    measured = await laboratory.measure(sample_id, "concentration", 4.0, subject="library")
    with pytest.raises(errors.Conflict):
        await laboratory.measure(sample_id, "concentration", 4.0, subject="pool")
    await laboratory.record(sample_id, "library", kit="SQK-NBD114-24", barcode="barcode03", pool="POOL_2")

    pooled = await laboratory.measure(sample_id, "concentration", 7.0, subject="pool")

    assert (measured["subject_code"], pooled["subject_code"]) == (first["code"], "POOL_2")
    assert (await laboratory.show(sample_id)).qubit_ng_per_ul is None


async def test_a_record_at_another_stage_is_refused_and_nothing_is_kept(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()

    with pytest.raises(errors.Conflict) as refused:
        await laboratory.record(sample_id, "run")

    assert refused.value.extra["stage"] == "expected"
    assert await _listed(laboratory, sample_id) == []


async def test_records_cannot_be_changed_by_anybody(laboratory: Laboratory) -> None:
    sample_id = await _at_library_prep(laboratory)
    record_id = UUID((await laboratory.record(sample_id, "library"))["id"])
    await laboratory.record(sample_id, "library")

    async with laboratory.owner() as owner:
        for change in (
            "UPDATE stage_record SET details = '{}' WHERE id = $1",
            "UPDATE stage_record SET superseded_at = NULL WHERE id = $1",
            "DELETE FROM stage_record WHERE id = $1",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(change, record_id)
