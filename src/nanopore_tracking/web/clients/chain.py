"""The sample service as one person may use it: aliquots, libraries and pools."""

from typing import Any

from nanopore_tracking.contracts.api.sample import aliquots as aliquot_api
from nanopore_tracking.contracts.api.sample import chain as chain_api
from nanopore_tracking.contracts.api.sample import libraries as library_api
from nanopore_tracking.contracts.api.sample import measurements as measurement_api
from nanopore_tracking.contracts.api.sample import pools as pool_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified, problem
from nanopore_tracking.web.clients.sample import named


class Chain(Client):
    """Questions about what lies between a sample and a flow cell."""

    service = "sample"

    async def aliquots(self, sample: str, **filters: Any) -> Paged[aliquot_api.Aliquot]:
        """List the aliquots of a sample."""
        return await self.get(f"/api/samples/{named(sample)}/aliquots", Paged[aliquot_api.Aliquot], **filters)

    async def take_aliquot(self, sample: str, asked: object, key: str) -> aliquot_api.Aliquot:
        """Take an aliquot of a sample."""
        path = f"/api/samples/{named(sample)}/aliquots"
        return await self.send("POST", path, aliquot_api.Aliquot, body=asked, key=key)

    async def libraries(self, **filters: Any) -> Paged[library_api.LibraryListed]:
        """List libraries."""
        return await self.get("/api/libraries", Paged[library_api.LibraryListed], **filters)

    async def library(self, said: str) -> library_api.Library:
        """Show one library."""
        return await self.get(f"/api/libraries/{named(said)}", library_api.Library)

    async def make_library(self, asked: object, key: str) -> library_api.Library:
        """Make a library."""
        return await self.send("POST", "/api/libraries", library_api.Library, body=asked, key=key)

    async def change_library(self, said: str, asked: object, *, match: int, key: str) -> library_api.Library:
        """Change what is said of the preparation of a planned library."""
        path = f"/api/libraries/{named(said)}"
        return await self.send("PATCH", path, library_api.Library, body=asked, match=match, key=key)

    async def pools(self, **filters: Any) -> Paged[pool_api.PoolListed]:
        """List pools."""
        return await self.get("/api/pools", Paged[pool_api.PoolListed], **filters)

    async def pool(self, said: str) -> pool_api.Pool:
        """Show one pool."""
        return await self.get(f"/api/pools/{named(said)}", pool_api.Pool)

    async def make_pool(self, asked: object, key: str) -> pool_api.Pool:
        """Begin a pool."""
        return await self.send("POST", "/api/pools", pool_api.Pool, body=asked, key=key)

    async def change_pool(self, said: str, asked: object, *, match: int, key: str) -> pool_api.Pool:
        """Change a draft pool."""
        return await self.send("PATCH", f"/api/pools/{named(said)}", pool_api.Pool, body=asked, match=match, key=key)

    async def gate(self, kind: str, said: str) -> chain_api.StepGate:
        """Tell where a library or a pool may go; kind: libraries or pools."""
        return await self.get(f"/api/{named(kind)}/{named(said)}/gate", chain_api.StepGate)

    async def move(self, kind: str, said: str, *, asked: object, match: int, key: str) -> bool:
        """Move a library or a pool to another state; False where it waits for a second person. kind: its plural."""
        kept = library_api.Library if kind == "libraries" else pool_api.Pool
        path = f"/api/{named(kind)}/{named(said)}/transitions"
        moved: library_api.Library | pool_api.Pool = await self.send(
            "POST", path, kept, body=asked, match=match, key=key
        )
        return moved.version != match

    async def measurements(self, kind: str, said: str, **filters: Any) -> Paged[measurement_api.Measurement]:
        """List the measurements of a library or a pool; kind: libraries or pools."""
        path = f"/api/{named(kind)}/{named(said)}/measurements"
        return await self.get(path, Paged[measurement_api.Measurement], **filters)

    async def measure(self, kind: str, said: str, *, asked: object, key: str) -> measurement_api.Measurement:
        """Record a measurement of a library or a pool; kind: libraries or pools."""
        path = f"/api/{named(kind)}/{named(said)}/measurements"
        return await self.send("POST", path, measurement_api.Measurement, body=asked, key=key)

    async def invalidate(
        self, kind: str, said: str, measurement_id: str, *, reason: str, key: str
    ) -> measurement_api.Measurement:
        """Declare that a measurement of a library or a pool does not count; kind: libraries or pools."""
        path = f"/api/{named(kind)}/{named(said)}/measurements/{identified(measurement_id)}/invalidation"
        return await self.send("POST", path, measurement_api.Measurement, body={"reason": reason}, key=key)

    async def plan_batch(self, asked: object, key: str) -> library_api.Batch:
        """Plan many libraries at once."""
        return await self.send("POST", "/api/libraries/batch", library_api.Batch, body=asked, key=key)

    async def equimolar(self, said: str, **asked: Any) -> pool_api.Equimolar:
        """Compute how much of each library goes into a pool."""
        return await self.get(f"/api/pools/{named(said)}/equimolar", pool_api.Equimolar, **asked)

    async def repooling(self, said: str, asked: object, key: str) -> pool_api.Factors:
        """Compute how a pool's libraries are pooled again."""
        path = f"/api/pools/{named(said)}/repooling"
        return await self.send("POST", path, pool_api.Factors, body=asked, key=key)

    async def pipetting(self, said: str) -> bytes:
        """Return the pipetting list of a pool."""
        response = await self.link.send("GET", f"/api/pools/{named(said)}/pipetting.csv", headers=self.headers)
        if not response.is_success:
            raise problem(response)
        return response.content
