"""The sample service as one person may use it: samples on their way through the laboratory."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample import custody as custody_api
from nanopore_tracking.contracts.api.sample import measurements as measurement_api
from nanopore_tracking.contracts.api.sample import records as record_api
from nanopore_tracking.contracts.api.sample import samples as sample_api
from nanopore_tracking.contracts.api.sample import stages as stage_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified
from nanopore_tracking.web.clients.sample import named


class Bench(Client):
    """Questions about samples, measurements, custody and stages."""

    service = "sample"

    async def samples(self, **filters: Any) -> Paged[sample_api.SampleListed]:
        """List samples."""
        return await self.get("/api/samples", Paged[sample_api.SampleListed], **filters)

    async def count(self, **filters: Any) -> sample_api.SampleCount:
        """Count the samples that match."""
        return await self.get("/api/samples/count", sample_api.SampleCount, **filters)

    async def summary(self) -> sample_api.Summary:
        """Count samples by stage and status."""
        return await self.get("/api/samples/summary", sample_api.Summary)

    async def board(self, **filters: Any) -> sample_api.Board:
        """Show the open samples by stage."""
        return await self.get("/api/samples/board", sample_api.Board, **filters)

    async def sample(self, said: str) -> sample_api.Sample:
        """Show one sample by its id or code."""
        return await self.get(f"/api/samples/{named(said)}", sample_api.Sample)

    async def register(self, asked: object, key: str) -> sample_api.Sample:
        """Register one sample by hand."""
        return await self.send("POST", "/api/samples", sample_api.Sample, body=asked, key=key)

    async def change(self, said: str, changes: object, *, match: int, key: str) -> sample_api.Sample:
        """Change what the laboratory says of a sample."""
        return await self.send(
            "PATCH", f"/api/samples/{named(said)}", sample_api.Sample, body=changes, match=match, key=key
        )

    async def gate(self, said: str) -> stage_api.Gate:
        """Tell what a sample needs to go on."""
        return await self.get(f"/api/samples/{named(said)}/gate", stage_api.Gate)

    async def move(self, said: str, asked: stage_api.Transition, *, match: int, key: str) -> sample_api.Sample:
        """Move a sample on, back, out, or on hold."""
        path = f"/api/samples/{named(said)}/transitions"
        return await self.send("POST", path, sample_api.Sample, body=asked, match=match, key=key)

    async def measurements(self, said: str, **filters: Any) -> Paged[measurement_api.Measurement]:
        """List a sample's measurements."""
        return await self.get(f"/api/samples/{named(said)}/measurements", Paged[measurement_api.Measurement], **filters)

    async def measure(self, said: str, asked: object, key: str) -> measurement_api.Measurement:
        """Record a measurement."""
        path = f"/api/samples/{named(said)}/measurements"
        return await self.send("POST", path, measurement_api.Measurement, body=asked, key=key)

    async def invalidate(self, said: str, measurement_id: UUID | str, *, reason: str, key: str) -> None:
        """Declare that a measurement does not count."""
        path = f"/api/samples/{named(said)}/measurements/{identified(measurement_id)}/invalidation"
        await self.send("POST", path, measurement_api.Measurement, body={"reason": reason}, key=key)

    async def custody(self, said: str, **filters: Any) -> Paged[custody_api.CustodyEvent]:
        """List what happened to a sample's tube."""
        return await self.get(f"/api/samples/{named(said)}/custody", Paged[custody_api.CustodyEvent], **filters)

    async def record_custody(self, said: str, asked: object, key: str) -> custody_api.CustodyEvent:
        """Record what happened to the tube."""
        return await self.send(
            "POST", f"/api/samples/{named(said)}/custody", custody_api.CustodyEvent, body=asked, key=key
        )

    async def records(self, said: str, **filters: Any) -> Paged[record_api.Record]:
        """List the stage records."""
        return await self.get(f"/api/samples/{named(said)}/records", Paged[record_api.Record], **filters)

    async def record(self, said: str, asked: object, key: str) -> record_api.Record:
        """Record what was done at the present stage."""
        return await self.send("POST", f"/api/samples/{named(said)}/records", record_api.Record, body=asked, key=key)
