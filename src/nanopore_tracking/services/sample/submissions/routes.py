"""Submissions over HTTP: the list, one with its header, drafts and their changes. {said} is an id or a code."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.submissions import (
    NewSubmission,
    Status,
    Submission,
    SubmissionListed,
    SubmissionPatch,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.submissions import commands, store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]
Sort = Literal["updated", "-updated", "created", "-created", "code", "-code"]
Text = Annotated[
    str, Meta(max_length=100, description="Text in the code, request number, requester, file name, project or lab.")
]


@get("/api/submissions", policy="submissions.read")
async def list_submissions(
    request: Ask,
    status: list[Status] | None = None,
    lab_id: UUID | None = None,
    project_id: UUID | None = None,
    extraction_id: UUID | None = None,
    q: Text | None = None,
    sort: Sort = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[SubmissionListed]]:
    """List submissions, last changed first unless asked otherwise."""
    filters = {"status": status, "lab_id": lab_id, "project_id": project_id, "extraction_id": extraction_id, "q": q}
    db, scope = runtime_of(request).db, call_of(request).scope
    return page(await store.list_submissions(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/submissions", policy="submissions.write", status_code=201)
async def create_submission(request: Ask, data: NewSubmission) -> Response[Submission]:
    """Begin a submission by hand; it is a draft until it is handed in."""
    return await write(request, lambda tx: commands.create_submission(tx, data))


@get("/api/submissions/{said:str}", policy="submissions.read")
async def show_submission(request: Ask, said: Said) -> Response[Submission]:
    """Show one submission with its header and what the check found; the rows have a list of their own."""
    db, scope = runtime_of(request).db, call_of(request).scope
    item, version = await store.show_submission(db, scope, await store.find_submission(db, scope, said))
    return answer(item, version=version)


@patch("/api/submissions/{said:str}", policy="submissions.write", match=True)
async def change_submission(request: Ask, said: Said, data: SubmissionPatch) -> Response[Submission]:
    """Change the header of a submission that is not decided; all rows are checked again."""
    seen = match_of(request)
    submission_id = await store.find_submission(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.change_submission(tx, submission_id, data, seen=seen))


ROUTES = [list_submissions, create_submission, show_submission, change_submission]
