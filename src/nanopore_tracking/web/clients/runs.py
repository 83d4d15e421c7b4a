"""The sample service as one person may use it: runs and their sheets."""

from typing import Any

from nanopore_tracking.contracts.api.sample import chain as chain_api
from nanopore_tracking.contracts.api.sample import loads as load_api
from nanopore_tracking.contracts.api.sample import runs as run_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client
from nanopore_tracking.web.clients.sample import named


class Runs(Client):
    """Questions about planned runs, their sheets, and what is loaded for them."""

    service = "sample"

    async def runs(self, **filters: Any) -> Paged[run_api.Run]:
        """List runs."""
        return await self.get("/api/runs", Paged[run_api.Run], **filters)

    async def plan(self, asked: object, key: str) -> run_api.Run:
        """Plan a run."""
        return await self.send("POST", "/api/runs", run_api.Run, body=asked, key=key)

    async def run(self, said: str) -> run_api.Run:
        """Show one run."""
        return await self.get(f"/api/runs/{named(said)}", run_api.Run)

    async def change(self, said: str, changes: object, *, match: int, key: str) -> run_api.Run:
        """Change the plan of a run."""
        return await self.send("PATCH", f"/api/runs/{named(said)}", run_api.Run, body=changes, match=match, key=key)

    async def gate(self, said: str) -> chain_api.StepGate:
        """Tell where a run may go, and what each way needs."""
        return await self.get(f"/api/runs/{named(said)}/gate", chain_api.StepGate)

    async def sheets(self, said: str) -> run_api.RunSheets:
        """Show the sheets of a run as they would be now."""
        return await self.get(f"/api/runs/{named(said)}/sheets", run_api.RunSheets)

    async def do(self, said: str, what: str, *, asked: object = None, match: int, key: str) -> run_api.Run:
        """Issue the sheets (`sheets`), start the run (`start`), or say how far it is (`transitions`)."""
        path = f"/api/runs/{named(said)}/{what}"
        return await self.send("POST", path, run_api.Run, body=asked, match=match, key=key)

    async def loads(self, cell: str) -> Paged[load_api.Load]:
        """List what was loaded on a flow cell."""
        return await self.get(f"/api/flow-cells/{named(cell)}/loads", Paged[load_api.Load], limit=200)

    async def record_load(self, cell: str, asked: object, key: str) -> bool:
        """Record a load, a reload, a wash or a flush; False where it waits for a second person."""
        path = f"/api/flow-cells/{named(cell)}/loads"
        answer: dict[str, Any] = await self.send("POST", path, dict[str, Any], body=asked, key=key)
        return "ordinal" in answer
