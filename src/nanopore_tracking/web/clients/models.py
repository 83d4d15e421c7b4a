"""The ai service as whoever looks after the language model uses it."""

from nanopore_tracking.contracts.api.ai import models as api
from nanopore_tracking.web.clients.http import Client

_PATH = "/api/documents/model"


class Models(Client):
    """Questions about the language model that helps to read forms."""

    service = "ai"

    async def standing(self) -> api.ModelStanding:
        """Show which model is set, how it is, and what it cost."""
        return await self.get(_PATH, api.ModelStanding)

    async def attempt(self, key: str) -> api.ModelTrial:
        """Ask it for a text of the product's own."""
        return await self.send("POST", f"{_PATH}/trials", api.ModelTrial, body={}, key=key)
