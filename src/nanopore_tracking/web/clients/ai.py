"""The ai service as one person may use it: uploading manifests and following how they are read."""

from collections.abc import AsyncIterator
from uuid import UUID

from nanopore_tracking.contracts.api.ai import documents as document_api
from nanopore_tracking.contracts.api.ai import extractions as extraction_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, answered, identified


class Ai(Client):
    """Questions to the ai service."""

    service = "ai"

    async def upload(
        self, body: AsyncIterator[bytes], *, filename: str, project_id: str, media_type: str, key: str
    ) -> document_api.Document:
        """Pass a file on as it comes in; its reading starts at once."""
        headers = self.headers | {"Content-Type": media_type or "application/octet-stream", "Idempotency-Key": key}
        query = {"filename": filename, "project_id": project_id}
        response = await self.link.send("POST", "/api/documents", headers=headers, content=body, params=query)
        return answered(response, document_api.Document)

    async def extraction(self, extraction_id: UUID | str) -> extraction_api.Extraction:
        """Show how far the reading of a document is."""
        return await self.get(f"/api/extractions/{identified(extraction_id)}", extraction_api.Extraction)

    async def extractions(self, *, state: str, limit: int = 20) -> Paged[extraction_api.Extraction]:
        """List readings in one state, newest first."""
        return await self.get("/api/extractions", Paged[extraction_api.Extraction], state=state, limit=limit)

    async def choose_columns(
        self, extraction_id: UUID | str, asked: extraction_api.ChosenColumns, *, match: int, key: str
    ) -> extraction_api.Extraction:
        """Say what columns hold; the document is read again."""
        path = f"/api/extractions/{identified(extraction_id)}/columns"
        return await self.send("POST", path, extraction_api.Extraction, body=asked, match=match, key=key)
