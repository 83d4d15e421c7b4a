"""The sample service as one person may use it: many samples at once, files, and the search."""

from typing import Any
from uuid import UUID

import httpx

from nanopore_tracking.contracts.api.sample import basecallings as basecalling_api
from nanopore_tracking.contracts.api.sample import bulk as api
from nanopore_tracking.contracts.api.sample import edits as edit_api
from nanopore_tracking.contracts.api.sample.search import SearchAnswer
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class Many(Client):
    """Questions about many samples at once."""

    service = "sample"

    async def preview(self, asked: object) -> api.BulkPreview:
        """Tell what would become of the selected samples."""
        return await self.send("POST", "/api/samples/bulk/preview", api.BulkPreview, body=asked)

    async def begin(self, asked: object, key: str) -> api.BulkJob:
        """Begin a change of many samples."""
        return await self.send("POST", "/api/samples/bulk", api.BulkJob, body=asked, key=key)

    async def scanned(self, codes: list[str]) -> api.ScannedSamples:
        """Find the samples of scanned codes."""
        return await self.send("POST", "/api/samples/bulk/scans", api.ScannedSamples, body={"codes": codes})

    async def basecalling_template(self, selection: object) -> httpx.Response:
        """Ask for a sheet of basecallings to fill in."""
        return await self.download("/api/samples/basecallings/template", {"selection": selection})

    async def check_basecallings(self, sheet: str) -> basecalling_api.BasecallingCheck:
        """Tell what is wrong with each cell of a sheet of basecallings, or what would become of each sample."""
        path = "/api/samples/basecallings/check"
        return await self.send("POST", path, basecalling_api.BasecallingCheck, body={"sheet": sheet})

    async def begin_basecallings(self, sheet: str, key: str) -> api.BulkJob:
        """Begin to record what a sheet of basecallings says."""
        return await self.send("POST", "/api/samples/basecallings", api.BulkJob, body={"sheet": sheet}, key=key)

    async def jobs(self, **filters: Any) -> Paged[api.BulkJob]:
        """List the changes of many samples."""
        return await self.get("/api/samples/bulk", Paged[api.BulkJob], **filters)

    async def job(self, job_id: UUID | str) -> api.BulkJob:
        """Show one change of many samples."""
        return await self.get(f"/api/samples/bulk/{identified(job_id)}", api.BulkJob)

    async def results(self, job_id: UUID | str, **filters: Any) -> Paged[api.BulkResult]:
        """List what became of each sample."""
        return await self.get(f"/api/samples/bulk/{identified(job_id)}/results", Paged[api.BulkResult], **filters)

    async def undo(self, job_id: UUID | str, *, reason: str, match: int, key: str) -> api.BulkJob:
        """Take a change of many samples back."""
        path = f"/api/samples/bulk/{identified(job_id)}/undo"
        return await self.send("POST", path, api.BulkJob, body={"reason": reason}, match=match, key=key)

    async def export(self, asked: object) -> httpx.Response:
        """Ask for the selected samples as a file."""
        return await self.download("/api/samples/exports", asked)

    async def editable(self, codes: list[str]) -> edit_api.EditableSamples:
        """Show samples as a grid has them."""
        return await self.get("/api/samples/edits", edit_api.EditableSamples, codes=",".join(codes))

    async def check(self, grid: object) -> edit_api.EditAnswer:
        """Tell what is wrong with each cell of a grid."""
        return await self.send("POST", "/api/samples/edits/check", edit_api.EditAnswer, body=grid)

    async def save(self, grid: object, key: str) -> edit_api.EditAnswer:
        """Save the rows of a grid that are right."""
        return await self.send("POST", "/api/samples/edits", edit_api.EditAnswer, body=grid, key=key)

    async def search(self, text: str, limit: int = 10) -> SearchAnswer:
        """Find everything that has a code, a name or a note."""
        return await self.get("/api/samples/search", SearchAnswer, q=text, limit=limit)
