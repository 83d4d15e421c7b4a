"""The sample service as one person may use it: what was read of run folders."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample import acquisitions as api
from nanopore_tracking.contracts.api.sample import yields
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, problem
from nanopore_tracking.web.clients.sample import named

_PATH = "/api/runs/acquisitions"


class RunFolders(Client):
    """Questions about run folders, and which planned runs they are."""

    service = "sample"

    async def folders(self, **filters: object) -> Paged[api.Acquisition]:
        """List what was read of run folders."""
        return await self.get(_PATH, Paged[api.Acquisition], **filters)

    async def folder(self, folder_id: UUID) -> api.Acquisition:
        """Show what was read of one."""
        return await self.get(f"{_PATH}/{folder_id}", api.Acquisition)

    async def figures(self, folder_id: UUID) -> api.AcquisitionDetail:
        """Show all figures that were read last."""
        return await self.get(f"{_PATH}/{folder_id}/figures", api.AcquisitionDetail)

    async def readings(self, folder_id: UUID) -> Paged[api.PastReading]:
        """List how a folder stood, the last reading first."""
        return await self.get(f"{_PATH}/{folder_id}/readings", Paged[api.PastReading], limit=20)

    async def read_sets(self, **filters: object) -> Paged[api.ReadSetOfSample]:
        """List the reads of barcodes."""
        return await self.get("/api/runs/read-sets", Paged[api.ReadSetOfSample], limit=200, **filters)

    async def basecalls(self, folder_id: UUID) -> list[api.Basecall]:
        """List the basecallings of an acquisition, the last first."""
        found = await self.get("/api/runs/basecalls", Paged[api.Basecall], acquisition_id=folder_id, limit=50)
        return found.items

    async def name_model(self, basecall_id: UUID, asked: object, *, key: str) -> api.Basecall:
        """Say which model a summary was called with."""
        path = f"/api/runs/basecalls/{basecall_id}/model"
        return await self.send("POST", path, api.Basecall, body=asked, key=key)

    async def given(self, sample: str) -> yields.SampleYield:
        """Show what all runs of a sample have given against what was asked for."""
        return await self.get(f"/api/samples/{named(sample)}/yield", yields.SampleYield)

    async def findings(self, run: str) -> yields.RunFindings:
        """Show what is odd about the reads of a run."""
        return await self.get(f"/api/runs/{named(run)}/findings", yields.RunFindings)

    async def report(self, run: str, *, paper: bool) -> bytes:
        """Return the report of a run, as a PDF or as HTML."""
        return await self._content(f"/api/runs/{named(run)}/report{'.pdf' if paper else ''}")

    async def chart(self, folder_id: UUID, name: str, kind: str) -> bytes:
        """Return a chart of what was read of a run folder, as `svg` or `png`."""
        return await self._content(f"{_PATH}/{folder_id}/charts/{named(name)}/{named(kind)}")

    async def _content(self, path: str) -> bytes:
        response = await self.link.send("GET", path, headers=self.headers)
        if not response.is_success:
            raise problem(response)
        return response.content

    async def judge(self, folder_id: UUID, what: str, *, asked: object, match: int, key: str) -> api.Acquisition:
        """Say which run it is (`run`), or that it is none (`aside`)."""
        return await self.send("POST", f"{_PATH}/{folder_id}/{what}", api.Acquisition, body=asked, match=match, key=key)
