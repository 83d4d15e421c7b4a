"""What is odd about the reads of a run, of all that is known of it."""

from datetime import date

from nanopore_tracking.contracts.api.sample.yields import RunFinding
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.runs.model import Run
from nanopore_tracking.services.sample.yields import model, store


async def findings(db: Reads, run: Run, *, day: date) -> tuple[list[RunFinding], bool]:
    """Return what is odd about the reads of a run, and whether any are known."""
    cargo = await cargo_store.of_either(db, pool_id=run.pool_id, library_id=run.library_id)
    catalogue = await catalogue_store.current(db, day)
    barcodes = await store.barcodes(db, run.id)
    found = model.findings(barcodes, cargo.tags, catalogue.thresholds)
    return found + model.nameless(await store.without_model(db, run.id)), bool(barcodes)
