"""The rows of a submission over HTTP. {said} is the id or the code of the submission."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, delete, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.rows import Level, NewRows, Row, RowPatch, RowsAdded
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.corrections import commands
from nanopore_tracking.services.sample.rows import store as row_store
from nanopore_tracking.services.sample.submissions import store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]
Number = Annotated[int, Meta(ge=1, le=2_000_000_000, description="The number of the row in its submission.")]
Code = Annotated[str, Meta(max_length=60, description="Only rows with this kind of problem, such as LOW_VOLUME.")]
Text = Annotated[str, Meta(max_length=100, description="Text in the sample name.")]


@get("/api/submissions/{said:str}/rows", policy="submissions.read")
async def list_rows(
    request: Ask,
    said: Said,
    level: list[Level] | None = None,
    code: Code | None = None,
    q: Text | None = None,
    sort: Literal["row_number", "-row_number"] = "row_number",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Row]]:
    """List the rows of a submission in their order; level: rows that have at least one problem of these levels."""
    submission_id = await _submission(request, said)
    db, scope = runtime_of(request).db, call_of(request).scope
    await store.show_submission(db, scope, submission_id)
    filters = {"level": level, "code": code, "q": q}
    return page(
        await row_store.list_rows(db, scope, submission_id, filters=filters, sort=sort, after=after, limit=limit)
    )


@post("/api/submissions/{said:str}/rows", policy="submissions.write", status_code=201)
async def add_rows(request: Ask, said: Said, data: NewRows) -> Response[RowsAdded]:
    """Add rows at the end of a submission that is not decided."""
    submission_id = await _submission(request, said)
    return await write(request, lambda tx: commands.add_rows(tx, submission_id, data))


@get("/api/submissions/{said:str}/rows/{row_number:int}", policy="submissions.read")
async def show_row(request: Ask, said: Said, row_number: Number) -> Response[Row]:
    """Show one row: what was submitted, what counts, and what is wrong with it."""
    db, scope = runtime_of(request).db, call_of(request).scope
    found = await row_store.show_row(db, await _submission(request, said), row_number, scope=scope)
    if found is None:
        raise errors.NotFound("There is no such row, or none that you may see.")
    return answer(found[0], version=found[1])


@patch("/api/submissions/{said:str}/rows/{row_number:int}", policy="submissions.write", match=True)
async def correct_row(request: Ask, said: Said, row_number: Number, data: RowPatch) -> Response[Row]:
    """Correct values of a row; If-Match takes the version of the row. What was submitted is kept beside it."""
    seen, submission_id = match_of(request), await _submission(request, said)
    return await write(request, lambda tx: commands.correct_row(tx, submission_id, row_number, asked=data, seen=seen))


@delete("/api/submissions/{said:str}/rows/{row_number:int}", policy="submissions.write", match=True, status_code=204)
async def remove_row(request: Ask, said: Said, row_number: Number) -> Response[None]:
    """Remove a row of a submission that is not decided; If-Match takes the version of the row."""
    seen, submission_id = match_of(request), await _submission(request, said)
    return await write(request, lambda tx: commands.remove_row(tx, submission_id, row_number, seen=seen))


async def _submission(request: Ask, said: str) -> UUID:
    return await store.find_submission(runtime_of(request).db, call_of(request).scope, said)


ROUTES = [list_rows, add_rows, show_row, correct_row, remove_row]
