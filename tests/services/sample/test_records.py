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
from tests.harness.before import BEFORE, record_before
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

    assert _refusal(held, "run") == "not-allowed"
    assert _refusal(held, "decision") is None
    assert _refusal(sample(stage="library_prep", status="failed"), "decision") == "not-allowed"
    assert _refusal(sample(stage="delivered", status="done"), "decision") == "not-allowed"


@pytest.mark.parametrize(
    ("kind", "said", "wrong"),
    [
        ("run", {"ended_at": "2026-10-01T09:59:59Z"}, ["ended_at"]),
        ("run", {"started_at": "2026-12-01T10:00:00Z", "ended_at": None}, ["started_at"]),
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


async def test_a_later_record_stands_before_an_earlier_one(laboratory: Laboratory) -> None:
    sample_id = await _at_library_prep(laboratory)
    for reason in ("Not yet.", "The customer agreed."):
        await laboratory.record(sample_id, "decision", verdict="conditional", reason=reason)
        laboratory.later(seconds=1)

    assert [item["current"] for item in await _listed(laboratory, sample_id)] == [False, True]
    (counting,) = await _listed(laboratory, sample_id, current=True)
    assert counting["details"]["reason"] == "The customer agreed."
    event = (await laboratory.events(sample_id))[-1]
    assert (event["type"], event["data"]["record"]["kind"]) == ("sample.record_added", "decision")


async def test_a_record_at_another_stage_is_refused_and_nothing_is_kept(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()

    with pytest.raises(errors.Conflict) as refused:
        await laboratory.record(sample_id, "run")

    assert refused.value.extra["stage"] == "expected"
    assert await _listed(laboratory, sample_id) == []


async def test_records_cannot_be_changed_by_anybody(laboratory: Laboratory) -> None:
    sample_id = await _at_library_prep(laboratory)
    record_id = UUID((await laboratory.record(sample_id, "decision"))["id"])
    await laboratory.record(sample_id, "decision")

    async with laboratory.owner() as owner:
        for change in (
            "UPDATE stage_record SET details = '{}' WHERE id = $1",
            "UPDATE stage_record SET superseded_at = NULL WHERE id = $1",
            "DELETE FROM stage_record WHERE id = $1",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(change, record_id)


@pytest.mark.parametrize("kind", ["loading", "delivery"])
async def test_no_record_of_a_loading_or_a_delivery_is_made_any_more(laboratory: Laboratory, kind: str) -> None:
    sample_id = await _at_library_prep(laboratory)

    with pytest.raises(msgspec.ValidationError, match=kind):
        msgspec.convert({"kind": kind, **BEFORE[kind]}, NewRecord)
    async with laboratory.owner() as owner:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match=kind):
            await record_before(owner, sample_id, kind, guarded=True)
        await record_before(owner, sample_id, kind)

    (read,) = await _listed(laboratory, sample_id)
    assert (read["kind"], read["details"], read["current"]) == (kind, BEFORE[kind], True)
