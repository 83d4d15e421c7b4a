"""Board, counts and look-up over HTTP."""

from typing import Annotated, get_args
from uuid import UUID

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.samples import Board, Found, OpenStatus, Priority, Stage, Summary
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.sample.board import model, store

Person = Annotated[str, Meta(max_length=100, description="Only what this person works on.")]
Code = Annotated[
    str, Meta(min_length=1, max_length=60, description="The code of a sample or submission, or a tube's barcode.")
]


@get("/api/samples/board", policy="samples.read")
async def show_board(
    request: Ask,
    lab_id: UUID | None = None,
    project_id: UUID | None = None,
    assignee: Person | None = None,
    status: OpenStatus | None = None,
    priority: Priority | None = None,
) -> Response[Board]:
    """Show the open samples by stage: how many, since when, and the first seven by priority and age."""
    shown = model.Shown(
        labs=model.labs(call_of(request).scope, lab_id),
        project_id=project_id,
        assignee=assignee,
        status=status,
        priority=priority,
    )
    return answer(await store.show_board(runtime_of(request).db, shown))


@get("/api/samples/summary", policy="samples.read")
async def show_summary(request: Ask, lab_id: UUID | None = None) -> Response[Summary]:
    """Count the samples by stage and status."""
    labs = model.labs(call_of(request).scope, lab_id)
    return answer(await store.show_summary(runtime_of(request).db, labs, get_args(Stage)))


@get("/api/samples/lookup", policy="samples.read")
async def look_up(request: Ask, code: Code) -> Response[Found]:
    """Find what a scanned or typed code belongs to."""
    return answer(await store.look_up(runtime_of(request).db, call_of(request).scope, code))


ROUTES = [show_board, show_summary, look_up]
