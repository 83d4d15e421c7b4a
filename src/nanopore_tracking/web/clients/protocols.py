"""The ai service as the pages of protocols use it."""

from collections.abc import AsyncIterator

from nanopore_tracking.contracts.api.ai import protocols as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, answered, identified, problem

_URL = "/api/documents/protocols"


class Protocols(Client):
    """Questions about the laboratory's protocols, and what managers do with them."""

    service = "ai"

    async def listed(self) -> list[api.Protocol]:
        """List the protocols that are searched."""
        return (await self.get(_URL, Paged[api.Protocol], retired=False, limit=200)).items

    async def search(self, q: str, *, limit: int = 10) -> api.ProtocolSearch:
        """Find passages by their words and by what they mean."""
        return await self.get(f"{_URL}/search", api.ProtocolSearch, q=q, limit=limit)

    async def show(self, protocol_id: str) -> api.Protocol:
        """Show a protocol and its versions."""
        return await self.get(f"{_URL}/{identified(protocol_id)}", api.Protocol)

    async def passages(self, protocol_id: str, number: int | None) -> api.Passages:
        """Show what a version of it says, the last one where none is named."""
        asked = {} if number is None else {"number": number}
        return await self.get(f"{_URL}/{identified(protocol_id)}/passages", api.Passages, **asked)

    async def content(self, protocol_id: str, number: int) -> tuple[bytes, str]:
        """Return a version as it was uploaded, and its media type."""
        path = f"{_URL}/{identified(protocol_id)}/content"
        response = await self.link.send("GET", path, headers=self.headers, params={"number": number})
        if not response.is_success:
            raise problem(response)
        return response.content, response.headers.get("content-type", "application/octet-stream")

    async def keep(self, body: AsyncIterator[bytes], *, title: str, filename: str, key: str) -> api.Protocol:
        """Pass a new protocol on as it comes in."""
        return await self._sent(_URL, body, {"title": title, "filename": filename}, key=key)

    async def renew(self, protocol_id: str, body: AsyncIterator[bytes], *, filename: str, key: str) -> api.Protocol:
        """Pass another version on as it comes in."""
        return await self._sent(f"{_URL}/{identified(protocol_id)}/versions", body, {"filename": filename}, key=key)

    async def retire(self, protocol_id: str, *, match: int, key: str) -> api.Protocol:
        """Let a protocol be searched no more."""
        path = f"{_URL}/{identified(protocol_id)}/retirement"
        return await self.send("POST", path, api.Protocol, match=match, key=key)

    async def _sent(self, path: str, body: AsyncIterator[bytes], query: dict[str, str], *, key: str) -> api.Protocol:
        headers = self.headers | {"Content-Type": "application/octet-stream", "Idempotency-Key": key}
        return answered(await self.link.send("POST", path, headers=headers, content=body, params=query), api.Protocol)
