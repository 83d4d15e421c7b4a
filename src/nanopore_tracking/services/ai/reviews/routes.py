"""Reviews of forms over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.ai.reviews import (
    Decisions,
    Progress,
    Rejection,
    Review,
    ReviewText,
    RowDecision,
    TakenOver,
)
from nanopore_tracking.kernel.http import Ask, answer, call_of, match_of, principal_of, runtime_of, write
from nanopore_tracking.services.ai.acceptances.jobs import JOB
from nanopore_tracking.services.ai.lessons.model import voice_of
from nanopore_tracking.services.ai.reviews import commands, store
from nanopore_tracking.services.ai.settings import Settings

RowNumber = Annotated[int, Meta(ge=1, le=2_147_483_647, description="The row in the table, from 1.")]


@get("/api/extractions/{extraction_id:uuid}/review", policy="documents.read")
async def show_review(request: Ask, extraction_id: UUID) -> Response[Review]:
    """Show a form as it was read, value by value, with where each stands and what is in doubt."""
    call = call_of(request)
    found = await store.show(runtime_of(request).db, call.scope, extraction_id, account_id=call.actor.id)
    return answer(found[0], version=found[1])


@get("/api/extractions/{extraction_id:uuid}/texts", policy="documents.read")
async def show_texts(request: Ask, extraction_id: UUID) -> Response[ReviewText]:
    """Show the text of each page of a form, as it was found."""
    return answer(await store.show_texts(runtime_of(request).db, call_of(request).scope, extraction_id))


@post("/api/extractions/{extraction_id:uuid}/reviewer", policy="documents.review", status_code=200)
async def take_review(request: Ask, extraction_id: UUID, data: TakenOver) -> Response[Review]:
    """Begin to review a form; others can read it meanwhile, and take it over."""
    return await write(request, lambda tx: commands.take(tx, extraction_id, take_over=data.take_over))


@delete("/api/extractions/{extraction_id:uuid}/reviewer", policy="documents.review", status_code=200)
async def leave_review(request: Ask, extraction_id: UUID) -> Response[Review]:
    """Leave a form to others; what was decided is kept."""
    return await write(request, lambda tx: commands.let_go(tx, extraction_id))


@post("/api/extractions/{extraction_id:uuid}/decisions", policy="documents.review", status_code=200)
async def decide_values(request: Ask, extraction_id: UUID, data: Decisions) -> Response[Progress]:
    """Confirm or correct values of a form, all or none of them; each as the version that was seen."""
    settings: Settings = runtime_of(request).settings
    voice = voice_of(principal_of(request).permissions, settings.lessons_apart)
    return await write(request, lambda tx: commands.decide(tx, extraction_id, data.decisions, voice=voice))


@post("/api/extractions/{extraction_id:uuid}/rows/{row_number:int}", policy="documents.review", status_code=200)
async def decide_row(request: Ask, extraction_id: UUID, row_number: RowNumber, data: RowDecision) -> Response[Progress]:
    """Say whether a row of a form is a sample."""
    return await write(
        request,
        lambda tx: commands.drop_row(tx, extraction_id, row_number, dropped=data.dropped, seen=data.version),
    )


@post("/api/extractions/{extraction_id:uuid}/acceptance", policy="documents.review", match=True, status_code=200)
async def accept_form(request: Ask, extraction_id: UUID) -> Response[Review]:
    """Accept a form in which no value is in doubt any more; it becomes a submission."""
    seen = match_of(request)
    sent = await write(request, lambda tx: commands.accept(tx, extraction_id, seen))
    runtime_of(request).wake(JOB)
    return sent


@post("/api/extractions/{extraction_id:uuid}/rejection", policy="documents.review", match=True, status_code=200)
async def reject_form(request: Ask, extraction_id: UUID, data: Rejection) -> Response[Review]:
    """Refuse a form, with the reason; it becomes no submission."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.reject(tx, extraction_id, data.reason.strip(), seen=seen))


ROUTES = [
    show_review,
    show_texts,
    take_review,
    leave_review,
    decide_values,
    decide_row,
    accept_form,
    reject_form,
]
