"""Decisions on submissions over HTTP. {said} is the id or the code of the submission."""

from typing import Annotated
from uuid import UUID

from litestar import Response, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.submissions import Acceptance, Reason, Submission
from nanopore_tracking.kernel.http import Ask, call_of, match_of, runtime_of, write
from nanopore_tracking.services.sample.decisions import commands
from nanopore_tracking.services.sample.submissions import store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]


@post("/api/submissions/{said:str}/review", policy="submissions.write", status_code=200, match=True)
async def hand_in(request: Ask, said: Said) -> Response[Submission]:
    """Hand a draft in: it waits for a decision from now on."""
    seen, submission_id = match_of(request), await _submission(request, said)
    return await write(request, lambda tx: commands.hand_in(tx, submission_id, seen=seen))


@post("/api/submissions/{said:str}/acceptance", policy="submissions.accept", status_code=200, match=True)
async def accept(request: Ask, said: Said, data: Acceptance) -> Response[Submission]:
    """Accept a submission: its samples are expected from now on. Errors refuse it, findings need a reason."""
    seen, submission_id = match_of(request), await _submission(request, said)
    return await write(request, lambda tx: commands.accept(tx, submission_id, data.reason, seen=seen))


@post("/api/submissions/{said:str}/rejection", policy="submissions.accept", status_code=200, match=True)
async def reject(request: Ask, said: Said, data: Reason) -> Response[Submission]:
    """Reject a submission; no sample is created."""
    seen, submission_id = match_of(request), await _submission(request, said)
    return await write(request, lambda tx: commands.reject(tx, submission_id, data.reason, seen=seen))


@post("/api/submissions/{said:str}/cancellation", policy="submissions.write", status_code=200, match=True)
async def cancel(request: Ask, said: Said, data: Reason) -> Response[Submission]:
    """Withdraw a submission that is not decided; no sample is created."""
    seen, submission_id = match_of(request), await _submission(request, said)
    return await write(request, lambda tx: commands.cancel(tx, submission_id, data.reason, seen=seen))


async def _submission(request: Ask, said: str) -> UUID:
    return await store.find_submission(runtime_of(request).db, call_of(request).scope, said)


ROUTES = [hand_in, accept, reject, cancel]
