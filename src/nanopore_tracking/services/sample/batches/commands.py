"""The one thing that can be done with a batch: plan it."""

from nanopore_tracking.contracts.api.sample.libraries import (
    Batch,
    BatchRow,
    NewAssignment,
    NewBatch,
    NewLibrary,
    NewSource,
)
from nanopore_tracking.contracts.api.sample.pools import NewComponent
from nanopore_tracking.contracts.events.sample.chain import PoolChanged
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.barcodes.model import Shelf
from nanopore_tracking.services.sample.batches import model
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import commands as libraries
from nanopore_tracking.services.sample.libraries.model import Library
from nanopore_tracking.services.sample.pools import commands as pools
from nanopore_tracking.services.sample.pools import model as pool_model
from nanopore_tracking.services.sample.pools import store as pool_store

_REFUSALS = (errors.Invalid, errors.NotFound, errors.Conflict)


async def plan_batch(tx: Transaction, asked: NewBatch) -> Written:
    """Plan a library of each sample in one transaction; a row that is refused says why and leaves its barcode.

    NotFound or Conflict, and nothing is planned, where the pool cannot take the libraries.
    """
    on = await libraries.shelf(tx)
    numbers = model.numbers(on, asked.kit, asked.first_barcode)
    number, rows, made = next(numbers, 0), [], []
    for said in asked.samples:
        if number == 0:
            message = model.none_left(on, asked.kit, said)
            rows.append(BatchRow(sample=said, library=None, barcode=None, message=message))
            continue
        try:
            async with tx.savepoint():
                library = await libraries.make(tx, _library(asked, said, number), on=on)
        except _REFUSALS as refused:
            rows.append(BatchRow(sample=said, library=None, barcode=None, message=refused.message))
            continue
        barcode = library.barcodes[0].barcode if library.barcodes else None
        rows.append(BatchRow(sample=said, library=library.code, barcode=barcode, message="Planned."))
        made.append(library)
        number = next(numbers, 0)
    if asked.pool and made:
        await _pool(tx, asked.pool, made, on=on)
    return Written(item=Batch(made=len(made), refused=len(rows) - len(made), rows=rows))


def _library(asked: NewBatch, said: str, number: int | None) -> NewLibrary:
    barcodes = [] if number is None else [NewAssignment(barcode=f"barcode{number:02d}")]
    return NewLibrary(
        sources=[NewSource(sample=said)],
        kit=asked.kit,
        kit_lot=asked.kit_lot,
        lot_expires_on=asked.lot_expires_on,
        protocol_version=asked.protocol_version,
        operator=asked.operator,
        input_ng=asked.input_ng,
        input_volume_ul=asked.input_volume_ul,
        barcodes=barcodes,
    )


async def _pool(tx: Transaction, said: str, made: list[Library], *, on: Shelf) -> None:
    """Put the libraries into a draft pool beside what is in it."""
    pool = await pool_store.lock_pool(tx, await pool_store.find_pool(tx, tx.call.scope, said))
    pool_model.changeable(pool)
    before = [
        NewComponent(library=item.library.code, share=item.share, volume_ul=item.volume_ul) for item in pool.components
    ]
    await pools.put(tx, pool, [*before, *(NewComponent(library=library.code) for library in made)], on=on)
    same = {name: getattr(pool, name) for name in pool_model.SAID}
    await pool_store.change(tx, pool, same)
    whole = await pool_store.lock_pool(tx, pool.id)
    changes = labs.changes({"libraries": len(pool.components)}, {"libraries": len(whole.components)})
    tx.announce(
        PoolChanged(**pool_model.facts(whole)),
        subject=pool_model.subject(pool.id, pool.code),
        changes=[*changes, Change("added", None, ", ".join(library.code for library in made))],
    )
