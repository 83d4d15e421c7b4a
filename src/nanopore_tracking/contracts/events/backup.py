"""What the backup service announces."""

from typing import Literal
from uuid import UUID

import msgspec

from nanopore_tracking.kernel.events import Event


class DumpedDatabase(msgspec.Struct, frozen=True):
    """One database of a backup, with the SHA-256 sum of its file."""

    service: str
    database: str
    file: str
    size_bytes: int
    sha256: str


class BackupRequested(Event, frozen=True, kw_only=True):
    """A person or the daily schedule asked for a backup."""

    type = "backup.requested"

    backup_id: UUID
    cause: Literal["manual", "daily"]
    note: str


class BackupCompleted(Event, frozen=True, kw_only=True):
    """All databases are dumped and on disk."""

    type = "backup.completed"

    backup_id: UUID
    folder: str
    parts: list[DumpedDatabase]


class BackupFailed(Event, frozen=True, kw_only=True):
    """A backup could not be made; nothing of it was kept."""

    type = "backup.failed"

    backup_id: UUID
    error: str


class BackupVerified(Event, frozen=True, kw_only=True):
    """The files of a backup were compared with their checksums; problems is empty when all is well."""

    type = "backup.verified"

    backup_id: UUID
    problems: list[str]


class BackupDrilled(Event, frozen=True, kw_only=True):
    """A backup was restored into scratch databases for a test; problems is empty when everything came back."""

    type = "backup.drilled"

    backup_id: UUID
    problems: list[str]


class BackupExpired(Event, frozen=True, kw_only=True):
    """The files of an old backup were removed by the retention rule."""

    type = "backup.expired"

    backup_id: UUID
    folder: str
