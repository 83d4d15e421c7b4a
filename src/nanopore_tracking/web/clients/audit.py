"""The audit service as one person may use it."""

from uuid import UUID

from nanopore_tracking.contracts.api import audit as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class Audit(Client):
    """Questions to the audit service."""

    service = "audit"

    async def entries(self, filters: dict[str, str], *, after: str | None = None, limit: int = 50) -> Paged[api.Entry]:
        """Search the log."""
        return await self.get("/api/audit/entries", Paged[api.Entry], after=after, limit=limit, **filters)

    async def entry(self, sequence: int) -> api.Entry:
        """Show one entry."""
        return await self.get(f"/api/audit/entries/{sequence}", api.Entry)

    async def history(
        self, kind: str, object_id: UUID | str, *, after: str | None = None, limit: int = 100
    ) -> Paged[api.Entry]:
        """Show what happened to one object, newest first."""
        path = f"/api/audit/history/{kind}/{identified(object_id)}"
        return await self.get(path, Paged[api.Entry], after=after, limit=limit)

    async def state(self) -> api.LogState:
        """Tell how far the log has read each service."""
        return await self.get("/api/audit/state", api.LogState)
