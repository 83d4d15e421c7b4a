"""The sample service as one person may use it: many libraries at once."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample import library_changes as changes_api
from nanopore_tracking.contracts.api.sample import library_rows as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class LibraryRows(Client):
    """Questions about many libraries."""

    service = "sample"

    async def ahead(self, asked: object) -> api.LibrariesStepped:
        """Tell what would become of libraries that are set to another state."""
        return await self.send("POST", "/api/libraries/transitions/preview", api.LibrariesStepped, body=asked)

    async def move(self, asked: object, key: str) -> api.LibrariesStepped:
        """Set libraries to another state."""
        return await self.send("POST", "/api/libraries/transitions", api.LibrariesStepped, body=asked, key=key)

    async def check(self, grid: object) -> api.LibraryGridAnswer:
        """Tell what is wrong with each cell of a grid."""
        return await self.send("POST", "/api/libraries/measurements/check", api.LibraryGridAnswer, body=grid)

    async def record(self, grid: object, key: str) -> api.LibraryGridAnswer:
        """Record the rows of a grid that are right."""
        return await self.send("POST", "/api/libraries/measurements", api.LibraryGridAnswer, body=grid, key=key)

    async def changes(self, **filters: Any) -> Paged[changes_api.LibraryBulk]:
        """List the changes of many libraries."""
        return await self.get("/api/libraries/bulk", Paged[changes_api.LibraryBulk], **filters)

    async def change(self, bulk_id: UUID | str) -> changes_api.LibraryBulk:
        """Show one change of many libraries."""
        return await self.get(f"/api/libraries/bulk/{identified(bulk_id)}", changes_api.LibraryBulk)

    async def results(self, bulk_id: UUID | str, **filters: Any) -> Paged[changes_api.LibraryBulkResult]:
        """List what became of each library of a change."""
        path = f"/api/libraries/bulk/{identified(bulk_id)}/results"
        return await self.get(path, Paged[changes_api.LibraryBulkResult], **filters)

    async def undo(self, bulk_id: UUID | str, *, reason: str, match: int, key: str) -> changes_api.LibraryBulk:
        """Take a change of many libraries back."""
        path = f"/api/libraries/bulk/{identified(bulk_id)}/undo"
        return await self.send("POST", path, changes_api.LibraryBulk, body={"reason": reason}, match=match, key=key)
