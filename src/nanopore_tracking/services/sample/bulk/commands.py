"""What can be done with many samples: look ahead, begin a job, do a group of it, take a job back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.bulk import (
    MOST,
    BulkChange,
    BulkPreview,
    BulkUndo,
    Change,
    Decide,
    Receive,
)
from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.api.sample.records import NewRecord
from nanopore_tracking.contracts.events.sample.bulk import BulkFinished, BulkStarted
from nanopore_tracking.contracts.events.sample.samples import RecordState
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.bulk import model, store
from nanopore_tracking.services.sample.bulk.model import Intent, Item, Job, Result
from nanopore_tracking.services.sample.custody import commands as custody_commands
from nanopore_tracking.services.sample.custody import model as custody_model
from nanopore_tracking.services.sample.custody.model import Happened
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.records import commands as record_commands
from nanopore_tracking.services.sample.records import model as record_model
from nanopore_tracking.services.sample.records import store as record_store
from nanopore_tracking.services.sample.samples import commands as sample_commands
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample
from nanopore_tracking.services.sample.stages import commands as stage_commands
from nanopore_tracking.services.sample.stages.model import Asked

_AT_ONCE = 500


async def preview(db: Reads, asked: BulkChange, *, call: Call, may_override: bool) -> BulkPreview:
    """Tell what would become of each selected sample now; nothing is changed."""
    person = call.actor.kind == "person"
    ids = await _selected(db, asked, call)
    shown: list[Sample] = []
    results: list[Result] = []
    taken: custody_commands.Taken = {}
    for start in range(0, len(ids), _AT_ONCE):
        found = await sample_store.read_samples(db, call.scope, ids[start : start + _AT_ONCE])
        found.sort(key=lambda sample: sample.code)
        shown += found
        intents = [(one, model.intent(asked.operation, one, may_override=may_override, person=person)) for one in found]
        results += await foresee(db, intents, call=call, taken=taken)
    return model.preview(shown, results)


async def foresee(
    db: Reads,
    intents: Sequence[tuple[Sample, Intent]],
    *,
    call: Call,
    taken: custody_commands.Taken | None = None,
) -> list[Result]:
    """Tell of each sample what would become of it now; nothing is changed.

    taken: the positions that those who were foreseen before would stand in, where a selection is foreseen by parts.
    """
    moves, arrivals, records = _of(intents, Asked), _of(intents, NewCustodyEvent), _of(intents, NewRecord)
    judged = await stage_commands.judge(db, moves, now=call.at)
    found: dict[UUID, Any] = {sample.id: way for (sample, _), way in zip(moves, judged, strict=True)}
    if arrivals:
        coming = [sample for sample, _ in arrivals]
        seen = await custody_commands.foresee_arrivals(db, coming, arrivals[0][1], call=call, taken=taken)
        found |= {sample.id: what for sample, what in zip(coming, seen, strict=True)}
    known = await _said_already(db, records)
    for sample, asked in records:
        refusal = record_model.refusal(sample, asked, now=call.at, actor=call.actor)
        found[sample.id] = None if sample.id in known else refusal or asked
    return [_foreseen(sample, found.get(sample.id, intent)) for sample, intent in intents]


def _of(intents: Sequence[tuple[Sample, Intent]], kind: Any) -> list[tuple[Sample, Any]]:
    return [(sample, intent) for sample, intent in intents if isinstance(intent, kind)]


def _foreseen(sample: Sample, found: Any) -> Result:
    if isinstance(found, errors.Problem):
        return model.refused(sample.id, found)
    same = isinstance(found, dict) and found == {name: getattr(sample, name) for name in samples.CHANGEABLE}
    return Result(sample_id=sample.id, outcome="unchanged" if same or found is None else "changed")


async def _said_already(db: Reads, records: Sequence[tuple[Sample, NewRecord]]) -> set[UUID]:
    """Return the samples of which just that is recorded already, so that nothing is to be added."""
    current = await record_store.current_records(db, [sample.id for sample, _ in records]) if records else {}
    return {sample.id for sample, asked in records if record_model.said_already(sample, current[sample.id], asked)}


async def _selected(db: Reads, asked: BulkChange, call: Call) -> list[UUID]:
    await _check(db, asked.operation, call)
    ids = await store.selected(db, call.scope, model.chosen(asked.selection), most=MOST)
    model.counted(asked.selection, len(ids), MOST)
    return ids


async def _check(db: Reads, operation: model.Operation, call: Call) -> None:
    """Raise Invalid, or Forbidden, where nothing could be done with any sample."""
    if isinstance(operation, Change) and not labs.asked(operation):
        message = "Say what is to be changed."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("operation", message)])
    if isinstance(operation, Receive):
        await custody_commands.foresee_arrivals(db, [], model.arrival(operation), call=call)
    if isinstance(operation, Decide):
        record_model.check(model.decision(operation), now=call.at, actor=call.actor)


async def begin(tx: Transaction, asked: BulkChange, *, may_override: bool) -> Written:
    """Begin a job over the selected samples; NotFound, TooLarge, Conflict where others are found than were seen."""
    ids = await _selected(tx, asked, tx.call)
    operation = msgspec.to_builtins(asked.operation)
    job = _job(tx, operation, ids, may_override=may_override)
    await store.insert_job(tx, job, ids)
    return await _begun(tx, job)


async def begin_alone(tx: Transaction, operation: dict[str, Any], said: Mapping[UUID, Any]) -> Written:
    """Begin a job in which something of its own is asked of each sample; said: what, in the order of the job."""
    job = _job(tx, operation, list(said), may_override=False)
    await store.insert_job(tx, job, list(said), said=said)
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
    found = {sample.id: sample for sample in await sample_store.lock_samples(tx, [item.sample_id for item in items])}
    intents = [
        (found[item.sample_id], _intent(job, found[item.sample_id], item)) for item in items if item.sample_id in found
    ]
    results = [model.unknown(item.sample_id) for item in items if item.sample_id not in found]
    results += [model.refused(one.id, problem) for one, problem in _of(intents, errors.Problem)]
    results += await _move(tx, _of(intents, Asked))
    results += await _receive(tx, _of(intents, NewCustodyEvent))
    results += await _record(tx, _of(intents, NewRecord))
    results += await _change(tx, _of(intents, dict))
    await close(tx, job, number, results=results)


def _intent(job: Job, sample: Sample, item: Item) -> Intent:
    if job.kind == "undo":
        return model.undoing(sample, item.changes, f"Undo: {job.operation['reason']}")
    if job.kind == "basecall":
        return model.basecalling(item)
    operation: model.Operation = msgspec.convert(job.operation, model.Operation)
    return model.intent(operation, sample, may_override=job.may_override, person=job.actor.kind == "person")


async def _move(tx: Transaction, moves: Sequence[tuple[Sample, Asked]]) -> list[Result]:
    moved = await stage_commands.move_samples(tx, moves) if moves else []
    return [
        model.refused(before.id, after)
        if isinstance(after, errors.Problem)
        else Result(sample_id=before.id, outcome="changed", changes=model.compared(before, after, moved=True))
        for (before, _), after in zip(moves, moved, strict=True)
    ]


async def _receive(tx: Transaction, arrivals: Sequence[tuple[Sample, NewCustodyEvent]]) -> list[Result]:
    if not arrivals:
        return []
    coming = [sample for sample, _ in arrivals]
    try:
        received = await custody_commands.receive(tx, coming, arrivals[0][1])
    except errors.Invalid as problem:  # The place went away since the job was begun.
        return [model.refused(sample.id, problem) for sample in coming]
    return [
        Result(sample_id=sample.id, outcome="changed", changes=custody_model.changes(what))
        if isinstance(what, Happened)
        else _stayed(sample, what)
        for sample, what in zip(coming, received, strict=True)
    ]


async def _record(tx: Transaction, records: Sequence[tuple[Sample, NewRecord]]) -> list[Result]:
    known = await _said_already(tx, records)
    new = [(sample, asked) for sample, asked in records if sample.id not in known]
    made = dict(zip((sample.id for sample, _ in new), await record_commands.add_records(tx, new), strict=True))
    return [
        Result(sample_id=sample.id, outcome="changed", changes=model.recorded(said))
        if isinstance(said := made.get(sample.id), RecordState)
        else _stayed(sample, said)
        for sample, _ in records
    ]


def _stayed(sample: Sample, why: errors.Problem | None) -> Result:
    return Result(sample_id=sample.id, outcome="unchanged") if why is None else model.refused(sample.id, why)


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
    results = [Result(sample_id=item.sample_id, outcome="refused", reason="failed", message=message) for item in items]
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
