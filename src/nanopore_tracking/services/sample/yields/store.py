"""What read sets add up to in the database."""

from pathlib import Path
from uuid import UUID

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
    return Given(**row)


async def barcodes(db: Reads, run_id: UUID) -> list[Barcode]:
    """Return the reads of each barcode of a run."""
    return [Barcode(**row) for row in await db.rows(Q.barcodes, run_id=run_id)]
