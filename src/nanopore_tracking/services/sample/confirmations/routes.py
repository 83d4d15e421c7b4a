"""The confirmation of an override, over HTTP."""

from uuid import UUID

from litestar import Response, post

from nanopore_tracking.contracts.api.sample.overrides import Override, OverrideConfirmation
from nanopore_tracking.kernel.http import Ask, match_of, write
from nanopore_tracking.services.sample.confirmations import commands


@post("/api/overrides/{override_id:uuid}/confirmation", policy="samples.override", status_code=200, match=True)
async def confirm_override(request: Ask, override_id: UUID, data: OverrideConfirmation) -> Response[Override]:
    """Confirm an override that somebody else asked for; what was asked is judged again and done at once."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.confirm(tx, override_id, data, seen=seen))


ROUTES = [confirm_override]
