"""What is done with the reads of a run that is known: kept by sample, for each basecalling."""

from uuid import UUID

from nanopore_tracking.contracts.events.sample.acquisitions import BasecallStored
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.read_sets import model, store
from nanopore_tracking.services.sample.runs import model as runs
from nanopore_tracking.services.sample.runs import store as run_store


async def keep(tx: Transaction, acquisition_id: UUID, reading: Reading, *, run_id: UUID) -> None:
    """Keep whose reads a reading has and announce them; nothing where no read of it is the run's own."""
    run = await run_store.read_run(tx, run_id)
    cargo = await cargo_store.of_either(tx, pool_id=run.pool_id, library_id=run.library_id)
    sets = model.read_sets(reading, cargo.tags)
    if not sets:
        return
    called, min_q = (reading.report.model, reading.report.min_q) if reading.report else (model.MODEL_UNKNOWN, None)
    basecall_id = await store.keep_basecall(
        tx,
        {
            "acquisition_id": acquisition_id,
            "model": called,
            "min_q": min_q,
            "summary": reading.summary_name,
            "reads": sum(each.part.reads for each in sets),
            "bases": sum(each.part.bases for each in sets),
        },
    )
    await store.replace_read_sets(tx, basecall_id, run_id=run_id, sets=sets)
    event = BasecallStored(
        basecall_id=basecall_id,
        acquisition_id=acquisition_id,
        run_id=run_id,
        model=called,
        min_q=min_q,
        read_sets=[each.told for each in sets],
    )
    tx.announce(event, subject=runs.subject(run))
