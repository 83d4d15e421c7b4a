"""The sample service as one person may use it: runs while they sequence."""

from nanopore_tracking.contracts.api.sample import live as api
from nanopore_tracking.contracts.api.sample import stops
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client
from nanopore_tracking.web.clients.sample import named


class Live(Client):
    """Questions about runs while they sequence, and the confirmation of their end."""

    service = "sample"

    async def run(self, run: str, *, acquisition: str | None = None) -> api.LiveRun:
        """Show how a run stands by what its instrument tells, of one acquisition or of all."""
        return await self.get(f"/api/runs/{named(run)}/live", api.LiveRun, acquisition=acquisition)

    async def positions(self) -> list[api.LivePosition]:
        """List the positions that agents tell of."""
        return (await self.get("/api/runs/live/positions", Paged[api.LivePosition], limit=200)).items

    async def minutes(self, run: str, *, after: str | None) -> Paged[api.Tick]:
        """List some minutes of a run, in order."""
        return await self.get(f"/api/runs/{named(run)}/live/minutes", Paged[api.Tick], after=after, limit=200)

    async def suggestion(self, run: str) -> stops.StopSuggestion:
        """Show when a run may end."""
        return await self.get(f"/api/runs/{named(run)}/stop-suggestion", stops.StopSuggestion)

    async def confirmed(self, run: str) -> list[stops.StopCriteria]:
        """List what was confirmed, the last first."""
        return (await self.get(f"/api/runs/{named(run)}/stop-criteria", Paged[stops.StopCriteria], limit=20)).items

    async def confirm(self, run: str, asked: object, *, key: str) -> stops.StopCriteria:
        """Confirm when a run shall end."""
        return await self.send("POST", f"/api/runs/{named(run)}/stop-criteria", stops.StopCriteria, body=asked, key=key)
