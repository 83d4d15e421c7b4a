"""Positions as agents tell them, over HTTP."""

from datetime import timedelta
from typing import Annotated, Literal

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.live import LivePosition
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, call_of, page, runtime_of
from nanopore_tracking.services.sample.live_places import store
from nanopore_tracking.services.sample.settings import Settings

Host = Annotated[str, Meta(min_length=1, max_length=200, description="A computer with MinKNOW, as its agent names it.")]


@get("/api/runs/live/positions", policy="inventory.read")
async def list_positions(
    request: Ask,
    host: Host | None = None,
    sort: Literal["name", "-name"] = "name",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[LivePosition]]:
    """List the positions that agents tell of, with the run that was told last on each."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    quiet_at = call_of(request).at - timedelta(seconds=settings.live_quiet_s)
    asked = {"filters": {"host": host}, "sort": sort, "after": after, "limit": limit}
    return page(await store.list_positions(runtime.db, quiet_at=quiet_at, **asked))


ROUTES = [list_positions]
