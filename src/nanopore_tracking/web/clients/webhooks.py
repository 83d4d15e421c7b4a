"""The config service's webhooks as one person may use them."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api import config as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class Webhooks(Client):
    """Questions about webhooks."""

    service = "config"

    async def webhooks(self, *, after: str | None = None) -> Paged[api.Webhook]:
        """List endpoints by name."""
        return await self.get("/api/webhooks", Paged[api.Webhook], after=after)

    async def webhook(self, webhook_id: UUID | str) -> api.Webhook:
        """Show one endpoint."""
        return await self.get(f"/api/webhooks/{identified(webhook_id)}", api.Webhook)

    async def event_types(self) -> Paged[api.EventType]:
        """List what can be subscribed to."""
        return await self.get("/api/webhooks/event-types", Paged[api.EventType], limit=200)

    async def create(self, asked: object, key: str) -> api.WebhookMade:
        """Set an endpoint up; its secret is in the answer only."""
        return await self.send("POST", "/api/webhooks", api.WebhookMade, body=asked, key=key)

    async def change(self, webhook_id: UUID | str, changes: object, *, match: int, key: str) -> api.Webhook:
        """Change an endpoint."""
        path = f"/api/webhooks/{identified(webhook_id)}"
        return await self.send("PATCH", path, api.Webhook, body=changes, match=match, key=key)

    async def replace_secret(self, webhook_id: UUID | str, key: str) -> api.WebhookMade:
        """Give an endpoint another secret."""
        path = f"/api/webhooks/{identified(webhook_id)}/secret"
        return await self.send("POST", path, api.WebhookMade, key=key)

    async def test(self, webhook_id: UUID | str, key: str) -> None:
        """Send a test."""
        await self.send("POST", f"/api/webhooks/{identified(webhook_id)}/test", api.WebhookDelivery, key=key)

    async def deliveries(self, webhook_id: UUID | str, **params: Any) -> Paged[api.WebhookDelivery]:
        """List what was sent and what waits, newest first."""
        path = f"/api/webhooks/{identified(webhook_id)}/deliveries"
        return await self.get(path, Paged[api.WebhookDelivery], **params)

    async def decide(self, webhook_id: UUID | str, delivery_id: UUID | str, verb: str, *, key: str) -> None:
        """Replay or discard a delivery."""
        path = f"/api/webhooks/{identified(webhook_id)}/deliveries/{identified(delivery_id)}/{verb}"
        await self.send("POST", path, api.WebhookDelivery, key=key)
