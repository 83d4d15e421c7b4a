"""The thread of a submission over HTTP. {said} is the id or the code of the submission."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.access import ALL_LABS
from nanopore_tracking.contracts.api.sample.findings import Message, NewAnswer, NewNote, NewQuestion
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    call_of,
    match_of,
    may,
    page,
    principal_of,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.questions import commands, store
from nanopore_tracking.services.sample.submissions import store as submission_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]


@get("/api/submissions/{said:str}/messages", policy="submissions.read")
async def list_messages(
    request: Ask,
    said: Said,
    sort: Literal["written", "-written"] = "written",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Message]]:
    """List the thread of a submission, the oldest message first; notes only for those who may read them."""
    db, scope = runtime_of(request).db, call_of(request).scope
    submission_id = await submission_store.find_submission(db, scope, said)
    await submission_store.show_submission(db, scope, submission_id)
    notes = may(request, "notes.read")
    return page(
        await store.list_messages(
            db, scope, submission_id, notes=notes, filters={}, sort=sort, after=after, limit=limit
        )
    )


@post("/api/submissions/{said:str}/questions", policy="submissions.accept", status_code=201, match=True)
async def ask(request: Ask, said: Said, data: NewQuestion) -> Response[Message]:
    """Ask the customer; If-Match takes the version of the submission, whose clock stands still until the answer."""
    seen, submission_id = match_of(request), await _submission(request, said)
    return await write(request, lambda tx: commands.ask(tx, submission_id, data, seen=seen))


@post(
    "/api/submissions/{said:str}/questions/{question_id:uuid}/answer",
    policy="submissions.write",
    status_code=201,
    match=True,
)
async def answer(request: Ask, said: Said, question_id: UUID, data: NewAnswer) -> Response[Message]:
    """Answer a question; If-Match takes the version of the submission."""
    seen, submission_id = match_of(request), await _submission(request, said)
    side: commands.Side = "facility" if principal_of(request).roles & ALL_LABS else "customer"
    return await write(
        request,
        lambda tx: commands.answer(tx, submission_id, question_id, body=data.body, side=side, seen=seen),
    )


@post("/api/submissions/{said:str}/notes", policy="submissions.accept", status_code=201)
async def note(request: Ask, said: Said, data: NewNote) -> Response[Message]:
    """Note something that only the facility reads."""
    submission_id = await _submission(request, said)
    return await write(request, lambda tx: commands.note(tx, submission_id, data.body))


async def _submission(request: Ask, said: str) -> UUID:
    return await submission_store.find_submission(runtime_of(request).db, call_of(request).scope, said)


ROUTES = [list_messages, ask, answer, note]
