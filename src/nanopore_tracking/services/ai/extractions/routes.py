"""Readings of documents over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import QueryParameter
from msgspec import Meta

from nanopore_tracking.contracts.api.ai.extractions import ChosenColumns, ColumnChoice, Extraction, NewExtraction, State
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    match_of,
    page,
    runtime_of,
    write,
)
from nanopore_tracking.services.ai.extractions import commands, store
from nanopore_tracking.services.ai.extractions.model import JOB

FileNamePart = Annotated[str, Meta(max_length=200, description="A part of the file's name.")]


#: `state` in the query; a handler cannot have a parameter of that name.
States = Annotated[list[State] | None, QueryParameter(name="state")]


@get("/api/extractions", policy="documents.read")
async def list_extractions(
    request: Ask,
    states: States = None,
    project_id: UUID | None = None,
    document_id: UUID | None = None,
    q: FileNamePart | None = None,
    sort: str = "-requested",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Extraction]]:
    """List readings of documents, newest first."""
    filters = {"state": states, "project_id": project_id, "document_id": document_id, "q": q}
    db, scope = runtime_of(request).db, call_of(request).scope
    return page(await store.list_extractions(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/extractions/{extraction_id:uuid}", policy="documents.read")
async def show_extraction(request: Ask, extraction_id: UUID) -> Response[Extraction]:
    """Show one reading: how far it is, how columns were understood, what has to be asked."""
    found = await store.show_extraction(runtime_of(request).db, call_of(request).scope, extraction_id)
    if found is None:
        raise errors.NotFound("There is no such reading.")
    return answer(found[0], version=found[1])


@post("/api/extractions", policy="documents.write", status_code=201)
async def read_again(request: Ask, data: NewExtraction) -> Response[Extraction]:
    """Read a document again, another sheet or with chosen columns; it becomes a submission of its own."""
    asked = _choices(data.columns)
    sent = await write(
        request,
        lambda tx: commands.read_again(
            tx, data.document_id, sheet=data.sheet, asked=asked, remember=data.remember, as_form=data.as_form
        ),
    )
    runtime_of(request).wake(JOB)
    return sent


@post("/api/extractions/{extraction_id:uuid}/columns", policy="documents.write", match=True, status_code=200)
async def choose_columns(request: Ask, extraction_id: UUID, data: ChosenColumns) -> Response[Extraction]:
    """Say what the columns of a table hold that could not be understood; the document is read again with that."""
    asked, version = _choices(data.columns), match_of(request)
    sent = await write(
        request,
        lambda tx: commands.choose_columns(tx, extraction_id, version, asked=asked, remember=data.remember),
    )
    runtime_of(request).wake(JOB)
    return sent


def _choices(columns: list[ColumnChoice]) -> dict[str, str | None]:
    chosen = {each.column: each.field for each in columns}
    if len(chosen) < len(columns):
        message = "A column is named twice. Nothing was changed."
        raise errors.Invalid(message, fields=[errors.FieldError("columns", message)])
    return chosen


ROUTES = [list_extractions, show_extraction, read_again, choose_columns]
