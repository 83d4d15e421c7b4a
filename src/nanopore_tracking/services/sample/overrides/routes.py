"""Overrides that wait for a second person, over HTTP; `confirmations` carries out what is confirmed."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post

from nanopore_tracking.contracts.api.sample.overrides import Override, OverrideKind, OverrideRefusal, OverrideState
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.overrides import commands, store


@get("/api/overrides", policy="samples.move")
async def list_overrides(
    request: Ask,
    state: list[OverrideState] | None = None,
    kind: list[OverrideKind] | None = None,
    thing_id: UUID | None = None,
    sort: Literal["asked", "-asked"] = "-asked",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Override]]:
    """List the overrides for which a second person was asked, the last one first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    filters = {"state": state, "kind": kind, "thing_id": thing_id}
    return page(await store.list_overrides(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/overrides/{override_id:uuid}", policy="samples.move")
async def show_override(request: Ask, override_id: UUID) -> Response[Override]:
    """Show one override: what it passes over, who asked for it and what became of it."""
    item = await store.show_override(runtime_of(request).db, call_of(request).scope, override_id)
    return answer(item, version=msgspec.json.decode(item)["version"])


@post("/api/overrides/{override_id:uuid}/refusal", policy="samples.override", status_code=200, match=True)
async def refuse_override(request: Ask, override_id: UUID, data: OverrideRefusal) -> Response[Override]:
    """Refuse an override that waits; what it is of stays as it is."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.refuse(tx, override_id, data, seen=seen))


ROUTES = [list_overrides, show_override, refuse_override]
