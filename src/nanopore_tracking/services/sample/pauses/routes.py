"""Clocks of samples and submissions over HTTP. {said} is an id or a code."""

from typing import Annotated, Literal

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.clocks import Clock, NewPause, Resumption
from nanopore_tracking.contracts.api.sample.samples import Sample
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.clocks import store
from nanopore_tracking.services.sample.pauses import commands
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.submissions import store as submission_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]
SaidSubmission = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]
Sort = Literal["started", "-started"]


@get("/api/samples/{said:str}/clocks", policy="samples.read")
async def list_sample_clocks(
    request: Ask, said: Said, sort: Sort = "-started", after: After | None = None, limit: Limit = 50
) -> Response[Paged[Clock]]:
    """List the clocks of a sample, one for each stay at a stage, the last one first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    owner = store.sample(await sample_store.find_sample(db, scope, said))
    return page(await store.list_clocks(db, scope, owner, filters={}, sort=sort, after=after, limit=limit))


@get("/api/submissions/{said:str}/clocks", policy="submissions.read")
async def list_submission_clocks(
    request: Ask, said: SaidSubmission, sort: Sort = "-started", after: After | None = None, limit: Limit = 50
) -> Response[Paged[Clock]]:
    """List the clocks of a submission, one for each review."""
    db, scope = runtime_of(request).db, call_of(request).scope
    submission_id = await submission_store.find_submission(db, scope, said)
    await submission_store.show_submission(db, scope, submission_id)
    owner = store.submission(submission_id)
    return page(await store.list_clocks(db, scope, owner, filters={}, sort=sort, after=after, limit=limit))


@post("/api/samples/{said:str}/clock/pause", policy="samples.write", status_code=200, match=True)
async def pause(request: Ask, said: Said, data: NewPause) -> Response[Sample]:
    """Let the clock of a sample stand still while nothing can be done."""
    seen = match_of(request)
    sample_id = await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.pause(tx, sample_id, data, seen=seen))


@post("/api/samples/{said:str}/clock/resumption", policy="samples.write", status_code=200, match=True)
async def resume(request: Ask, said: Said, data: Resumption) -> Response[Sample]:  # noqa: ARG001 (nothing to say)
    """Let the clock of a sample run on."""
    seen = match_of(request)
    sample_id = await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.resume(tx, sample_id, seen=seen))


ROUTES = [list_sample_clocks, list_submission_clocks, pause, resume]
