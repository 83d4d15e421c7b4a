"""The sample service as one person may use it: batches at the bench."""

from typing import Any

from nanopore_tracking.contracts.api.sample import bench_batches as batch_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client
from nanopore_tracking.web.clients.sample import named


class Batches(Client):
    """Questions about batches at the bench."""

    service = "sample"

    async def batches(self, **filters: Any) -> Paged[batch_api.BenchBatchListed]:
        """List batches."""
        return await self.get("/api/batches", Paged[batch_api.BenchBatchListed], **filters)

    async def batch(self, said: str) -> batch_api.BenchBatch:
        """Show one batch by its id or code."""
        return await self.get(f"/api/batches/{named(said)}", batch_api.BenchBatch)

    async def make(self, asked: object, key: str) -> batch_api.BenchBatch:
        """Put a batch together."""
        return await self.send("POST", "/api/batches", batch_api.BenchBatch, body=asked, key=key)

    async def change(self, said: str, changes: object, *, match: int, key: str) -> batch_api.BenchBatch:
        """Say the lot of a batch, or close it."""
        path = f"/api/batches/{named(said)}"
        return await self.send("PATCH", path, batch_api.BenchBatch, body=changes, match=match, key=key)
