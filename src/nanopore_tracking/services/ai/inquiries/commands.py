"""What can be done with questions about a form before it is accepted: ask one, and withdraw it."""

from uuid import UUID

from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.inquiries import model, store
from nanopore_tracking.services.ai.reviews import commands as reviews


async def ask(tx: Transaction, extraction_id: UUID, value_id: UUID, *, body: str) -> Written:
    """Keep a question about a value, which the submitter is asked when the form is accepted."""
    await reviews.opened(tx, extraction_id)
    model.refuse_many(await store.count(tx, extraction_id))
    await store.keep(tx, extraction_id, value_id, body=body)
    return await reviews.shown(tx, extraction_id)


async def withdraw(tx: Transaction, extraction_id: UUID, question_id: UUID) -> Written:
    """Forget a question that nobody was asked yet."""
    await reviews.opened(tx, extraction_id)
    await store.remove(tx, extraction_id, question_id)
    return await reviews.shown(tx, extraction_id)
