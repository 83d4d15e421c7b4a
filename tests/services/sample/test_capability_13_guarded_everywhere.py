"""Capability 13: one table of transitions, whichever way a change comes in; many at once get what one alone gets."""

from typing import get_args
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.bulk import BulkChange
from nanopore_tracking.contracts.api.sample.stages import Target, Transition
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.bulk import commands, store
from nanopore_tracking.services.sample.stages import commands as stage_commands
from nanopore_tracking.services.sample.stages.model import STAGES
from tests.harness.laboratory import Laboratory

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


async def _one_by_one(laboratory: Laboratory, ids: list[UUID], asked: Transition) -> dict[UUID, str]:
    """Return what the command for a single sample makes of each: `changed`, or the type of its refusal."""
    found = {}
    for sample_id in ids:
        try:
            async with laboratory.db.transaction(laboratory.call()) as tx:
                await stage_commands.move_sample(tx, sample_id, asked, seen=1, may_override=False)
                raise _Undone
        except _Undone:
            found[sample_id] = "changed"
        except errors.Problem as problem:
            found[sample_id] = problem.type
    return found


async def _together(laboratory: Laboratory, ids: list[UUID], asked: BulkChange) -> dict[UUID, str]:
    """Return what a job makes of them; all is taken back."""
    found: dict[UUID, str] = {}
    try:
        async with laboratory.db.transaction(laboratory.call()) as tx:
            job_id = UUID(msgspec.json.decode((await commands.begin(tx, asked, may_override=False)).item)["id"])
            job = await store.find_job(tx, job_id)
            for number in range(job.groups_left):
                await commands.run_group(tx, job, number)
            page = await store.list_results(tx, None, job_id, limit=len(ids))
            for item in map(msgspec.json.decode, page.items):
                found[UUID(item["sample_id"])] = item["reason"] or item["outcome"]
            raise _Undone
    except _Undone:
        return found


async def test_capability_13_every_state_and_action_that_a_single_change_refuses_is_refused_in_bulk(
    laboratory: Laboratory,
) -> None:
    ids = await _in_every_state(laboratory)

    for to in get_args(Target):
        for reason in ("", "Because."):
            single = await _one_by_one(laboratory, ids, Transition(to=to, reason=reason))
            asked = msgspec.convert(
                {"selection": {"ids": ids}, "operation": {"kind": "move", "to": to, "reason": reason}}, BulkChange
            )
            assert await _together(laboratory, ids, asked) == single
            foreseen = await commands.preview(laboratory.db, asked, call=laboratory.call(), may_override=False)
            assert {item.sample_id: item.reason for item in foreseen.refused} == {
                sample_id: outcome for sample_id, outcome in single.items() if outcome != "changed"
            }
