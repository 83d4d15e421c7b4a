"""The sample service as one person may use it: labels, their layouts and printers."""

from typing import Any

from nanopore_tracking.contracts.api.sample import labels as label_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified, problem


class Labels(Client):
    """Questions about labels."""

    service = "sample"

    async def layouts(self, **filters: Any) -> Paged[label_api.Layout]:
        """List layouts."""
        return await self.get("/api/labels/layouts", Paged[label_api.Layout], **filters)

    async def create_layout(self, asked: object, key: str) -> label_api.Layout:
        """Create a layout."""
        return await self.send("POST", "/api/labels/layouts", label_api.Layout, body=asked, key=key)

    async def layout(self, layout_id: str) -> label_api.Layout:
        """Show one layout."""
        return await self.get(f"/api/labels/layouts/{identified(layout_id)}", label_api.Layout)

    async def versions(self, layout_id: str, **filters: Any) -> Paged[label_api.LayoutVersion]:
        """List the versions of a layout."""
        path = f"/api/labels/layouts/{identified(layout_id)}/versions"
        return await self.get(path, Paged[label_api.LayoutVersion], **filters)

    async def change_layout(self, layout_id: str, changes: object, *, match: int, key: str) -> label_api.Layout:
        """Change a layout."""
        path = f"/api/labels/layouts/{identified(layout_id)}"
        return await self.send("PATCH", path, label_api.Layout, body=changes, match=match, key=key)

    async def preview(self, layout: object, sample: str) -> label_api.Drawing:
        """Draw a label; without a sample an example."""
        asked = {"layout": layout, **({"sample": sample} if sample else {})}
        return await self.send("POST", "/api/labels/preview", label_api.Drawing, body=asked)

    async def printers(self, **filters: Any) -> Paged[label_api.Printer]:
        """List printers."""
        return await self.get("/api/labels/printers", Paged[label_api.Printer], **filters)

    async def create_printer(self, asked: object, key: str) -> label_api.Printer:
        """Register a printer."""
        return await self.send("POST", "/api/labels/printers", label_api.Printer, body=asked, key=key)

    async def change_printer(self, printer_id: str, changes: object, *, match: int, key: str) -> label_api.Printer:
        """Change a printer."""
        path = f"/api/labels/printers/{identified(printer_id)}"
        return await self.send("PATCH", path, label_api.Printer, body=changes, match=match, key=key)

    async def test(self, printer_id: str, layout_id: str, key: str) -> label_api.Printed:
        """Print a test label."""
        path = f"/api/labels/printers/{identified(printer_id)}/test/{identified(layout_id)}"
        return await self.send("POST", path, label_api.Printed, key=key)

    async def print(self, asked: object, key: str) -> label_api.Printed:
        """Queue labels."""
        return await self.send("POST", "/api/labels/jobs", label_api.Printed, body=asked, key=key)

    async def jobs(self, **filters: Any) -> Paged[label_api.PrintJob]:
        """List labels on their way."""
        return await self.get("/api/labels/jobs", Paged[label_api.PrintJob], **filters)

    async def retry(self, job_id: str, *, match: int, key: str) -> label_api.PrintJob:
        """Send a failed label once more."""
        path = f"/api/labels/jobs/{identified(job_id)}/retry"
        return await self.send("POST", path, label_api.PrintJob, match=match, key=key)

    async def sheet(self, layout_id: str, samples: list[str]) -> bytes:
        """Return labels as a PDF."""
        query = [("layout_id", identified(layout_id)), *(("samples", code) for code in samples)]
        response = await self.link.send("GET", "/api/labels/sheet.pdf", headers=self.headers, params=query)
        if not response.is_success:
            raise problem(response)
        return response.content
