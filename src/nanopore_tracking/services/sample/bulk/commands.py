"""What can be done with many samples: look ahead, begin a job, do a group of it, take a job back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.bulk import MOST, BulkChange, BulkPreview, BulkUndo, Change, Move
from nanopore_tracking.contracts.events.sample.bulk import BulkFinished, BulkStarted
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.bulk import model, store
from nanopore_tracking.services.sample.bulk.model import Changes, Intent, Job, Result
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.samples import commands as sample_commands
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample
from nanopore_tracking.services.sample.stages import commands as stage_commands
from nanopore_tracking.services.sample.stages.model import Asked

_AT_ONCE = 500


async def preview(db: Reads, asked: BulkChange, *, call: Call, may_override: bool) -> BulkPreview:
    """Tell what would become of each selected sample now; nothing is changed."""
    scope, person = call.scope, call.actor.kind == "person"
    ids = await _selected(db, asked, scope)
    shown: list[Sample] = []
    results: list[Result] = []
    for start in range(0, len(ids), _AT_ONCE):
        found = await sample_store.read_samples(db, scope, ids[start : start + _AT_ONCE])
        found.sort(key=lambda sample: sample.code)
        shown += found
        intents = [(one, model.intent(asked.operation, one, may_override=may_override, person=person)) for one in found]
        moves = [(sample, intent) for sample, intent in intents if isinstance(intent, Asked)]
        judged = await stage_commands.judge(db, moves, now=call.at)
        ways = {sample.id: way for (sample, _), way in zip(moves, judged, strict=True)}
        results += [_foreseen(sample, ways.get(sample.id, intent)) for sample, intent in intents]
    return model.preview(shown, results)


def _foreseen(sample: Sample, found: Any) -> Result:
    if isinstance(found, errors.Problem):
        return model.refused(sample.id, found)
    same = isinstance(found, dict) and found == {name: getattr(sample, name) for name in samples.CHANGEABLE}
    return Result(sample_id=sample.id, outcome="unchanged" if same else "changed")


async def _selected(db: Reads, asked: BulkChange, scope: list[UUID] | None) -> list[UUID]:
    if isinstance(asked.operation, Change) and not labs.asked(asked.operation):
        message = "Say what is to be changed."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("operation", message)])
    ids = await store.selected(db, scope, model.chosen(asked.selection), most=MOST)
    model.counted(asked.selection, len(ids), MOST)
    return ids


async def begin(tx: Transaction, asked: BulkChange, *, may_override: bool) -> Written:
    """Begin a job over the selected samples; NotFound, TooLarge, Conflict where others are found than were seen."""
    ids = await _selected(tx, asked, tx.call.scope)
    operation = msgspec.to_builtins(asked.operation)
    job = _job(tx, operation, ids, may_override=may_override)
    await store.insert_job(tx, job, ids)
    return await _begun(tx, job)


async def undo(tx: Transaction, job_id: UUID, asked: BulkUndo, *, seen: int) -> Written:
    """Begin the job that takes another one back; NotFound, Stale, Conflict where that is not possible."""
    await store.show_job(tx, tx.call.scope, tx.call.actor.id, job_id=job_id)
    before = await store.find_job(tx, job_id)
    labs.match(before.version, seen, "job")
    reason = model.undoable(before, asked)
    ids = await store.changed_ids(tx, job_id)
    if not ids:
        raise errors.Conflict("The job changed no sample, so that there is nothing to undo.", type="not-allowed")
    job = replace(_job(tx, {"kind": "undo", "reason": reason}, ids, may_override=False), undoes=job_id)
    try:
        await store.insert_job(tx, job, ids)
    except postgres.Violation as violation:
        if violation.constraint != "bulk_undone_once":
            raise
        message = "This was undone already. Nothing more was changed."
        raise errors.Conflict(message, type="done-already") from None
    return await _begun(tx, job)


def _job(tx: Transaction, operation: dict[str, Any], ids: Sequence[UUID], *, may_override: bool) -> Job:
    return Job(
        id=uuid7(),
        kind=operation["kind"],
        operation=operation,
        undoes=None,
        may_override=may_override,
        actor=tx.call.actor,
        labs=tx.call.scope,
        total=len(ids),
        groups_left=-(-len(ids) // model.GROUP),
        finished_at=None,
        version=1,
    )


async def _begun(tx: Transaction, job: Job) -> Written:
    event = BulkStarted(
        bulk_id=job.id, kind=job.kind, operation=dict(job.operation), undoes=job.undoes, total=job.total
    )
    tx.announce(event, subject=_subject(job))
    item = await store.show_job(tx, tx.call.scope, tx.call.actor.id, job_id=job.id)
    return Written(item=item, version=job.version, location=f"/api/samples/bulk/{job.id}")


def _subject(job: Job) -> Subject:
    return Subject("bulk", str(job.id))


async def run_group(tx: Transaction, job: Job, number: int) -> None:
    """Change each sample of a group by itself and keep what became of it; what is refused stays as it is."""
    items = await store.group_items(tx, job, number)
    found = {sample.id: sample for sample in await sample_store.lock_samples(tx, [item for item, _ in items])}
    intents = [
        (found[sample_id], _intent(job, found[sample_id], changes))
        for sample_id, changes in items
        if sample_id in found
    ]
    results = [model.unknown(sample_id) for sample_id, _ in items if sample_id not in found]
    results += [model.refused(one.id, intent) for one, intent in intents if isinstance(intent, errors.Problem)]
    results += await _move(tx, [(one, intent) for one, intent in intents if isinstance(intent, Asked)])
    results += await _change(tx, [(one, intent) for one, intent in intents if isinstance(intent, dict)])
    await close(tx, job, number, results=results)


def _intent(job: Job, sample: Sample, changes: Changes) -> Intent:
    if job.kind == "undo":
        return model.undoing(sample, changes, f"Undo: {job.operation['reason']}")
    operation: Move | Change = msgspec.convert(job.operation, Move | Change)
    return model.intent(operation, sample, may_override=job.may_override, person=job.actor.kind == "person")


async def _move(tx: Transaction, moves: Sequence[tuple[Sample, Asked]]) -> list[Result]:
    moved = await stage_commands.move_samples(tx, moves) if moves else []
    return [
        model.refused(before.id, after)
        if isinstance(after, errors.Problem)
        else Result(sample_id=before.id, outcome="changed", changes=model.compared(before, after, moved=True))
        for (before, _), after in zip(moves, moved, strict=True)
    ]


async def _change(tx: Transaction, changes: Sequence[tuple[Sample, Mapping[str, Any]]]) -> list[Result]:
    different = [
        (sample, values)
        for sample, values in changes
        if values != {name: getattr(sample, name) for name in samples.CHANGEABLE}
    ]
    changed = {after.id: after for after in await sample_commands.change_samples(tx, different)} if different else {}
    results = []
    for before, _ in changes:
        after = changed.get(before.id)
        if after is None:
            results.append(Result(sample_id=before.id, outcome="unchanged"))
            continue
        results.append(
            Result(sample_id=before.id, outcome="changed", changes=model.compared(before, after, moved=False))
        )
    return results


async def close(tx: Transaction, job: Job, number: int, *, results: Sequence[Result]) -> None:
    """Keep the results of a group, and announce the end of the job with its last one."""
    counts = await store.close_group(tx, job, number, results=results)
    if counts is not None:
        event = BulkFinished(bulk_id=job.id, kind=job.kind, total=job.total, **counts)
        tx.announce(event, subject=_subject(job))


async def give_up(tx: Transaction, job: Job, number: int) -> None:
    """Refuse every sample of a group that cannot be worked on, so that the others go on."""
    message = "Something unexpected went wrong with its group, and nothing of it was changed. Tell the operator."
    items = await store.group_items(tx, job, number)
    results = [
        Result(sample_id=sample_id, outcome="refused", reason="failed", message=message) for sample_id, _ in items
    ]
    await close(tx, job, number, results=results)


async def keep_edit(tx: Transaction, operation: dict[str, Any], results: Sequence[Result]) -> UUID:
    """Keep what a grid changed as a job that is done, so that it can be looked at and undone; return its id."""
    ids = [result.sample_id for result in results]
    job = _job(tx, operation, ids, may_override=False)
    await store.insert_job(tx, job, ids)
    await _begun(tx, job)
    for number in range(job.groups_left):
        await close(tx, job, number, results=results[number * model.GROUP : (number + 1) * model.GROUP])
    return job.id
