"""The sample service as one person may use it: reports, and what needs attention."""

from typing import Any

from nanopore_tracking.contracts.api.sample import reports as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client


class Reports(Client):
    """Questions about what the laboratory did."""

    service = "sample"

    async def throughput(self, weeks: int) -> api.Throughput:
        """Show what came and went in each week."""
        return await self.get("/api/samples/reports/throughput", api.Throughput, weeks=weeks)

    async def load(self, weeks: int) -> api.WeeklyLoad:
        """Show how many samples came to each stage in each week."""
        return await self.get("/api/samples/reports/load", api.WeeklyLoad, weeks=weeks)

    async def failures(self, weeks: int) -> api.Failures:
        """Show why samples left the way."""
        return await self.get("/api/samples/reports/failures", api.Failures, weeks=weeks)

    async def attention(self, **asked: Any) -> Paged[api.Attention]:
        """List what somebody has to look at."""
        return await self.get("/api/samples/attention", Paged[api.Attention], **asked)
