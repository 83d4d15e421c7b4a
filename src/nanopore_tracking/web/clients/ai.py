"""The ai service as one person may use it: uploading manifests and following how they are read."""

from collections.abc import AsyncIterator
from uuid import UUID

from nanopore_tracking.contracts.api.ai import documents as document_api
from nanopore_tracking.contracts.api.ai import extractions as extraction_api
from nanopore_tracking.contracts.api.ai import files as file_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, answered, identified, problem


class Ai(Client):
    """Questions to the ai service."""

    service = "ai"

    async def upload(
        self,
        body: AsyncIterator[bytes],
        *,
        filename: str,
        project_id: str,
        as_form: bool,
        media_type: str,
        key: str,
    ) -> document_api.Document:
        """Pass a file on as it comes in; its reading starts at once."""
        headers = self.headers | {"Content-Type": media_type or "application/octet-stream", "Idempotency-Key": key}
        query = {"filename": filename, "project_id": project_id, "as_form": "true" if as_form else "false"}
        response = await self.link.send("POST", "/api/documents", headers=headers, content=body, params=query)
        return answered(response, document_api.Document)

    async def limits(self) -> document_api.DocumentLimits:
        """Show how large an uploaded file may be."""
        return await self.get("/api/documents/limits", document_api.DocumentLimits)

    async def files(self, submission_id: UUID | str) -> list[file_api.SubmissionFile]:
        """List the files of a submission."""
        found = Paged[file_api.SubmissionFile]
        return (await self.get("/api/documents/files", found, submission_id=str(submission_id), limit=200)).items

    async def add_file(
        self, body: AsyncIterator[bytes], *, filename: str, submission_id: str, purpose: str, key: str
    ) -> file_api.SubmissionFile:
        """Add a file to a submission as it comes in."""
        headers = self.headers | {"Content-Type": "application/octet-stream", "Idempotency-Key": key}
        query = {"filename": filename, "submission_id": submission_id, "purpose": purpose}
        response = await self.link.send("POST", "/api/documents/files", headers=headers, content=body, params=query)
        return answered(response, file_api.SubmissionFile)

    async def file(self, file_id: str) -> file_api.SubmissionFile:
        """Show one file of a submission."""
        return await self.get(f"/api/documents/files/{identified(file_id)}", file_api.SubmissionFile)

    async def file_content(self, file_id: str) -> tuple[bytes, str]:
        """Return the content of a file, and its media type."""
        path = f"/api/documents/files/{identified(file_id)}/content"
        response = await self.link.send("GET", path, headers=self.headers)
        if not response.is_success:
            raise problem(response)
        return response.content, response.headers.get("content-type", "application/octet-stream")

    async def remove_file(self, file_id: str, *, match: int, key: str) -> None:
        """Remove a file from a draft."""
        await self.send("DELETE", f"/api/documents/files/{identified(file_id)}", type(None), match=match, key=key)

    async def extraction(self, extraction_id: UUID | str) -> extraction_api.Extraction:
        """Show how far the reading of a document is."""
        return await self.get(f"/api/extractions/{identified(extraction_id)}", extraction_api.Extraction)

    async def extractions(self, *, state: list[str], limit: int = 20) -> Paged[extraction_api.Extraction]:
        """List readings in some states, newest first."""
        return await self.get("/api/extractions", Paged[extraction_api.Extraction], state=state, limit=limit)

    async def do(
        self, extraction_id: UUID | str, what: str, asked: dict[str, str] | None = None, *, match: int, key: str
    ) -> extraction_api.Extraction:
        """Do something about a reading: `cancellation`, `retry`, or say its `pages` or its `password`."""
        path = f"/api/extractions/{identified(extraction_id)}/{what}"
        return await self.send("POST", path, extraction_api.Extraction, body=asked, match=match, key=key)

    async def choose_columns(
        self, extraction_id: UUID | str, asked: extraction_api.ChosenColumns, *, match: int, key: str
    ) -> extraction_api.Extraction:
        """Say what columns hold; the document is read again."""
        path = f"/api/extractions/{identified(extraction_id)}/columns"
        return await self.send("POST", path, extraction_api.Extraction, body=asked, match=match, key=key)
