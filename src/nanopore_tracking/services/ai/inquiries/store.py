"""Questions about forms in the database."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def count(tx: Transaction, extraction_id: UUID) -> int:
    """Return how many questions a form has."""
    return int(await tx.value(Q.count_questions, extraction_id=extraction_id))


async def keep(tx: Transaction, extraction_id: UUID, value_id: UUID, *, body: str) -> None:
    """Store a question about a value; NotFound where the form has no such value."""
    values = {"extraction_id": extraction_id, "value_id": value_id, "body": body}
    row = await tx.row(Q.insert_question, id=uuid7(), by=tx.call.by, at=tx.call.at, **values)
    if row is None:
        raise errors.NotFound("The form has no such value. Nothing was asked.")


async def remove(tx: Transaction, extraction_id: UUID, question_id: UUID) -> None:
    """Remove a question; NotFound."""
    if await tx.row(Q.delete_question, id=question_id, extraction_id=extraction_id) is None:
        raise errors.NotFound("The form has no such question. Nothing was changed.")
