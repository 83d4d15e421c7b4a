"""Questions to the backup service and its answers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

State = Literal["queued", "running", "ready", "failed", "expired"]


class NewBackup(Asked, frozen=True, kw_only=True):
    """Ask for a backup now."""

    note: Annotated[
        str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="Why this backup is made.")
    ] = ""


class BackupPart(Answer, frozen=True, kw_only=True):
    """One database of a backup."""

    service: str
    database: str
    file: str
    size_bytes: int
    sha256: str


class BackupCheck(Answer, frozen=True, kw_only=True):
    """The newest verification of a backup: the files against their checksums. problems is empty when all is well."""

    checked_at: datetime
    problems: list[str]


class BackupDrill(Answer, frozen=True, kw_only=True):
    """The newest restore of a backup for a test. problems is empty when everything came back."""

    drilled_at: datetime
    problems: list[str]


class Backup(Answer, frozen=True, kw_only=True):
    """One backup of the five databases.

    cause: `manual` or `daily`; state `expired`: its files were removed by the retention rule; size_bytes: of all files.
    """

    id: UUID
    cause: Literal["manual", "daily"]
    state: State
    note: str
    requested_by: str
    requested_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    folder: str | None = None
    size_bytes: int | None = None
    error: str | None = None
    version: int
    parts: list[BackupPart] = []
    check: BackupCheck | None = None
    drill: BackupDrill | None = None
