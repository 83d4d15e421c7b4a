"""What corrections taught about labels, over HTTP."""

from typing import Literal
from uuid import UUID

from litestar import Response, delete, get

from nanopore_tracking.contracts.api.ai.reviews import LearntLabel
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, page, runtime_of, write
from nanopore_tracking.services.ai.lessons import commands, store
from nanopore_tracking.services.ai.settings import Settings


@get("/api/documents/labels", policy="documents.read")
async def list_labels(
    request: Ask,
    lab_id: UUID | None = None,
    sort: Literal["learnt", "-learnt"] = "-learnt",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[LearntLabel]]:
    """List what corrections taught about labels, the last lesson first."""
    runtime, scope = runtime_of(request), call_of(request).scope
    settings: Settings = runtime.settings
    return page(
        await store.list_labels(
            runtime.db, scope, settings.lessons_apart, filters={"lab_id": lab_id}, sort=sort, after=after, limit=limit
        )
    )


@delete("/api/documents/labels/{label_id:uuid}", policy="templates.write", status_code=204)
async def forget_label(request: Ask, label_id: UUID) -> Response[None]:
    """Forget what a label means, where that was wrong; readings that were made stay as they are."""
    return await write(request, lambda tx: commands.forget(tx, label_id))


ROUTES = [list_labels, forget_label]
