"""The findings of a submission over HTTP. {said} is the id or the code of the submission."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.findings import Finding, FindingAcceptance, FindingState
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.findings import store
from nanopore_tracking.services.sample.resolutions import commands
from nanopore_tracking.services.sample.submissions import store as submission_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]


@get("/api/submissions/{said:str}/findings", policy="submissions.read")
async def list_findings(
    request: Ask,
    said: Said,
    state: list[FindingState] | None = None,
    sort: Literal["code", "-code"] = "code",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Finding]]:
    """List what has to be resolved before a submission is accepted, and how each one was."""
    db, scope = runtime_of(request).db, call_of(request).scope
    submission_id = await submission_store.find_submission(db, scope, said)
    await submission_store.show_submission(db, scope, submission_id)
    filters = {"state": state}
    return page(
        await store.list_findings(db, scope, submission_id, filters=filters, sort=sort, after=after, limit=limit)
    )


@post(
    "/api/submissions/{said:str}/findings/{finding_id:uuid}/acceptance",
    policy="submissions.accept",
    status_code=200,
    match=True,
)
async def accept(request: Ask, said: Said, finding_id: UUID, data: FindingAcceptance) -> Response[Finding]:
    """Accept one finding with a reason; If-Match takes the version of the finding."""
    seen, db = match_of(request), runtime_of(request).db
    submission_id = await submission_store.find_submission(db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.accept(tx, submission_id, finding_id, said=data.reason, seen=seen))


ROUTES = [list_findings, accept]
