"""What is done with the reads of a run that is known: kept by sample, and recorded as the basecalling of each."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from nanopore_tracking.contracts.api.sample.acquisitions import ModelNamed
from nanopore_tracking.contracts.api.sample.records import NewRecord
from nanopore_tracking.contracts.events.sample.acquisitions import BasecallNamed, BasecallStored
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.read_sets import model, store
from nanopore_tracking.services.sample.records import commands as record_commands
from nanopore_tracking.services.sample.records import model as records
from nanopore_tracking.services.sample.records import store as record_store
from nanopore_tracking.services.sample.runs import model as runs
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def keep(tx: Transaction, acquisition_id: UUID, reading: Reading, *, run_id: UUID) -> None:
    """Keep whose reads a reading has, by each basecalling in it, and announce them; nothing where none is the run's."""
    run = await run_store.read_run(tx, run_id)
    cargo = await cargo_store.of_either(tx, pool_id=run.pool_id, library_id=run.library_id)
    ids: set[UUID] = set()
    names = await store.names_of(tx, acquisition_id)
    for place, read in enumerate(model.basecallings(reading, cargo.tags)):
        called = model.named(read, names)
        # The one that counts comes last, and is the latest by a millionth of a second.
        at = tx.call.at + timedelta(microseconds=place)
        basecall_id = await store.keep_basecall(tx, acquisition_id, called, at=at)
        await store.replace_read_sets(tx, basecall_id, run_id=run_id, sets=called.sets)
        event = BasecallStored(
            basecall_id=basecall_id,
            acquisition_id=acquisition_id,
            run_id=run_id,
            model=called.model,
            min_q=called.min_q,
            read_sets=[each.told for each in called.sets],
        )
        tx.announce(event, subject=runs.subject(run))
        ids |= {each.sample_id for each in called.sets if each.sample_id is not None}
    if ids and reading.state == "complete":
        await record(tx, await sample_store.lock_samples(tx, sorted(ids)))


async def name(tx: Transaction, basecall_id: UUID, asked: ModelNamed) -> Written:
    """Say which model a summary was called with, where its folder does not; NotFound, Conflict.

    What waited for that is recorded now: the basecalling of each sample of a run that is complete.
    """
    row = await store.lock_basecall(tx, basecall_id)
    model.nameable(row["model"], by_person=await store.is_named(tx, row))
    said = model.Named(model=asked.model.strip(), min_q=asked.min_q)
    if not said.model:
        message = "Say which model it was."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("model", message)])
    if not await store.name(tx, row, said, reason=asked.reason.strip()):
        message = f"{row['summary']} was read with {said.model} and this limit already. Nothing was changed."
        raise errors.Conflict(message, type="already-exists")
    found = await store.whose(tx, basecall_id)
    if found is not None:
        run = await run_store.read_run(tx, found["run_id"])
        event = BasecallNamed(
            basecall_id=basecall_id,
            acquisition_id=row["acquisition_id"],
            run_id=run.id,
            summary=row["summary"],
            model=said.model,
            min_q=said.min_q,
            reason=asked.reason.strip(),
        )
        changes = [Change("model", row["model"] or None, said.model), Change("min_q", row["min_q"], said.min_q)]
        tx.announce(event, subject=runs.subject(run), changes=changes)
        if found["sample_ids"] and found["state"] == "complete":
            await record(tx, await sample_store.lock_samples(tx, sorted(found["sample_ids"])))
    return Written(item=await store.show_basecall(tx, basecall_id))


async def record(tx: Transaction, samples: Sequence[Sample]) -> list[UUID]:
    """Record the basecalling of locked samples at its stage, as a person would, and return those of which it was done.

    Nothing is recorded where the model is not known, where no read passed, or where a record says the same already.
    """
    wanted = {sample.id: sample for sample in samples if sample.stage == "basecalling"}
    called = await store.basecalls_of(tx, list(wanted)) if wanted else {}
    if not called:
        return []
    sets = await store.sets_of(tx, sorted({call.id for call in called.values()}))
    present = await library_store.present_of(tx, list(called))
    current = await record_store.current_records(tx, list(called))
    asked: list[tuple[Sample, NewRecord]] = []
    for sample_id, call in called.items():
        barcodes = present[sample_id].barcodes if sample_id in present else ()
        said = model.record(call, sets[call.id], sample_id=sample_id, barcodes=barcodes)
        if said is not None and not records.said_already(wanted[sample_id], current[sample_id], said):
            asked.append((wanted[sample_id], said))
    made = await record_commands.add_records(tx, asked)
    return [sample.id for (sample, _), found in zip(asked, made, strict=True) if not isinstance(found, errors.Problem)]
