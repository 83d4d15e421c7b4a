"""The backup service as one person may use it."""

from uuid import UUID

from nanopore_tracking.contracts.api import backup as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class Backup(Client):
    """Questions to the backup service."""

    service = "backup"

    async def backups(self, *, after: str | None = None, limit: int = 50) -> Paged[api.Backup]:
        """List backups, newest first."""
        return await self.get("/api/backups", Paged[api.Backup], after=after, limit=limit)

    async def request(self, note: str, key: str) -> api.Backup:
        """Ask for a backup now."""
        return await self.send("POST", "/api/backups", api.Backup, body=api.NewBackup(note=note), key=key)

    async def verify(self, backup_id: UUID | str, key: str) -> api.Backup:
        """Compare a backup's files with their checksums."""
        return await self.send("POST", f"/api/backups/{identified(backup_id)}/verification", api.Backup, key=key)
