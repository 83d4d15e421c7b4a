"""Reading a form once more, over HTTP."""

from uuid import UUID

from litestar import Response, post

from nanopore_tracking.contracts.api.ai.reviews import ReadAgain, Review, SettledPrecedent
from nanopore_tracking.kernel.http import Ask, match_of, runtime_of, write
from nanopore_tracking.services.ai.extractions.model import JOB
from nanopore_tracking.services.ai.rereadings import commands


@post("/api/extractions/{extraction_id:uuid}/rereading", policy="documents.review", match=True, status_code=200)
async def read_again(request: Ask, extraction_id: UUID) -> Response[ReadAgain]:
    """Read a form once more; what was decided holds where the same place says the same, the rest is asked again."""
    seen = match_of(request)
    sent = await write(request, lambda tx: commands.read_again(tx, extraction_id, seen=seen))
    runtime_of(request).wake(JOB)
    return sent


@post(
    "/api/extractions/{extraction_id:uuid}/precedents/{precedent_id:uuid}", policy="documents.review", status_code=200
)
async def settle_precedent(
    request: Ask, extraction_id: UUID, precedent_id: UUID, data: SettledPrecedent
) -> Response[Review]:
    """Say that a decision on an earlier reading was looked at, and whether its row is left out here too."""
    return await write(request, lambda tx: commands.settle(tx, extraction_id, precedent_id, take=data.take))


ROUTES = [read_again, settle_precedent]
