"""Whatever is called in whatever order: no stage is reached without its gate, and what was submitted never changes."""

from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nanopore_tracking.contracts.api.sample.measurements import Invalidation
from nanopore_tracking.contracts.api.sample.samples import SamplePatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.measurements import commands as measurements
from nanopore_tracking.services.sample.samples import commands as samples
from nanopore_tracking.services.sample.stages.model import STAGES
from tests.harness.laboratory import Laboratory
from tests.harness.ways import RECORDED, record

EVERYTHING = [what for recorded in RECORDED.values() for what in recorded]
ODD = [
    ("custody", {"kind": "lost", "note": "Not there."}),
    ("custody", {"kind": "received", "condition": "broken"}),
    ("measure", {"quantity": "concentration", "value": 900.0, "method": "nanodrop"}),
    ("measure", {"quantity": "volume", "value": 1.0, "subject": "library"}),
    ("record", {"kind": "library", "lot_expires_on": "2020-01-01"}),
    ("record", {"kind": "decision", "verdict": "fail", "reason": "No."}),
    ("record", {"kind": "decision", "verdict": "conditional", "reason": "The customer agreed."}),
    ("record", {"kind": "loading", "pores_available": 12}),
    ("record", {"kind": "run", "ended_at": None}),
]
OUTWARD = ("on_hold", "resumed", "failed", "cancelled", "damaged", "never_arrived")

#: Work at the present stage and then on: all of what the gate wants, or what the bits of a number say.
WORK = st.tuples(st.just("work"), st.just(0b11111))
CARELESS_WORK = st.tuples(st.just("work"), st.integers(0, 0b11111))
#: One thing of any stage, a way anywhere, an invalidation, or a change.
ANYTHING = st.one_of(
    st.tuples(st.just("record"), st.sampled_from([*EVERYTHING, *ODD])),
    st.tuples(st.just("move"), st.sampled_from([*STAGES, *STAGES, *OUTWARD])),
    st.tuples(st.just("invalidate"), st.integers(0, 9)),
    st.tuples(st.just("patch"), st.sampled_from(["active", "queued"])),
)
#: Most calls lead on, so that late stages are reached as well.
SEQUENCES = st.builds(
    lambda begun, careless, calls: [("work", 0b11111)] * begun + [careless] + calls,
    st.integers(0, len(STAGES) - 2),
    CARELESS_WORK,
    st.lists(st.one_of(WORK, CARELESS_WORK, ANYTHING), max_size=7),
)

#: stage → what the database must hold of a sample that came there through its gates; written for this test alone.
_CURRENT = "SELECT count(*) FROM stage_record WHERE sample_id = $1 AND superseded_at IS NULL AND kind = "
_MEASURED = (
    "SELECT count(DISTINCT quantity) FROM measurement WHERE sample_id = $1 AND subject = 'sample' AND "
    "(quantity <> 'concentration' OR method IN ('qubit_br', 'qubit_hs')) AND quantity = ANY("
    "'{volume,concentration,a260_a280,a260_a230,fragment_mean_bp}')"
)
HELD: dict[str, tuple[str, int]] = {
    "received": ("SELECT count(*) FROM custody_event WHERE sample_id = $1 AND kind = 'received'", 1),
    "sample_qc": ("SELECT count(*) FROM custody_event WHERE sample_id = $1 AND kind = 'stored'", 1),
    "library_prep": (_MEASURED, 5),
    "library_qc": (f"{_CURRENT} 'library' AND details->>'lot_expires_on' > '2026-11-24'", 1),
    "sequencing_setup": (
        "SELECT count(DISTINCT quantity) FROM measurement WHERE sample_id = $1 AND subject = 'library'",
        3,
    ),
    "sequencing_run": (f"{_CURRENT} 'loading' AND (details->>'pores_available')::int >= 800", 1),
    "basecalling": (f"{_CURRENT} 'run' AND details->>'ended_at' IS NOT NULL", 1),
    "quality_assessment": (f"{_CURRENT} 'basecalling'", 1),
    "data_delivery": (
        f"{_CURRENT} 'decision' AND stage = 'quality_assessment' AND details->>'verdict' IN ('pass', 'accept_as_is')",
        1,
    ),
    "delivered": (f"{_CURRENT} 'delivery'", 1),
    "archived": (f"{_CURRENT} 'delivery' AND details->>'retention_until' IS NOT NULL", 1),
}


async def _call(laboratory: Laboratory, sample_id: UUID, call: tuple[str, Any]) -> None:
    verb, said = call
    stage = (await laboratory.show(sample_id)).stage
    if verb == "work":
        for bit, what in enumerate(RECORDED.get(stage, [])):
            if said >> bit & 1:
                await record(laboratory, sample_id, what)
        await laboratory.move(sample_id, STAGES[(STAGES.index(stage) + 1) % len(STAGES)])
    elif verb == "record":
        await record(laboratory, sample_id, said)
    elif verb == "move":
        await laboratory.move(sample_id, said, reason="Something happened.")
    elif verb == "invalidate":
        await _invalidate(laboratory, sample_id, said)
    else:
        seen = (await laboratory.show(sample_id)).version
        asked = SamplePatch(status=said, comment="Seen.")
        await laboratory.run(lambda tx: samples.change_sample(tx, sample_id, asked, seen=seen))


async def _invalidate(laboratory: Laboratory, sample_id: UUID, which: int) -> None:
    async with laboratory.owner() as owner:
        ids = await owner.fetch("SELECT id FROM measurement WHERE sample_id = $1 ORDER BY recorded_at, id", sample_id)
    if ids:
        chosen = ids[which % len(ids)]["id"]
        asked = Invalidation(reason="Doubtful.")
        await laboratory.run(lambda tx: measurements.invalidate_measurement(tx, sample_id, chosen, asked=asked))


async def _gate_was_met(laboratory: Laboratory, sample_id: UUID, stage: str) -> bool:
    if stage not in HELD:
        return True
    query, least = HELD[stage]
    async with laboratory.owner() as owner:
        return bool(await owner.fetchval(query, sample_id) >= least)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=SEQUENCES)
async def test_no_sequence_of_calls_passes_a_gate_or_changes_what_was_submitted(
    laboratory: Laboratory, calls: list[tuple[str, Any]]
) -> None:
    sample_id = await laboratory.register(material="HMW gDNA", volume_ul=51.0, qubit_ng_per_ul=39.0, a260_a280=1.7)
    first = await laboratory.show(sample_id)
    for call in calls:
        laboratory.later(seconds=1)
        before = await laboratory.show(sample_id)
        try:
            await _call(laboratory, sample_id, call)
        except errors.Problem:
            after = await laboratory.show(sample_id)
            assert call[0] == "work" or after == before, "a refused call changed something"
        after = await laboratory.show(sample_id)
        assert (after.submitted, after.name, after.code) == (first.submitted, first.name, first.code)
        steps = STAGES.index(after.stage) - STAGES.index(before.stage)
        assert steps <= 1, "a stage was skipped"
        if steps == 1:
            assert await _gate_was_met(laboratory, sample_id, after.stage), f"{after.stage} without its gate"
    await _told_truly(laboratory, sample_id)


async def _told_truly(laboratory: Laboratory, sample_id: UUID) -> None:
    """The last event holds the state that the sample is in."""
    told = (await laboratory.events(sample_id))[-1]["data"]
    shown = msgspec.to_builtins(await laboratory.show(sample_id))
    for name in ("stage", "status", "exit", "volume_ul", "qubit_ng_per_ul", "location", "measured", "priority"):
        assert told[name] == shown[name], name
