"""A backup service of its own, without HTTP: its database, its folder and its job."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from nanopore_tracking.kernel import migrations
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.settings import KernelSettings, Secret
from nanopore_tracking.services.backup.backups import commands, jobs
from nanopore_tracking.services.backup.service import SERVICE
from nanopore_tracking.services.backup.settings import Settings
from tests.harness.engines import TestDatabase

_ASKED = """INSERT INTO backup (id, cause, day, state, note, requested_by, requested_at)
VALUES ($1, 'daily', $2, 'expired', '', 'backup', $3)"""


@dataclass
class Vault:
    """The service, and its folder. Its five databases are one and the same; no daily backup is due."""

    runtime: Runtime
    folder: Path
    owner: Any

    def change(self, **settings: Any) -> None:
        """Let other settings hold from now on."""
        self.runtime.settings = msgspec.structs.replace(self.runtime.settings, **settings)

    async def ask(self, note: str = "") -> UUID:
        """Ask for a backup and return its id."""
        async with self.runtime.db.transaction(self.runtime.call()) as tx:
            written = await commands.request_backup(tx, note)
        assert isinstance(written.item, str)
        return UUID(msgspec.json.decode(written.item)["id"])

    async def make(self) -> None:
        """Let the job run once."""
        await jobs.make_backups(self.runtime)

    async def row(self, backup_id: UUID) -> Any:
        """Return what the database knows of a backup."""
        return await self.owner.fetchrow("SELECT * FROM backup WHERE id = $1", backup_id)

    async def states(self) -> list[str]:
        """Return the states of all backups that were asked for by hand, oldest first."""
        rows = await self.owner.fetch("SELECT state FROM backup WHERE cause = 'manual' ORDER BY requested_at")
        return [row["state"] for row in rows]

    async def announced(self, backup_id: UUID) -> list[str]:
        """Return the types of the events of a backup, in order."""
        rows = await self.owner.fetch("SELECT type FROM outbox WHERE subject_id = $1 ORDER BY position", str(backup_id))
        return [row["type"] for row in rows]

    def names(self) -> list[str]:
        """Return the names of everything in the folder."""
        return sorted(entry.name for entry in self.folder.iterdir())


@pytest.fixture
async def vault(database: TestDatabase, tmp_path: Path) -> AsyncIterator[Vault]:
    """A backup service of its own."""
    assert SERVICE.migrations is not None
    folders = [migrations.KERNEL, SERVICE.migrations]
    await migrations.apply(database.owner_url, folders, app_role=f"{database.name}_app")
    kernel = KernelSettings(db_pool_min=1, db_pool_max=2)
    db = Database("backup", database.app_url, kernel)
    await db.open()
    owner = await asyncpg.connect(database.owner_url)
    for days in (0, 1):
        day = datetime.now(UTC) + timedelta(days=days)
        await owner.execute(_ASKED, uuid4(), day.date(), datetime(2026, 1, 1, tzinfo=UTC))
    read = Secret(database.owner_url)
    settings = Settings(
        db_url=Secret(database.app_url),
        backup_sample_url=read,
        backup_ai_url=read,
        backup_audit_url=read,
        backup_backup_url=read,
        backup_config_url=read,
        backup_dir=str(tmp_path),
    )
    yield Vault(Runtime(SERVICE.name, settings=settings, kernel=kernel, db=db), tmp_path, owner)
    await owner.close()
    await db.close()
