"""What labs taught about the headings of their files."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def learnt_headings(db: Reads, lab_id: UUID) -> dict[str, str | None]:
    """Return heading → field, or None for a column that is not read."""
    return {row["heading"]: row["field"] for row in await db.rows(Q.learnt_headings, lab_id=lab_id)}


async def learn_heading(tx: Transaction, lab_id: UUID, *, heading: str, field: str | None) -> None:
    """Remember what a heading means in the files of a lab; heading: as `headings.model.plain` writes it."""
    await tx.execute(Q.learn_heading, lab_id=lab_id, heading=heading, field=field, by=tx.call.by, at=tx.call.at)
