"""The sample service as one person may use it: places, boxes, custody of containers, excursions, retention."""

from typing import Any
from urllib.parse import quote

from nanopore_tracking.contracts.api.sample import containers as container_api
from nanopore_tracking.contracts.api.sample import storage as storage_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified
from nanopore_tracking.web.clients.sample import named


class Storage(Client):
    """Questions about places and what is in them."""

    service = "sample"

    async def retention(self, sample: str) -> container_api.Retention:
        """Tell until when a sample is kept."""
        return await self.get(f"/api/samples/{named(sample)}/retention", container_api.Retention)

    async def keep(self, sample: str, asked: object, key: str) -> container_api.Retention:
        """Set until when a sample is kept."""
        path = f"/api/samples/{named(sample)}/retention"
        return await self.send("POST", path, container_api.Retention, body=asked, key=key)

    async def retention_of(self, submission: str) -> container_api.SubmissionRetention:
        """Tell until when the samples of a submission are kept."""
        path = f"/api/submissions/{named(submission)}/retention"
        return await self.get(path, container_api.SubmissionRetention)

    async def keep_all(self, submission: str, asked: object, key: str) -> container_api.SubmissionRetention:
        """Set until when the samples of a submission are kept."""
        path = f"/api/submissions/{named(submission)}/retention"
        return await self.send("POST", path, container_api.SubmissionRetention, body=asked, key=key)

    async def places(self, **filters: Any) -> Paged[storage_api.Location]:
        """List places."""
        return await self.get("/api/storage/locations", Paged[storage_api.Location], **filters)

    async def place(self, said: str) -> storage_api.Location:
        """Show one place by its id or barcode."""
        return await self.get(f"/api/storage/locations/{quote(said, safe='')}", storage_api.Location)

    async def create(self, asked: object, key: str) -> storage_api.Location:
        """Create a place."""
        return await self.send("POST", "/api/storage/locations", storage_api.Location, body=asked, key=key)

    async def change(self, said: str, changes: object, *, match: int, key: str) -> storage_api.Location:
        """Change a place."""
        path = f"/api/storage/locations/{identified(said)}"
        return await self.send("PATCH", path, storage_api.Location, body=changes, match=match, key=key)

    async def map(self, said: str) -> storage_api.BoxMap:
        """Show what stands in a box."""
        return await self.get(f"/api/storage/locations/{identified(said)}/map", storage_api.BoxMap)

    async def put(self, said: str, asked: object, key: str) -> storage_api.PlacementResult:
        """Put scanned tubes into a box."""
        path = f"/api/storage/locations/{identified(said)}/placements"
        return await self.send("POST", path, storage_api.PlacementResult, body=asked, key=key)

    async def whereabouts(self, said: str) -> container_api.Whereabouts:
        """Tell where the tube of a sample is, and who says so."""
        return await self.get(f"/api/samples/{named(said)}/whereabouts", container_api.Whereabouts)

    async def record_excursion(self, said: str, asked: object, key: str) -> container_api.Excursion:
        """Record that a place was too warm."""
        path = f"/api/storage/locations/{identified(said)}/excursions"
        return await self.send("POST", path, container_api.Excursion, body=asked, key=key)

    async def excursions(self, **filters: Any) -> Paged[container_api.Excursion]:
        """List excursions."""
        return await self.get("/api/storage/excursions", Paged[container_api.Excursion], **filters)

    async def findings(self, **filters: Any) -> Paged[container_api.ExcursionFinding]:
        """List what excursions mean for samples."""
        return await self.get("/api/storage/findings", Paged[container_api.ExcursionFinding], **filters)

    async def judge(self, finding_id: str, asked: object, *, match: int, key: str) -> container_api.ExcursionFinding:
        """Judge what an excursion means for a sample."""
        path = f"/api/storage/findings/{identified(finding_id)}/judgement"
        return await self.send("POST", path, container_api.ExcursionFinding, body=asked, match=match, key=key)

    async def due(self, **filters: Any) -> Paged[container_api.Due]:
        """List the tubes that need not be kept any longer."""
        return await self.get("/api/storage/due", Paged[container_api.Due], **filters)
