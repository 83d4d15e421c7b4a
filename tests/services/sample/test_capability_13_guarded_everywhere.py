"""Capability 13: one table of transitions, whichever way a change comes in; many at once get what one alone gets."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, get_args
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.basecallings import BasecallingSheet
from nanopore_tracking.contracts.api.sample.bulk import BulkChange
from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.api.sample.records import NewBasecalling, NewDecision, Verdict
from nanopore_tracking.contracts.api.sample.stages import Target, Transition
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.basecallings import commands as basecallings
from nanopore_tracking.services.sample.bulk import commands, store
from nanopore_tracking.services.sample.bulk_groups import commands as groups
from nanopore_tracking.services.sample.custody import commands as custody
from nanopore_tracking.services.sample.records import commands as record_commands
from nanopore_tracking.services.sample.stages import commands as stage_commands
from nanopore_tracking.services.sample.stages.model import STAGES
from tests.harness.laboratory import RECORDS, Laboratory

_STATES = [
    (stage, *state)
    for stage in STAGES
    for state in (
        [("done", None, None, "")]
        if stage in ("delivered", "archived")
        else [
            ("queued", None, None, ""),
            ("active", None, None, ""),
            ("on_hold", None, "active", "Waits."),
            ("failed", "failed", None, "Gone."),
            ("failed", "damaged", None, "Broken."),
            ("cancelled", "cancelled", None, "Withdrawn."),
            ("cancelled", "never_arrived", None, "Never came."),
        ]
    )
]


class _Undone(Exception):
    """Takes a transaction back."""


async def _in_every_state(laboratory: Laboratory) -> list[UUID]:
    found = []
    for stage, status, out, resumes_as, reason in _STATES:
        sample_id = await laboratory.register()
        async with laboratory.owner() as owner:
            await owner.execute(
                "UPDATE sample SET stage = $2, status = $3, exit = $4, resumes_as = $5, status_reason = $6 "
                "WHERE id = $1",
                sample_id, stage, status, out, resumes_as, reason,
            )  # fmt: skip
        found.append(sample_id)
    return found


async def _one_by_one(
    laboratory: Laboratory, ids: list[UUID], command: Callable[[Transaction, UUID], Awaitable[Any]]
) -> dict[UUID, str]:
    """Return what the command for a single sample makes of each: `changed`, or the type of its refusal."""
    found = {}
    for sample_id in ids:
        try:
            async with laboratory.db.transaction(laboratory.call()) as tx:
                await command(tx, sample_id)
                raise _Undone
        except _Undone:
            found[sample_id] = "changed"
        except errors.Problem as problem:
            found[sample_id] = problem.type
    return found


async def _together(
    laboratory: Laboratory, ids: list[UUID], begin: Callable[[Transaction], Awaitable[Written]]
) -> dict[UUID, str]:
    """Return what a job makes of them; all is taken back."""
    found: dict[UUID, str] = {}
    try:
        async with laboratory.db.transaction(laboratory.call()) as tx:
            job_id = UUID(msgspec.json.decode((await begin(tx)).item)["id"])
            job = await store.find_job(tx, job_id)
            for number in range(job.groups_left):
                await groups.run_group(tx, job, number)
            page = await store.list_results(tx, None, job_id, limit=len(ids))
            for item in map(msgspec.json.decode, page.items):
                found[UUID(item["sample_id"])] = item["reason"] or item["outcome"]
            raise _Undone
    except _Undone:
        return found


async def _same(
    laboratory: Laboratory,
    ids: list[UUID],
    command: Callable[[Transaction, UUID], Awaitable[Any]],
    operation: dict[str, Any],
) -> dict[UUID, str]:
    """Hold what a job and its preview make of samples to what the command for one of them does; return that."""
    asked = msgspec.convert({"selection": {"ids": ids}, "operation": operation}, BulkChange)
    single = await _one_by_one(laboratory, ids, command)
    assert await _together(laboratory, ids, lambda tx: commands.begin(tx, asked, may_override=False)) == single
    foreseen = await commands.preview(laboratory.db, asked, call=laboratory.call(), may_override=False)
    refused = {sample_id: outcome for sample_id, outcome in single.items() if outcome != "changed"}
    assert {item.sample_id: item.reason for item in foreseen.refused} == refused
    return single


async def test_capability_13_every_state_and_action_that_a_single_change_refuses_is_refused_in_bulk(
    laboratory: Laboratory,
) -> None:
    ids = await _in_every_state(laboratory)

    for to in get_args(Target):
        for reason in ("", "Because."):
            one = Transition(to=to, reason=reason)
            alone = functools.partial(stage_commands.move_sample, asked=one, seen=1, may_override=False)
            await _same(laboratory, ids, alone, {"kind": "move", "to": to, "reason": reason})


async def test_capability_13_a_record_that_is_refused_alone_is_refused_among_many(laboratory: Laboratory) -> None:
    ids = await _in_every_state(laboratory)

    for verdict in get_args(Verdict):
        one = NewDecision(verdict=verdict, reason="Because.")
        alone = functools.partial(record_commands.add_record, asked=one)
        decided = await _same(laboratory, ids, alone, {"kind": "decide", "verdict": verdict, "reason": "Because."})
        assert set(decided.values()) == {"changed", "not-allowed"}

    called = msgspec.convert({"kind": "basecalling", **RECORDS["basecalling"]}, NewBasecalling)
    codes = {sample_id: (await laboratory.show(sample_id)).code for sample_id in ids}
    reads = called.read_sets[0]
    cells = f"{called.model},{called.min_q},{reads.reads},{reads.bases_pass_bp},{reads.n50_bp},{reads.mean_q}"
    lines = ["sample,model,min_q,reads,bases_pass_bp,n50_bp,mean_q", *(f"{code},{cells}" for code in codes.values())]
    sheet = BasecallingSheet(sheet="\n".join(lines))
    single = await _one_by_one(laboratory, ids, lambda tx, sample_id: record_commands.add_record(tx, sample_id, called))
    assert await _together(laboratory, ids, lambda tx: basecallings.begin(tx, sheet)) == single
    foreseen = (await basecallings.check(laboratory.db, sheet, call=laboratory.call())).preview
    assert foreseen is not None
    assert {item.sample_id for item in foreseen.refused} == {
        sample_id for sample_id, outcome in single.items() if outcome != "changed"
    }


#: What happened to a tube before it comes, and what becomes of it among many; alone it may come again while it is here.
_TUBES: dict[tuple[str, ...], str] = {
    (): "changed",
    ("received",): "unchanged",
    ("received", "stored"): "unchanged",
    ("received", "checked_out"): "unchanged",
    ("stored",): "changed",
    ("received", "returned"): "changed",
    ("received", "lost"): "changed",
    ("received", "lost", "received"): "unchanged",
    ("received", "consumed"): "not-allowed",
    ("received", "destroyed"): "not-allowed",
}


async def test_capability_13_a_tube_that_is_refused_alone_is_refused_among_many(laboratory: Laboratory) -> None:
    expected = {}
    for happened, outcome in _TUBES.items():
        sample_id = await laboratory.register()
        for kind in happened:
            condition = "intact" if kind == "received" else None
            more = {"location": "R1/F1", "note": "So it was.", "witness": "bob", "condition": condition}
            await laboratory.custody(sample_id, kind, **more)
        expected[sample_id] = outcome
    ids, arrival = list(expected), NewCustodyEvent(kind="received", condition="intact")
    asked = msgspec.convert(
        {"selection": {"ids": ids}, "operation": {"kind": "receive", "condition": "intact"}}, BulkChange
    )

    single = await _one_by_one(laboratory, ids, lambda tx, sample_id: custody.record_custody(tx, sample_id, arrival))
    together = await _together(laboratory, ids, lambda tx: commands.begin(tx, asked, may_override=False))
    foreseen = await commands.preview(laboratory.db, asked, call=laboratory.call(), may_override=False)

    assert together == expected
    assert {sample_id: found for sample_id, found in together.items() if found != "unchanged"} == {
        sample_id: found for sample_id, found in single.items() if together[sample_id] != "unchanged"
    }
    assert (foreseen.will_change, foreseen.unchanged, foreseen.will_not) == (4, 4, 2)
