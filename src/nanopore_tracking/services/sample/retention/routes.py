"""Retention over HTTP. {said} is the id or the code of a sample."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.containers import Due, NewRetention, Retention, SubmissionRetention
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.retention import commands, model, store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.submissions import store as submission_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]
SaidSubmission = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="On which day; today if left out.")]


@get("/api/samples/{said:str}/retention", policy="samples.read")
async def show_retention(request: Ask, said: Said) -> Response[Retention]:
    """Tell until when a sample is kept, and by whom that was set."""
    db = runtime_of(request).db
    sample_id = await sample_store.find_sample(db, call_of(request).scope, said)
    return answer(await store.show_retention(db, sample_id))


@post("/api/samples/{said:str}/retention", policy="storage.write", status_code=201)
async def keep_sample(request: Ask, said: Said, data: NewRetention) -> Response[Retention]:
    """Set until when a sample is kept."""
    sample_id = await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.keep_sample(tx, sample_id, data))


@get("/api/submissions/{said:str}/retention", policy="samples.read")
async def show_of_submission(request: Ask, said: SaidSubmission) -> Response[SubmissionRetention]:
    """Tell until when the samples of a submission are kept: how many until which day, and why."""
    db, scope = runtime_of(request).db, call_of(request).scope
    submission_id = await submission_store.find_submission(db, scope, said)
    await submission_store.show_submission(db, scope, submission_id)
    return answer(await store.of_submission(db, scope, submission_id))


@post("/api/submissions/{said:str}/retention", policy="storage.write", status_code=201)
async def keep_submission(request: Ask, said: SaidSubmission, data: NewRetention) -> Response[SubmissionRetention]:
    """Set until when each sample of a submission is kept, all or none of them."""
    submission_id = await submission_store.find_submission(runtime_of(request).db, call_of(request).scope, said)
    return await write(request, lambda tx: commands.keep_submission(tx, submission_id, data))


@post("/api/projects/{project_id:uuid}/retention", policy="storage.write", status_code=201)
async def keep_project(request: Ask, project_id: UUID, data: NewRetention) -> Response[Retention]:
    """Set until when the samples of a project are kept, but for those with a day of their own."""
    return await write(request, lambda tx: commands.keep_project(tx, project_id, data))


@get("/api/storage/due", policy="storage.read")
async def list_due(
    request: Ask,
    day: Day | None = None,
    project_id: UUID | None = None,
    lab_id: UUID | None = None,
    sort: Literal["keep_until", "-keep_until"] = "keep_until",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Due]]:
    """List the tubes that need not be kept any longer, those that are due longest first."""
    on = model.day(day, field="day") if day else datetime.now(UTC).date()
    filters = {"project_id": project_id, "lab_id": lab_id}
    db, scope = runtime_of(request).db, call_of(request).scope
    return page(await store.list_due(db, scope, on, filters=filters, sort=sort, after=after, limit=limit))


ROUTES = [show_retention, keep_sample, show_of_submission, keep_submission, keep_project, list_due]
