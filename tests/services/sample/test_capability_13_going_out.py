"""Capability 13: whatever is called in whatever order, no flow cell, run or delivery gets anywhere without its gate."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nanopore_tracking.contracts.api.sample.flow_cells import FlowCellStep, NewCheck
from nanopore_tracking.contracts.api.sample.loads import NewLoad
from nanopore_tracking.contracts.api.sample.runs import RunPatch, RunState, RunStep
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.sagas import At
from nanopore_tracking.services.sample.flow_cells import commands as cells
from nanopore_tracking.services.sample.loads import commands as loads
from nanopore_tracking.services.sample.run_starts import commands as starts
from nanopore_tracking.services.sample.runs import commands as runs
from tests.harness.laboratory import Laboratory
from tests.services.sample.outgoing import NEVER, Outgoing, deliver, look, manifest, outgoing

#: What leads from a flow cell that was received to a delivery that was received.
GOOD: list[tuple[str, Any]] = [
    ("check", 1310),
    ("sheets", None),
    ("start", None),
    ("load", (True, "")),
    ("run", "running"),
    ("run", "completed"),
    ("manifest", "a"),
    ("deliver", ("copying", True)),
    ("look", "a"),
    ("deliver", ("released", True)),
    ("deliver", ("received", True)),
]
ANYTHING = st.one_of(
    st.sampled_from(GOOD),
    st.tuples(st.just("check"), st.sampled_from([0, 799, 800])),
    st.tuples(st.just("load"), st.tuples(st.booleans(), st.sampled_from(["", "The species are far apart."]))),
    st.tuples(st.just("clean"), st.sampled_from(["wash", "flush", "reload"])),
    st.tuples(st.just("cell"), st.sampled_from(["spend", "return", "discard", "expire"])),
    st.tuples(st.just("run"), st.sampled_from(get_args(RunState))),
    st.tuples(st.just("patch"), st.sampled_from([2.0, 900.0])),
    st.tuples(st.just("manifest"), st.sampled_from("ab")),
    st.tuples(st.just("look"), st.sampled_from("ab")),
    st.tuples(
        st.just("deliver"),
        st.tuples(
            st.sampled_from(["prepared", "copying", "verified", "released", "received", "expired", "retracted"]),
            st.booleans(),
        ),
    ),
)
SEQUENCES = st.builds(
    lambda begun, calls: GOOD[:begun] + calls, st.integers(0, len(GOOD)), st.lists(ANYTHING, max_size=8)
)
#: From these a run goes on when it is started again on its own flow cell.
_BROKEN = {"failed", "disk_full", "device_disconnected"}
_ENDED = {"completed", "stopped_by_user", *_BROKEN}
#: What may follow what in one call; written for this test alone.
FOLLOWS: dict[str, dict[str, set[str]]] = {
    "run": {
        "planned": {"sheet_issued", "starting", "cancelled"},
        "sheet_issued": {"starting", "planned", "cancelled"},
        "starting": {"running", "sheet_issued", "failed", "cancelled"},
        "running": {"paused", *_ENDED},
        "paused": {"running", *_ENDED},
        **{end: {"analysed"} for end in _ENDED},
        **{end: {"analysed", "running"} for end in _BROKEN},
        "analysed": set(),
        "cancelled": set(),
    },
    "cell": {
        "received": {"checked_ok", "check_failed", "in_use", "returned", "discarded", "expired"},
        "checked_ok": {"check_failed", "in_use", "returned", "discarded", "expired"},
        "check_failed": {"checked_ok", "in_use", "returned", "discarded", "expired"},
        "in_use": {"washed", "spent"},
        "washed": {"in_use", "spent"},
        "spent": {"returned", "discarded"},
        "expired": {"in_use", "returned", "discarded"},
        "returned": set(),
        "discarded": set(),
    },
    "delivery": {
        "prepared": {"copying", "retracted"},
        "copying": {"verified", "prepared", "retracted"},
        "verified": {"copying", "released", "prepared", "retracted"},
        "released": {"received", "retracted"},
        "received": {"retracted"},
        "retracted": set(),
    },
}
_numbers = itertools.count(1)


@dataclass
class _Doing:
    """One call of everything that can be done."""

    laboratory: Laboratory
    of: Outgoing

    async def do(self, call: tuple[str, Any]) -> None:
        """Do what a call says; a Problem where it is refused."""
        verb, said = call
        now = await self.of.versions(self.laboratory)
        verbs: dict[str, Any] = {
            "check": lambda tx: cells.check_cell(tx, self.of.cell, NewCheck(pores_available=said, position="X1")),
            "sheets": lambda tx: runs.issue_sheets(tx, self.of.run, seen=now["run"]),
            "start": lambda tx: self._start(tx, seen=now["run"]),
            "load": lambda tx: self._load(tx, "load", mine=said[0], reason=said[1]),
            "clean": lambda tx: self._load(tx, said, mine=False, reason=""),
            "cell": lambda tx: self._step(tx, said, seen=now["cell"]),
            "run": lambda tx: self._move(tx, said, seen=now["run"]),
            "patch": lambda tx: runs.change_run(tx, self.of.run, RunPatch(volume_ul=said), seen=now["run"]),
            "manifest": lambda tx: manifest(tx, self.of, said, seen=now["delivery"]),
            "look": lambda tx: look(tx, self.of, said),
            "deliver": lambda tx: deliver(tx, self.of, said[0], may_release=said[1]),
        }
        await self.laboratory.run(verbs[verb])

    async def _start(self, tx: Transaction, *, seen: int) -> Any:
        """Start the run with all steps at once: what one of them refuses leaves nothing."""
        written = await starts.start_run(tx, self.of.run, seen=seen)
        at = At(
            saga_id=uuid4(), key=self.of.run_code, data=starts.Start(self.of.run), outputs={}, idempotency_key="1",
            attempt=1, cause="", call=tx.call,
        )  # fmt: skip
        for each in starts.RUN_START.steps:
            await each.do(tx, at)  # type: ignore[attr-defined]
        return written

    async def _load(self, tx: Transaction, kind: str, *, mine: bool, reason: str) -> Any:
        what = {"library": self.of.library_code, "volume_ul": 4.0} if kind in ("load", "reload") else {}
        asked = {"kind": kind, "reason": reason, **what, **({"run": self.of.run_code} if mine else {})}
        return await loads.record_load(tx, self.of.cell, msgspec.convert(asked, NewLoad), may_override=False)

    async def _step(self, tx: Transaction, action: str, *, seen: int) -> Any:
        asked = msgspec.convert({"action": action, "reason": "Something happened."}, FlowCellStep)
        return await cells.step_cell(tx, self.of.cell, asked, seen=seen)

    async def _move(self, tx: Transaction, to: str, *, seen: int) -> Any:
        told = {"protocol_run_id": f"run-{next(_numbers)}"} if to == "running" else {}
        asked = msgspec.convert({"to": to, "reason": "Something happened.", **told}, RunStep)
        return await runs.step_run(tx, self.of.run, asked, seen=seen, may_override=False)


async def _never(laboratory: Laboratory, of: Outgoing) -> None:
    async with laboratory.owner() as owner:
        for what, query in NEVER.items():
            assert await owner.fetchval(query, of.run, of.cell, of.delivery) == 0, what


async def _tried(laboratory: Laboratory, calls: Sequence[tuple[str, Any]], *, ready: bool) -> None:
    """Do all calls, whatever is refused, and look after each that nothing is as it must not be."""
    of = await outgoing(laboratory, stage="data_delivery" if ready else "basecalling")
    doing = _Doing(laboratory, of)
    before = await of.states(laboratory)
    for call in calls:
        laboratory.later(seconds=1)
        refused = False
        versions = await of.versions(laboratory)
        try:
            await doing.do(call)
        except errors.Problem:
            refused = True
        after = await of.states(laboratory)
        for noun, state in after.items():
            assert state == before[noun] or state in FOLLOWS[noun][before[noun]], (call, noun, before[noun], state)
        assert not refused or await of.versions(laboratory) == versions, "a refused call changed something"
        if after["delivery"] == "released" != before["delivery"]:
            assert ready, "the data of a sample went out before its stage"
            assert call[1][1], "somebody released without the right"
        await _never(laboratory, of)
        before = after


@settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(calls=SEQUENCES, ready=st.booleans())
async def test_capability_13_no_sequence_of_calls_loads_starts_or_releases_without_its_gate(
    laboratory: Laboratory, calls: list[tuple[str, Any]], ready: bool
) -> None:
    await _tried(laboratory, calls, ready=ready)


@pytest.mark.parametrize(
    "left_out", range(len(GOOD)), ids=[f"{n} {what} {said}" for n, (what, said) in enumerate(GOOD)]
)
async def test_capability_13_where_one_step_is_left_out_the_next_ones_wait_for_it(
    laboratory: Laboratory, left_out: int
) -> None:
    await _tried(laboratory, [*GOOD[:left_out], *GOOD[left_out + 1 :]], ready=True)


async def test_capability_13_no_data_go_out_before_the_stage_of_their_sample(laboratory: Laboratory) -> None:
    await _tried(laboratory, GOOD, ready=False)


async def test_the_good_way_is_gone_to_its_end(laboratory: Laboratory) -> None:
    of = await outgoing(laboratory, stage="data_delivery")
    for call in GOOD:
        await _Doing(laboratory, of).do(call)

    assert await of.states(laboratory) == {"run": "completed", "cell": "in_use", "delivery": "received"}
