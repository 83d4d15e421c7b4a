"""The sample service as one person may use it: overrides that wait for a second person."""

from typing import Any

from nanopore_tracking.contracts.api.sample.overrides import Override
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class Overrides(Client):
    """Questions about overrides."""

    service = "sample"

    async def overrides(self, **filters: Any) -> Paged[Override]:
        """List overrides."""
        return await self.get("/api/overrides", Paged[Override], **filters)

    async def confirm(self, override_id: str, *, note: str, match: int, key: str) -> Override:
        """Confirm an override that somebody else asked for."""
        path = f"/api/overrides/{identified(override_id)}/confirmation"
        return await self.send("POST", path, Override, body={"note": note}, match=match, key=key)

    async def refuse(self, override_id: str, *, reason: str, match: int, key: str) -> Override:
        """Refuse an override."""
        path = f"/api/overrides/{identified(override_id)}/refusal"
        return await self.send("POST", path, Override, body={"reason": reason}, match=match, key=key)
