"""Moving samples: the whole way with every gate, rework, overrides, holds, pools; and what is kept of it."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.stages import Transition
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.samples import store as samples
from nanopore_tracking.services.sample.stages import commands, model, store
from nanopore_tracking.services.sample.stages.model import STAGES
from tests.harness.before import record_before
from tests.harness.laboratory import Laboratory
from tests.harness.ways import fulfil

PLACE = "R1/F-80-2/S3/R1/B7/C4"


async def _bring(laboratory: Laboratory, stage: str) -> UUID:
    """Register a sample and bring it to a stage through every gate."""
    sample_id = await laboratory.register(material="HMW gDNA")
    for here, to in pairwise(STAGES):
        if here == stage:
            break
        await fulfil(laboratory, sample_id, here)
        await laboratory.move(sample_id, to)
    return sample_id


async def _missing(laboratory: Laboratory, sample_id: UUID, to: str) -> list[str]:
    with pytest.raises(errors.Conflict) as refused:
        await laboratory.move(sample_id, to)
    assert refused.value.type == "gate-not-met"
    assert to in refused.value.extra["allowed"]
    return [found["code"] for found in refused.value.extra["missing"]]


async def _changes(laboratory: Laboratory, sample_id: UUID) -> list[dict[str, Any]]:
    page = await store.list_changes(laboratory.db, None, sample_id, sort="changed", limit=50)
    return [msgspec.json.decode(item) for item in page.items]


async def test_no_stage_is_reached_before_its_gate_is_met(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register(
        material="HMW gDNA", volume_ul=50, qubit_ng_per_ul=40, a260_a280=1.8, a260_a230=2.1, fragment_bp=20_000
    )
    before = (await laboratory.show(sample_id)).submitted

    for here, to in pairwise(STAGES):
        laboratory.later(hours=1)
        assert await _missing(laboratory, sample_id, to) != []
        assert (await laboratory.show(sample_id)).stage == here
        await fulfil(laboratory, sample_id, here)
        moved = await laboratory.move(sample_id, to)
        assert (moved["stage"], moved["status"]) == (to, "done" if to in ("delivered", "archived") else "queued")

    assert (await laboratory.show(sample_id)).submitted == before
    changes = await _changes(laboratory, sample_id)
    assert [change["stage"] for change in changes] == list(STAGES[1:])
    (qc,) = [change for change in changes if change["stage"] == "sequencing_setup"]
    assert qc["figures"]["library_amount_fmol"] == pytest.approx(30.545, abs=0.001)
    assert qc["figures"]["library_length_bp"] == 25_000
    assert qc["catalogue_versions"]["thresholds"] == 1


async def test_a_sample_does_not_skip_a_stage(laboratory: Laboratory) -> None:
    sample_id = await _bring(laboratory, "received")

    for to in STAGES:
        if to != "sample_qc":
            with pytest.raises(errors.Conflict) as refused:
                await laboratory.move(sample_id, to, reason="Quickly.", override=True, may=True)
            assert refused.value.type == "not-allowed"


async def test_an_override_is_kept_with_its_reason_and_what_was_missing(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()

    await laboratory.move(sample_id, "received", reason="The scanner is broken.", override=True, may=True)

    (change,) = await _changes(laboratory, sample_id)
    assert (change["missing"], change["reason"]) == (["received"], "The scanner is broken.")
    event = (await laboratory.events(sample_id))[-1]
    assert (event["data"]["overridden"], event["data"]["missing"]) == (True, ["received"])
    assert event["changes"][0] == {"field": "stage", "before": "expected", "after": "received"}


async def test_an_override_of_nothing_is_none(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    await fulfil(laboratory, sample_id, "expected")

    await laboratory.move(sample_id, "received", override=True)

    assert (await laboratory.events(sample_id))[-1]["data"]["overridden"] is False


async def test_a_sample_waits_on_hold_and_returns_as_it_was(laboratory: Laboratory) -> None:
    sample_id = await _bring(laboratory, "sample_qc")
    await laboratory.measure(sample_id, "volume", 48.0)

    held = await laboratory.move(sample_id, "on_hold", reason="A question to the customer.")
    assert (held["stage"], held["status"], held["status_reason"]) == (
        "sample_qc",
        "on_hold",
        "A question to the customer.",
    )
    with pytest.raises(errors.Conflict) as refused:
        await laboratory.move(sample_id, "library_prep")
    assert refused.value.type == "not-allowed"
    assert set(refused.value.extra["allowed"]) == {"resumed", "damaged", "failed", "cancelled"}

    resumed = await laboratory.move(sample_id, "resumed")
    assert (resumed["status"], resumed["status_reason"]) == ("active", "")


async def test_work_that_goes_back_needs_new_records(laboratory: Laboratory) -> None:
    sample_id = await _bring(laboratory, "library_qc")
    await fulfil(laboratory, sample_id, "library_qc")

    await laboratory.move(sample_id, "library_prep", reason="Too little adapter.")

    assert await _missing(laboratory, sample_id, "library_qc") == ["library"]
    library = await laboratory.library(sample_id)
    assert library["state"] == "prepared"
    await laboratory.move(sample_id, "library_qc")
    assert "library-concentration" in await _missing(laboratory, sample_id, "sequencing_setup")
    await fulfil(laboratory, sample_id, "library_qc")
    await laboratory.move(sample_id, "sequencing_setup")


async def test_a_decision_counts_at_its_stage_only(laboratory: Laboratory) -> None:
    sample_id = await _bring(laboratory, "basecalling")
    await laboratory.record(sample_id, "decision")
    await fulfil(laboratory, sample_id, "basecalling")
    await laboratory.move(sample_id, "quality_assessment")

    assert await _missing(laboratory, sample_id, "data_delivery") == ["decision"]


async def test_a_sample_that_failed_can_be_taken_up_again_and_a_cancelled_one_not(laboratory: Laboratory) -> None:
    sample_id = await _bring(laboratory, "sample_qc")
    await laboratory.move(sample_id, "failed", reason="No DNA in it.")
    with pytest.raises(errors.Invalid):
        await laboratory.move(sample_id, "resumed")
    await laboratory.move(sample_id, "resumed", reason="It was the wrong tube.")
    cancelled = await laboratory.move(sample_id, "cancelled", reason="The customer withdrew it.")

    assert (cancelled["status"], cancelled["exit"]) == ("cancelled", "cancelled")
    for to in ("resumed", "sample_qc", "library_prep", "on_hold", "failed"):
        with pytest.raises(errors.Conflict):
            await laboratory.move(sample_id, to, reason="Again.")


async def test_what_was_recorded_before_runs_and_deliveries_still_opens_its_gates(laboratory: Laboratory) -> None:
    sample_id = await _bring(laboratory, "sequencing_setup")
    async with laboratory.owner() as owner:
        await record_before(owner, sample_id, "loading", experiment_id=f"EXP_{sample_id.hex[:30]}")
    await laboratory.move(sample_id, "sequencing_run")
    await laboratory.record(sample_id, "run", flow_cell_id="FAX99999")
    assert await _missing(laboratory, sample_id, "basecalling") == ["run-on-planned-flow-cell"]
    await laboratory.record(sample_id, "run", flow_cell_id="FAX12345")
    await laboratory.move(sample_id, "basecalling")
    for here, to in (("basecalling", "quality_assessment"), ("quality_assessment", "data_delivery")):
        await fulfil(laboratory, sample_id, here)
        await laboratory.move(sample_id, to)
    async with laboratory.owner() as owner:
        await record_before(owner, sample_id, "delivery")
    await laboratory.move(sample_id, "delivered")

    assert await _missing(laboratory, sample_id, "archived") == ["receipt", "retention"]
    await fulfil(laboratory, sample_id, "delivered")
    await laboratory.move(sample_id, "archived")


async def test_a_loading_of_before_counts_no_more_once_work_went_back(laboratory: Laboratory) -> None:
    sample_id = await _bring(laboratory, "sequencing_setup")
    async with laboratory.owner() as owner:
        await record_before(owner, sample_id, "loading", experiment_id=f"EXP_{sample_id.hex[:30]}")
    await laboratory.move(sample_id, "sequencing_run")
    await laboratory.move(sample_id, "sequencing_setup", reason="The flow cell broke.")

    assert await _missing(laboratory, sample_id, "sequencing_run") == ["run-planned"]
    await fulfil(laboratory, sample_id, "sequencing_setup")
    await laboratory.move(sample_id, "sequencing_run")


async def test_a_transition_is_refused_when_somebody_was_faster(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    asked = Transition(to="on_hold", reason="Wait.")

    with pytest.raises(errors.Stale) as refused:
        await laboratory.run(lambda tx: commands.move_sample(tx, sample_id, asked, seen=9, may_override=False))

    assert refused.value.extra["version"] == 1


async def test_the_gate_shows_what_is_there_and_what_is_missing(laboratory: Laboratory) -> None:
    sample_id = await _bring(laboratory, "sample_qc")
    await laboratory.measure(sample_id, "volume", 48.0)
    sample = await samples.read_sample(laboratory.db, None, sample_id)
    facts = await store.load_facts(laboratory.db, sample, now=laboratory.at)

    shown = model.gate(sample, model.pass_gate(facts), facts.catalogue.versions)

    met = {found.code for found in shown.requirements if found.met}
    assert {"volume", "limit-sample-volume"} <= met
    assert "concentration" not in met
    assert (shown.to, shown.met, shown.version) == ("library_prep", False, sample.version)


async def test_what_was_decided_cannot_be_changed_by_anybody(laboratory: Laboratory) -> None:
    await _bring(laboratory, "received")

    async with laboratory.owner() as owner:
        for change in ("UPDATE stage_change SET reason = 'x'", "DELETE FROM stage_change"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(change)
