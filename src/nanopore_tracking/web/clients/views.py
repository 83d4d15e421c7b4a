"""The config service's saved views as one person may use them."""

from uuid import UUID

from nanopore_tracking.contracts.api import config as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class Views(Client):
    """Questions about saved views."""

    service = "config"

    async def views(self, of: str) -> Paged[api.View]:
        """List one's own views of a list and those that others share, by name."""
        return await self.get("/api/views", Paged[api.View], of=of, limit=200)

    async def create(self, asked: object, key: str) -> api.View:
        """Keep a view."""
        return await self.send("POST", "/api/views", api.View, body=asked, key=key)

    async def change(self, view_id: UUID | str, changes: object, *, match: int, key: str) -> api.View:
        """Change a view."""
        path = f"/api/views/{identified(view_id)}"
        return await self.send("PATCH", path, api.View, body=changes, match=match, key=key)

    async def remove(self, view_id: UUID | str, *, match: int, key: str) -> None:
        """Remove a view."""
        await self.send("DELETE", f"/api/views/{identified(view_id)}", type(None), match=match, key=key)

    async def take_over(self, view_id: UUID | str, *, match: int, key: str) -> api.View:
        """Let a shared view whose owner left be one's own."""
        return await self.send("POST", f"/api/views/{identified(view_id)}/takeover", api.View, match=match, key=key)

    async def choose_default(self, view_id: UUID | str, *, is_default: bool, key: str) -> api.View:
        """Let one's own list begin with a view, or no longer."""
        path = f"/api/views/{identified(view_id)}/default"
        return await self.send("POST", path, api.View, body=api.DefaultChoice(is_default=is_default), key=key)
