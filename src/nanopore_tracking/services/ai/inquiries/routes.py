"""Questions about a form over HTTP."""

from uuid import UUID

from litestar import Response, delete, post

from nanopore_tracking.contracts.api.ai.reviews import NewFormQuestion, Review
from nanopore_tracking.kernel.http import Ask, write
from nanopore_tracking.services.ai.inquiries import commands


@post("/api/extractions/{extraction_id:uuid}/questions", policy="documents.review", status_code=200)
async def ask_about(request: Ask, extraction_id: UUID, data: NewFormQuestion) -> Response[Review]:
    """Keep a question about a value; the submitter is asked in the thread of the submission, once there is one."""
    body = data.body.strip()
    return await write(request, lambda tx: commands.ask(tx, extraction_id, data.value_id, body=body))


@delete(
    "/api/extractions/{extraction_id:uuid}/questions/{question_id:uuid}", policy="documents.review", status_code=200
)
async def withdraw(request: Ask, extraction_id: UUID, question_id: UUID) -> Response[Review]:
    """Withdraw a question that nobody was asked yet."""
    return await write(request, lambda tx: commands.withdraw(tx, extraction_id, question_id))


ROUTES = [ask_about, withdraw]
