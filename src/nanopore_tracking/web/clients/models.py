"""The ai service as whoever asks the language model, or looks after it, uses it."""

from nanopore_tracking.contracts.api.ai import models as api
from nanopore_tracking.contracts.api.ai import proposals as proposal_api
from nanopore_tracking.web.clients.http import Client

_PATH = "/api/documents/model"


class Models(Client):
    """Questions about the language model that helps to read forms, and to it."""

    service = "ai"

    async def standing(self) -> api.ModelStanding:
        """Show which model is set, how it is, and what it cost."""
        return await self.get(_PATH, api.ModelStanding)

    async def attempt(self, key: str) -> api.ModelTrial:
        """Ask it for a text of the product's own."""
        return await self.send("POST", f"{_PATH}/trials", api.ModelTrial, body={}, key=key)

    async def proposing(self) -> proposal_api.ProposalStanding:
        """Tell whether words of a search can be put to it."""
        return await self.get(f"{_PATH}/proposals", proposal_api.ProposalStanding)

    async def proposals(self, asked: proposal_api.AskedProposals, key: str) -> proposal_api.ModelProposals:
        """Put words of a search to it."""
        return await self.send("POST", f"{_PATH}/proposals", proposal_api.ModelProposals, body=asked, key=key)
