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
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.bulk import model, store
from nanopore_tracking.services.sample.bulk.model import Intent, Job, Result
from nanopore_tracking.services.sample.custody import commands as custody_commands
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.records import model as record_model
from nanopore_tracking.services.sample.records import store as record_store
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
    moves, arrivals, records = of_kind(intents, Asked), of_kind(intents, NewCustodyEvent), of_kind(intents, NewRecord)
    judged = await stage_commands.judge(db, moves, now=call.at)
    found: dict[UUID, Any] = {sample.id: way for (sample, _), way in zip(moves, judged, strict=True)}
    if arrivals:
        coming = [sample for sample, _ in arrivals]
        seen = await custody_commands.foresee_arrivals(db, coming, arrivals[0][1], call=call, taken=taken)
        found |= {sample.id: what for sample, what in zip(coming, seen, strict=True)}
    known = await said_already(db, records)
    for sample, asked in records:
        refusal = record_model.refusal(sample, asked, now=call.at, actor=call.actor)
        found[sample.id] = None if sample.id in known else refusal or asked
    return [_foreseen(sample, found.get(sample.id, intent)) for sample, intent in intents]


def of_kind(intents: Sequence[tuple[Sample, Intent]], kind: Any) -> list[tuple[Sample, Any]]:
    """Return the samples that are to do something of one kind, with what it is."""
    return [(sample, intent) for sample, intent in intents if isinstance(intent, kind)]


def _foreseen(sample: Sample, found: Any) -> Result:
    if isinstance(found, errors.Problem):
        return model.refused(sample.id, found)
    same = isinstance(found, dict) and found == {name: getattr(sample, name) for name in samples.CHANGEABLE}
    return Result(sample_id=sample.id, outcome="unchanged" if same or found is None else "changed")


async def said_already(db: Reads, records: Sequence[tuple[Sample, NewRecord]]) -> set[UUID]:
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


async def close(tx: Transaction, job: Job, number: int, *, results: Sequence[Result]) -> None:
    """Keep the results of a group, and announce the end of the job with its last one."""
    counts = await store.close_group(tx, job, number, results=results)
    if counts is not None:
        event = BulkFinished(bulk_id=job.id, kind=job.kind, total=job.total, **counts)
        tx.announce(event, subject=_subject(job))


async def keep_edit(tx: Transaction, operation: dict[str, Any], results: Sequence[Result]) -> UUID:
    """Keep what a grid changed as a job that is done, so that it can be looked at and undone; return its id."""
    ids = [result.sample_id for result in results]
    job = _job(tx, operation, ids, may_override=False)
    await store.insert_job(tx, job, ids)
    await _begun(tx, job)
    for number in range(job.groups_left):
        await close(tx, job, number, results=results[number * model.GROUP : (number + 1) * model.GROUP])
    return job.id
