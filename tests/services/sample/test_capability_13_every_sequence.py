"""Whatever is called in whatever order: nothing goes on without its gate, and what was submitted never changes."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nanopore_tracking.contracts.api.sample.chain import Step
from nanopore_tracking.contracts.api.sample.edits import Edit
from nanopore_tracking.contracts.api.sample.measurements import Invalidation
from nanopore_tracking.contracts.api.sample.pools import NewPool
from nanopore_tracking.contracts.api.sample.samples import SamplePatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.edits import commands as edits
from nanopore_tracking.services.sample.libraries import model as library_model
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.measurements import commands as measurements
from nanopore_tracking.services.sample.pools import commands as pools
from nanopore_tracking.services.sample.pools import model as pool_model
from nanopore_tracking.services.sample.pools import store as pool_store
from nanopore_tracking.services.sample.samples import commands as samples
from nanopore_tracking.services.sample.stages.model import STAGES
from tests.harness.laboratory import Laboratory
from tests.harness.many import many, sheet
from tests.harness.ways import RECORDED, record, step

EVERYTHING = [what for recorded in RECORDED.values() for what in recorded]
ODD = [
    ("custody", {"kind": "lost", "note": "Not there."}),
    ("custody", {"kind": "received", "condition": "broken"}),
    ("measure", {"quantity": "concentration", "value": 900.0, "method": "nanodrop"}),
    ("measure", {"quantity": "volume", "value": 1.0, "subject": "library"}),
    ("library", {"lot_expires_on": "2020-01-01"}),
    ("library", {"prepared": False, "kit_lot": ""}),
    ("library", {"kit": "SQK-NBD114-24", "barcodes": [{"barcode": "barcode04"}]}),
    ("library", {"kit": "SQK-NBD114-24"}),
    ("measure", {"quantity": "volume", "value": 9.0, "subject": "pool"}),
    ("measure", {"quantity": "concentration", "value": 9.0, "subject": "pool"}),
    ("measure", {"quantity": "fragment_mean_bp", "value": 900.0, "subject": "pool"}),
    ("record", {"kind": "decision", "verdict": "fail", "reason": "No."}),
    ("record", {"kind": "decision", "verdict": "conditional", "reason": "The customer agreed."}),
    ("plan", {"pores": 12}),
    ("plan", {"sheet": False}),
    ("record", {"kind": "run", "ended_at": None}),
]
#: What is typed into the grid of many samples.
CELLS = ("volume_ul", "qubit_ng_per_ul", "a260_a280", "a260_a230", "fragment_mean_bp", "comment")
OUTWARD = ("on_hold", "resumed", "failed", "cancelled", "damaged", "never_arrived")

#: What is recorded of many at once.
MANY: list[dict[str, Any]] = [
    {"kind": "receive", "condition": "intact"},
    {"kind": "receive", "condition": "leaking", "location": "R1/F1", "note": "Wet."},
    {"kind": "decide", "verdict": "pass"},
    {"kind": "decide", "verdict": "accept_as_is", "reason": "The customer agreed."},
    {"kind": "decide", "verdict": "fail", "reason": "No."},
]

LIBRARY_STATES = tuple(library_model.WAYS)
POOL_STATES = tuple(pool_model.WAYS)

#: Work at the present stage and then on: all of what the gate wants, or what the bits of a number say.
WORK = st.tuples(st.just("work"), st.just(0b11111))
CARELESS_WORK = st.tuples(st.just("work"), st.integers(0, 0b11111))
#: One thing of any stage, a way anywhere, an invalidation, or a change.
ANYTHING = st.one_of(
    st.tuples(st.just("record"), st.sampled_from([*EVERYTHING, *ODD])),
    st.tuples(st.just("move"), st.sampled_from([*STAGES, *STAGES, *OUTWARD])),
    st.tuples(st.just("bulk"), st.sampled_from([*STAGES, *STAGES, *OUTWARD])),
    st.tuples(st.just("many"), st.sampled_from(MANY)),
    st.tuples(st.just("sheet"), st.sampled_from(["", "barcode01"])),
    st.tuples(st.just("grid"), st.dictionaries(st.sampled_from(CELLS), st.sampled_from(["1.9", "48", "25000"]))),
    st.tuples(st.just("invalidate"), st.integers(0, 9)),
    st.tuples(st.just("patch"), st.sampled_from(["active", "queued"])),
    st.tuples(st.just("step"), st.sampled_from(LIBRARY_STATES)),
    st.tuples(st.just("pool"), st.sampled_from([None, 2.0, 500.0])),
    st.tuples(st.just("step_pool"), st.sampled_from(POOL_STATES)),
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
_LIBRARY = (
    "SELECT count(*) FROM library_source o JOIN library l ON l.id = o.library_id WHERE o.sample_id = $1 "
    "AND o.superseded_at IS NULL"
)
_MINE = "SELECT l.* FROM library l JOIN library_source o ON o.library_id = l.id WHERE o.sample_id = $1"
_MY_POOLS = f"SELECT p.* FROM pool p JOIN pool_component c ON c.pool_id = p.id JOIN ({_MINE}) m ON m.id = c.library_id"
#: What must not be there of the libraries and pools of a sample, whatever was called.
NEVER: dict[str, str] = {
    "a library passed its QC unmeasured": (
        f"SELECT count(*) FROM ({_MINE}) l WHERE l.state IN ('qc_passed', 'pooled') AND (SELECT count(DISTINCT "
        "quantity) FROM measurement m WHERE m.subject = 'library' AND m.subject_code = l.code) < 3"
    ),
    "a library is prepared without its lot": (
        f"SELECT count(*) FROM ({_MINE}) l WHERE l.state NOT IN ('planned', 'discarded') "
        "AND (l.kit_lot = '' OR l.lot_expires_on < '2026-11-24')"
    ),
    "a library with a barcode kit has no barcode": (
        f"SELECT count(*) FROM ({_MINE}) l WHERE l.kit LIKE 'SQK-NBD%' AND l.state NOT IN ('planned', 'discarded') "
        "AND NOT EXISTS (SELECT FROM barcode_assignment b WHERE b.library_id = l.id)"
    ),
    "a library is pooled without a fixed pool": (
        f"SELECT count(*) FROM ({_MINE}) l WHERE l.state = 'pooled' AND NOT EXISTS (SELECT FROM pool_component c "
        "JOIN pool p ON p.id = c.pool_id WHERE c.library_id = l.id AND p.state <> 'draft')"
    ),
    "more was taken than there is": f"SELECT count(*) FROM ({_MINE}) l WHERE l.used_ul > l.volume_ul",
    "a pool is fixed with what has no volume": (
        f"SELECT count(*) FROM ({_MY_POOLS}) p JOIN pool_component c ON c.pool_id = p.id "
        "WHERE p.state <> 'draft' AND c.volume_ul IS NULL"
    ),
    "a pool passed its QC unmeasured": (
        f"SELECT count(*) FROM ({_MY_POOLS}) p WHERE p.state IN ('qc_passed', 'loaded') AND (SELECT count(DISTINCT "
        "quantity) FROM measurement m WHERE m.subject = 'pool' AND m.subject_code = p.code) < 3"
    ),
    "a pool is loaded without a load": f"SELECT count(*) FROM ({_MY_POOLS}) p WHERE p.state = 'loaded'",
}
_PLANNED = (
    "SELECT count(*) FROM sequencing_run r JOIN flow_cell f ON f.id = r.flow_cell_id WHERE f.pores_available >= 800 "
    "AND EXISTS (SELECT FROM run_sheet s WHERE s.run_id = r.id) AND r.volume_ul > 0 AND (r.library_id IN "
    f"(SELECT m.id FROM ({_MINE}) m) OR r.pool_id IN (SELECT p.id FROM ({_MY_POOLS}) p))"
)
_DELIVERED = (
    "SELECT count(*) FROM delivery d JOIN delivery_item i ON i.delivery_id = d.id WHERE i.sample_id = $1 "
    "AND i.superseded_at IS NULL"
)
HELD: dict[str, tuple[str, int]] = {
    "received": ("SELECT count(*) FROM custody_event WHERE sample_id = $1 AND kind = 'received'", 1),
    "sample_qc": ("SELECT count(*) FROM custody_event WHERE sample_id = $1 AND kind = 'stored'", 1),
    "library_prep": (_MEASURED, 5),
    "library_qc": (
        f"{_LIBRARY} AND l.state NOT IN ('planned', 'qc_failed') AND l.lot_expires_on > '2026-11-24'",
        1,
    ),
    "sequencing_setup": (f"{_LIBRARY} AND l.state IN ('qc_passed', 'pooled', 'exhausted') AND l.amount_fmol > 0", 1),
    "sequencing_run": (_PLANNED, 1),
    "basecalling": (f"{_CURRENT} 'run' AND details->>'ended_at' IS NOT NULL", 1),
    "quality_assessment": (f"{_CURRENT} 'basecalling'", 1),
    "data_delivery": (
        f"{_CURRENT} 'decision' AND stage = 'quality_assessment' AND details->>'verdict' IN ('pass', 'accept_as_is')",
        1,
    ),
    "delivered": (f"{_DELIVERED} AND d.released_by <> '' AND d.verified_sha256 = d.manifest_sha256", 1),
    "archived": (f"{_DELIVERED} AND d.retention_until IS NOT NULL AND d.received_at IS NOT NULL", 1),
}


async def _call(laboratory: Laboratory, sample_id: UUID, call: tuple[str, Any]) -> None:
    verb, said = call
    if verb in VERBS:
        await VERBS[verb](laboratory, sample_id, said)
    elif verb == "record":
        await record(laboratory, sample_id, said)
    elif verb == "step":
        await step(laboratory, sample_id, said, reason="Something happened.")
    elif verb == "move":
        await laboratory.move(sample_id, said, reason="Something happened.")
    else:
        seen = (await laboratory.show(sample_id)).version
        asked = SamplePatch(status=said, comment="Seen.")
        await laboratory.run(lambda tx: samples.change_sample(tx, sample_id, asked, seen=seen))


async def _work(laboratory: Laboratory, sample_id: UUID, bits: int) -> None:
    stage = (await laboratory.show(sample_id)).stage
    for bit, what in enumerate(RECORDED.get(stage, [])):
        if bits >> bit & 1:
            await record(laboratory, sample_id, what)
    await laboratory.move(sample_id, STAGES[(STAGES.index(stage) + 1) % len(STAGES)])


async def _bulk(laboratory: Laboratory, sample_id: UUID, to: str) -> None:
    """Move the sample by a job over many, which tells what it refuses instead of failing."""
    await many(laboratory, sample_id, {"kind": "move", "to": to, "reason": "Something happened."})


async def _grid(laboratory: Laboratory, sample_id: UUID, cells: dict[str, str]) -> None:
    """Save a row of the grid of many samples."""
    now = await laboratory.show(sample_id)
    asked = msgspec.convert({"rows": [{"sample": now.code, "version": now.version, "cells": cells}]}, Edit)
    await laboratory.run(lambda tx: edits.save(tx, asked))


async def _invalidate(laboratory: Laboratory, sample_id: UUID, which: int) -> None:
    async with laboratory.owner() as owner:
        ids = await owner.fetch("SELECT id FROM measurement WHERE sample_id = $1 ORDER BY recorded_at, id", sample_id)
    if ids:
        chosen = ids[which % len(ids)]["id"]
        asked = Invalidation(reason="Doubtful.")
        await laboratory.run(lambda tx: measurements.invalidate_measurement(tx, sample_id, chosen, asked=asked))


async def _pool(laboratory: Laboratory, sample_id: UUID, volume_ul: float | None) -> None:
    library = await library_store.present(laboratory.db, sample_id)
    if library is not None:
        asked = msgspec.convert({"components": [{"library": library.code, "volume_ul": volume_ul}]}, NewPool)
        await laboratory.run(lambda tx: pools.create_pool(tx, asked))


async def _step_pool(laboratory: Laboratory, sample_id: UUID, to: str) -> None:
    library = await library_store.present(laboratory.db, sample_id)
    if library is None or library.pool is None:
        return
    pool_id = await pool_store.find_pool(laboratory.db, None, library.pool)
    seen = (await pool_store.read_pool(laboratory.db, pool_id)).version
    asked = Step(to=to, reason="Something happened.")
    await laboratory.run(lambda tx: pools.move_pool(tx, pool_id, asked, seen=seen, may_override=False))


VERBS: dict[str, Callable[[Laboratory, UUID, Any], Awaitable[None]]] = {
    "work": _work,
    "bulk": _bulk,
    "many": many,
    "sheet": sheet,
    "grid": _grid,
    "invalidate": _invalidate,
    "pool": _pool,
    "step_pool": _step_pool,
}


async def _nothing_impossible(laboratory: Laboratory, sample_id: UUID) -> None:
    async with laboratory.owner() as owner:
        for what, query in NEVER.items():
            assert await owner.fetchval(query, sample_id) == 0, what


async def _gate_was_met(laboratory: Laboratory, sample_id: UUID, stage: str) -> bool:
    if stage not in HELD:
        return True
    query, least = HELD[stage]
    async with laboratory.owner() as owner:
        return bool(await owner.fetchval(query, sample_id) >= least)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=SEQUENCES)
async def test_capability_13_no_sequence_of_calls_passes_a_gate_or_changes_what_was_submitted(
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
        await _nothing_impossible(laboratory, sample_id)
        if steps == 1:
            assert await _gate_was_met(laboratory, sample_id, after.stage), f"{after.stage} without its gate"
    await _told_truly(laboratory, sample_id)


async def _told_truly(laboratory: Laboratory, sample_id: UUID) -> None:
    """The last event holds the state that the sample is in."""
    told = (await laboratory.events(sample_id))[-1]["data"]
    shown = msgspec.to_builtins(await laboratory.show(sample_id))
    for name in ("stage", "status", "exit", "volume_ul", "qubit_ng_per_ul", "location", "measured", "priority"):
        assert told[name] == shown[name], name
