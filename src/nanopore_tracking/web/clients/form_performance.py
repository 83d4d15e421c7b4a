"""The ai service as whoever answers for the reading of forms uses it."""

from typing import Any

from nanopore_tracking.contracts.api.ai import performance as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client


class FormPerformance(Client):
    """Questions about how well forms are read, and what is accepted unseen."""

    service = "ai"

    async def report(self, days: int, *by: api.By) -> api.PerformanceReport:
        """Show numbers of the last days, added up by what is asked for."""
        return await self.get("/api/documents/performance", api.PerformanceReport, days=days, by=list(by))

    async def calibration(self) -> api.Calibration:
        """Show what confidences mean and what is accepted unseen."""
        return await self.get("/api/documents/calibration", api.Calibration)

    async def accept(self, error_rate: float | None, *, match: int, key: str) -> api.Acceptance:
        """Say which share of what is accepted unseen may be wrong."""
        asked: dict[str, Any] = {"error_rate": error_rate}
        return await self.send("PUT", "/api/documents/acceptance", api.Acceptance, body=asked, match=match, key=key)

    async def corrections(self, *, limit: int = 20, after: str | None = None) -> Paged[api.Correction]:
        """List corrections, the last first."""
        asked = {"action": "correct", "limit": limit} | ({"after": after} if after else {})
        return await self.get("/api/documents/corrections", Paged[api.Correction], **asked)
