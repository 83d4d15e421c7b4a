"""What is done with live totals when it is known which run they are of: each barcode becomes its sample's."""

from uuid import UUID

from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.live_totals import store
from nanopore_tracking.services.sample.runs import store as run_store


async def assign(tx: Transaction, acquisition_id: UUID, *, run_id: UUID | None) -> None:
    """Say whose the barcodes of a protocol run are, as it is that planned run now, or none."""
    if run_id is None:
        await store.assign(tx, acquisition_id, [])
        return
    run = await run_store.read_run(tx, run_id)
    cargo = await cargo_store.of_either(tx, pool_id=run.pool_id, library_id=run.library_id)
    await store.assign(tx, acquisition_id, cargo.tags)
