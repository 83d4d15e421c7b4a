"""What read sets add up to in the database."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.contracts.api.sample.yields import YieldTier
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads, Record
from nanopore_tracking.services.sample.yields.model import Barcode, Given

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def target(db: Reads, sample_id: UUID) -> Record:
    """Return the code of a sample, and the target and the genome size of its submission; NotFound."""
    row = await db.row(Q.target, sample_id=sample_id)
    if row is None:
        raise errors.NotFound("There is no such sample.")
    return row


async def given(db: Reads, sample_id: UUID) -> Given:
    """Return what the runs of a sample have given."""
    (row,) = await db.rows(Q.given, sample_id=sample_id)
    tiers = [YieldTier(**tier) for tier in await db.rows(Q.tiers, sample_id=sample_id)]
    return Given(**row, tiers=tiers)


async def without_model(db: Reads, run_id: UUID) -> int:
    """Return of how many basecallings of a run the model is not known."""
    found: int = await db.value(Q.without_model, run_id=run_id)
    return found


async def barcodes(db: Reads, run_id: UUID) -> list[Barcode]:
    """Return the reads of each barcode of a run."""
    return [Barcode(**row) for row in await db.rows(Q.barcodes, run_id=run_id)]
