"""What is done with a group of a bulk job: each sample by itself, and what becomes of it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.api.sample.records import NewRecord
from nanopore_tracking.contracts.events.sample.samples import RecordState
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.bulk import commands as bulk
from nanopore_tracking.services.sample.bulk import model, store
from nanopore_tracking.services.sample.bulk.model import Intent, Item, Job, Result
from nanopore_tracking.services.sample.custody import commands as custody_commands
from nanopore_tracking.services.sample.custody import model as custody_model
from nanopore_tracking.services.sample.custody.model import Happened
from nanopore_tracking.services.sample.measurements import commands as measurement_commands
from nanopore_tracking.services.sample.records import commands as record_commands
from nanopore_tracking.services.sample.samples import commands as sample_commands
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample
from nanopore_tracking.services.sample.stages import commands as stage_commands
from nanopore_tracking.services.sample.stages.model import Asked


async def run_group(tx: Transaction, job: Job, number: int) -> None:
    """Change each sample of a group by itself and keep what became of it; what is refused stays as it is."""
    items = await store.group_items(tx, job, number)
    found = {sample.id: sample for sample in await sample_store.lock_samples(tx, [item.sample_id for item in items])}
    intents = [
        (found[item.sample_id], _intent(job, found[item.sample_id], item)) for item in items if item.sample_id in found
    ]
    results = [model.unknown(item.sample_id) for item in items if item.sample_id not in found]
    results += [model.refused(one.id, problem) for one, problem in bulk.of_kind(intents, errors.Problem)]
    results += await _move(tx, bulk.of_kind(intents, Asked))
    results += await _receive(tx, bulk.of_kind(intents, NewCustodyEvent))
    results += await _record(tx, bulk.of_kind(intents, NewRecord))
    changes = bulk.of_kind(intents, dict)
    measured = {item.sample_id: item.measurements for item in items if item.measurements}
    results += await _change(tx, [(sample, values) for sample, values in changes if sample.id not in measured])
    for sample, values in changes:
        if sample.id in measured:
            results.append(await _take_back(tx, job, sample, values=values, measurements=measured[sample.id]))
    await bulk.close(tx, job, number, results=results)


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
    known = await bulk.said_already(tx, records)
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


async def _take_back(
    tx: Transaction, job: Job, sample: Sample, *, values: Mapping[str, Any], measurements: Sequence[UUID]
) -> Result:
    """Declare that measurements do not count and change the sample back: both, or neither and why."""
    try:
        async with tx.savepoint():
            for measurement_id in measurements:
                await measurement_commands.undo_measurement(
                    tx, sample.id, measurement_id, reason=job.operation["reason"]
                )
            (now,) = await sample_store.lock_samples(tx, [sample.id])
            (result,) = await _change(tx, [(now, values)])
    except errors.Conflict as problem:
        return model.refused(sample.id, problem)
    return replace(result, outcome="changed", measurements=tuple(measurements))


async def give_up(tx: Transaction, job: Job, number: int) -> None:
    """Refuse every sample of a group that cannot be worked on, so that the others go on."""
    message = "Something unexpected went wrong with its group, and nothing of it was changed. Tell the operator."
    items = await store.group_items(tx, job, number)
    results = [Result(sample_id=item.sample_id, outcome="refused", reason="failed", message=message) for item in items]
    await bulk.close(tx, job, number, results=results)
