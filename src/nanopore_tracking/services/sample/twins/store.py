"""Samples and tables of a lab that may be those of a submission, in the database."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.rows.model import Row
from nanopore_tracking.services.sample.twins import model
from nanopore_tracking.services.sample.twins.model import Twin

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def twins(tx: Transaction, lab_id: UUID, rows: Sequence[Row]) -> list[Twin]:
    """Return the samples of a lab that may be those of some rows."""
    wanted = model.wanted(rows)
    if not wanted.row_numbers:
        return []
    asked = {"row_numbers": wanted.row_numbers, "names": wanted.names, **wanted.values}
    return [Twin(**row) for row in await tx.rows(Q.twins, lab_id=lab_id, **asked)]


async def same_table(tx: Transaction, lab_id: UUID, submission_id: UUID) -> list[str]:
    """Return the codes of the lab's other submissions that have the same rows; the table is known from now on."""
    known: str | None = await tx.value(Q.keep_table, submission_id=submission_id)
    if known is None:
        return []
    return list(await tx.value(Q.same_table, lab_id=lab_id, submission_id=submission_id, table_hash=known))
