"""The ai service as a reviewer of forms uses it."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.ai import reviews as api
from nanopore_tracking.contracts.api.ai.performance import Lot
from nanopore_tracking.contracts.api.ai.teachings import Suggestions, Taught
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified, problem


class Forms(Client):
    """Questions about forms that were read, and decisions on them."""

    service = "ai"

    async def review(self, extraction_id: UUID | str) -> api.Review:
        """Show a form as it was read."""
        return await self.get(f"{_path(extraction_id)}/review", api.Review)

    async def texts(self, extraction_id: UUID | str) -> api.ReviewText:
        """Show the text of its pages."""
        return await self.get(f"{_path(extraction_id)}/texts", api.ReviewText)

    async def take(self, extraction_id: UUID | str, *, key: str) -> api.Review:
        """Take a review over from somebody else."""
        asked = {"take_over": True}
        return await self.send("POST", f"{_path(extraction_id)}/reviewer", api.Review, body=asked, key=key)

    async def leave(self, extraction_id: UUID | str, *, key: str) -> api.Review:
        """Leave a review to others."""
        return await self.send("DELETE", f"{_path(extraction_id)}/reviewer", api.Review, key=key)

    async def decide(self, extraction_id: UUID | str, decision: dict[str, Any], *, key: str) -> api.Progress:
        """Confirm or correct one value."""
        asked = {"decisions": [decision]}
        return await self.send("POST", f"{_path(extraction_id)}/decisions", api.Progress, body=asked, key=key)

    async def decide_row(self, extraction_id: UUID | str, row: int, asked: dict[str, Any], *, key: str) -> api.Progress:
        """Say whether a row is a sample."""
        return await self.send("POST", f"{_path(extraction_id)}/rows/{row}", api.Progress, body=asked, key=key)

    async def accept(self, extraction_id: UUID | str, *, match: int, key: str) -> api.Review:
        """Accept a form; it becomes a submission."""
        return await self.send("POST", f"{_path(extraction_id)}/acceptance", api.Review, match=match, key=key)

    async def reject(self, extraction_id: UUID | str, reason: str, *, match: int, key: str) -> api.Review:
        """Refuse a form."""
        asked = {"reason": reason}
        path = f"{_path(extraction_id)}/rejection"
        return await self.send("POST", path, api.Review, body=asked, match=match, key=key)

    async def read_again(self, extraction_id: UUID | str, *, match: int, key: str) -> api.ReadAgain:
        """Read a form once more."""
        return await self.send("POST", f"{_path(extraction_id)}/rereading", api.ReadAgain, match=match, key=key)

    async def settle(self, extraction_id: UUID | str, precedent_id: str, *, take: bool, key: str) -> api.Review:
        """Say that a decision on an earlier reading was looked at."""
        path = f"{_path(extraction_id)}/precedents/{identified(precedent_id)}"
        return await self.send("POST", path, api.Review, body={"take": take}, key=key)

    async def ask(self, extraction_id: UUID | str, value_id: str, body: str, *, key: str) -> api.Review:
        """Keep a question to the submitter about a value."""
        asked = {"value_id": value_id, "body": body}
        return await self.send("POST", f"{_path(extraction_id)}/questions", api.Review, body=asked, key=key)

    async def withdraw(self, extraction_id: UUID | str, question_id: str, *, key: str) -> api.Review:
        """Withdraw a question."""
        path = f"{_path(extraction_id)}/questions/{identified(question_id)}"
        return await self.send("DELETE", path, api.Review, key=key)

    async def suggestions(self, extraction_id: UUID | str) -> Suggestions:
        """Show what nobody knew of a form, and what it may be."""
        return await self.get(f"{_path(extraction_id)}/suggestions", Suggestions)

    async def teach(self, extraction_id: UUID | str, asked: dict[str, Any], *, key: str) -> Taught:
        """Say what texts of a form name, or which known form it is."""
        return await self.send("POST", f"{_path(extraction_id)}/teachings", Taught, body=asked, key=key)

    async def lots(self) -> Paged[Lot]:
        """List forms with values that were drawn by lot, the longest waiting first."""
        return await self.get("/api/documents/lots", Paged[Lot], limit=100)

    async def picture(self, document_id: UUID | str, page: int, drawn: str) -> bytes:
        """Return the picture of a page as PNG. drawn: as the review says, blank for the newest."""
        asked = f"?drawn={int(drawn)}" if drawn.isdecimal() else ""
        return (await self._file(f"/api/documents/{identified(document_id)}/pages/{page}{asked}"))[0]

    async def content(self, document_id: UUID | str) -> tuple[bytes, str]:
        """Return a document as it was uploaded, and its media type."""
        return await self._file(f"/api/documents/{identified(document_id)}/content")

    async def _file(self, path: str) -> tuple[bytes, str]:
        response = await self.link.send("GET", path, headers=self.headers)
        if not response.is_success:
            raise problem(response)
        return response.content, response.headers.get("content-type", "application/octet-stream")


def _path(extraction_id: UUID | str) -> str:
    return f"/api/extractions/{identified(extraction_id)}"
