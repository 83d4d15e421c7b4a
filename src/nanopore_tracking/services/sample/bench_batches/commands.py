"""What can be done with batches at the bench: put one together, say its lot, close it."""

from dataclasses import replace
from uuid import UUID

from nanopore_tracking.contracts.api.sample.bench_batches import BenchBatchPatch, NewBenchBatch
from nanopore_tracking.contracts.events.sample.bench import BatchChanged, BatchCreated
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.bench_batches import model, store
from nanopore_tracking.services.sample.bench_batches.model import Batch
from nanopore_tracking.services.sample.chain import store as chain_store
from nanopore_tracking.services.sample.labs import model as labs


async def make_batch(tx: Transaction, asked: NewBenchBatch) -> Written:
    """Put a batch together; NotFound for no such tubes, Invalid for a tube or a position that is in it twice."""
    labs.require(labs.asked(asked), "name")
    model.check(asked)
    spots = model.spots(asked.positions)
    tubes = await store.find_tubes(tx, asked.thing, [model.said(each, asked.thing) or "" for each in asked.positions])
    for place, tube in enumerate(tubes):
        if tube in tubes[:place]:
            raise model.twice(tube.code)
    (code,) = await chain_store.take_codes(tx, "batch")
    batch = Batch(
        id=uuid7(),
        code=code,
        name=asked.name.strip(),
        thing=asked.thing,
        task=asked.task,
        quantity=asked.quantity,
        method=asked.method,
        kit=asked.kit.strip(),
    )
    await store.insert_batch(tx, batch, list(zip(spots, tubes, strict=True)))
    made = await store.lock_batch(tx, batch.id)
    tx.announce(BatchCreated(**model.facts(made)), subject=model.subject(made))
    return await _written(tx, batch.id)


async def change_batch(tx: Transaction, batch_id: UUID, asked: BenchBatchPatch, *, seen: int) -> Written:
    """Say the lot of a batch, or close it; NotFound, Stale, Invalid, or Conflict `lot-expired`."""
    batch = await store.lock_batch(tx, batch_id)
    labs.match(batch.version, seen, "batch")
    after = replace(batch, **labs.asked(asked))
    if (after.kit_lot, after.lot_expires_on) != (batch.kit_lot, batch.lot_expires_on):
        model.usable(after.kit_lot, after.lot_expires_on, today=tx.call.at.date())
    if after != batch:
        await store.update_batch(tx, after)
        changes = labs.changes(model.facts(batch), model.facts(after))
        tx.announce(BatchChanged(**model.facts(after)), subject=model.subject(after), changes=changes)
    return await _written(tx, batch_id)


async def _written(tx: Transaction, batch_id: UUID) -> Written:
    item, version = await store.show_batch(tx, tx.call.scope, batch_id)
    return Written(item=item, version=version, location=f"/api/batches/{batch_id}")
