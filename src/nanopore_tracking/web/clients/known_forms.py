"""The ai service as whoever keeps the templates of forms uses it."""

from typing import Any

from nanopore_tracking.contracts.api.ai import reviews
from nanopore_tracking.contracts.api.ai import templates as api
from nanopore_tracking.contracts.api.ai.extractions import Extraction
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified

_PATH = "/api/documents/templates"
#: Kinds of documents that hold a form, as scans and photographs do.
_FORMS = ("pdf", "docx", "png", "jpeg", "tiff", "webp")


class KnownForms(Client):
    """Questions about templates and lessons, and changes of them."""

    service = "ai"

    async def templates(self) -> list[api.Template]:
        """List the forms that are known."""
        return (await self.get(_PATH, Paged[api.Template], limit=200)).items

    async def template(self, template_id: str) -> api.Template:
        """Show what is known of a form."""
        return await self.get(f"{_PATH}/{identified(template_id)}", api.Template)

    async def create(self, asked: dict[str, Any], *, key: str) -> api.Template:
        """Let a form be known."""
        return await self.send("POST", _PATH, api.Template, body=asked, key=key)

    async def change(self, template_id: str, asked: dict[str, Any], *, match: int, key: str) -> api.Template:
        """Change what is known of a form."""
        path = f"{_PATH}/{identified(template_id)}"
        return await self.send("PUT", path, api.Template, body=asked, match=match, key=key)

    async def attempt(self, document_id: str, content: dict[str, Any], *, key: str) -> api.TrialOutcome:
        """Read a document with a template that is not kept."""
        asked = {"document_id": document_id, "content": content}
        return await self.send("POST", f"{_PATH}/trials", api.TrialOutcome, body=asked, key=key)

    async def documents(self) -> list[Extraction]:
        """List the forms that were read last, to try a template on."""
        found = await self.get("/api/extractions", Paged[Extraction], limit=100)
        return [each for each in found.items if each.kind in _FORMS]

    async def labels(self) -> list[reviews.LearntLabel]:
        """List what corrections taught."""
        return (await self.get("/api/documents/labels", Paged[reviews.LearntLabel], limit=200)).items

    async def forget(self, label_id: str, *, key: str) -> None:
        """Forget what a label means."""
        await self.send("DELETE", f"/api/documents/labels/{identified(label_id)}", type(None), key=key)
