"""What waits for a person because it was drawn by lot, over HTTP."""

from typing import Literal
from uuid import UUID

from litestar import Response, get

from nanopore_tracking.contracts.api.ai.performance import Lot
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, page, runtime_of
from nanopore_tracking.services.ai.acceptances import store


@get("/api/documents/lots", policy="documents.review")
async def list_lots(
    request: Ask,
    project_id: UUID | None = None,
    sort: Literal["requested", "-requested"] = "requested",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Lot]]:
    """List forms with values that would be accepted unseen and were drawn by lot, the longest waiting first."""
    db, scope, filters = runtime_of(request).db, call_of(request).scope, {"project_id": project_id}
    return page(await store.list_lots(db, scope, filters=filters, sort=sort, after=after, limit=limit))


ROUTES = [list_lots]
