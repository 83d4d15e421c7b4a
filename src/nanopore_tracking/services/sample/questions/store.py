"""The thread of a submission in the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.events.sample import MessageState
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.questions.model import Question

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_messages(db: Reads, scope: Scope, submission_id: UUID, *, notes: bool, **asked: Any) -> Page:
    """Return one page of the thread; notes: with what only the facility reads; asked: filters, sort, after, limit."""
    found: Page = await Q.messages.page(db, scope=scope, submission_id=submission_id, notes=notes, **asked)
    return found


async def show_message(db: Reads, message_id: UUID) -> str:
    """Return a message as JSON text."""
    return str(await db.value(Q.show_message, id=message_id))


async def find_question(db: Reads, submission_id: UUID, question_id: UUID) -> Question | None:
    """Return a question of a submission; None where there is none."""
    row = await db.row(Q.find_question, id=question_id, submission_id=submission_id)
    return Question(**row) if row else None


async def insert_message(
    tx: Transaction, submission_id: UUID, said: MessageState, *, kind: str, finding_ids: Sequence[UUID] = ()
) -> None:
    """Store a message; kind: `question`, `answer` or `note`."""
    await tx.execute(
        Q.insert_message,
        id=said.id,
        submission_id=submission_id,
        kind=kind,
        answers=said.answers,
        finding_ids=list(finding_ids),
        side=said.side,
        body=said.body,
        written_by=said.written_by,
        at=said.written_at,
    )
