"""The sample service as one person may use it: many libraries at once."""

from nanopore_tracking.contracts.api.sample import library_rows as api
from nanopore_tracking.web.clients.http import Client


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
