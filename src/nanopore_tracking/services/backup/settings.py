"""Settings of the backup service: its database, the five that it reads, where backups lie and how many are kept."""

from typing import Annotated

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel.settings import Env, Secret


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once at start."""

    db_url: Annotated[Secret, Env("BACKUP_DB_URL"), Meta(description="The backup service's own database.")]
    backup_sample_url: Annotated[Secret, Meta(description="The sample database, for a role that may read all of it.")]
    backup_ai_url: Annotated[Secret, Meta(description="The ai database, for a role that may read all of it.")]
    backup_audit_url: Annotated[Secret, Meta(description="The audit database, for a role that may read all of it.")]
    backup_backup_url: Annotated[Secret, Meta(description="The backup database, for a role that may read all of it.")]
    backup_config_url: Annotated[Secret, Meta(description="The config database, for a role that may read all of it.")]
    backup_dir: Annotated[str, Meta(min_length=1, description="The folder in which backups are kept.")]
    backup_hour_utc: Annotated[
        int, Meta(ge=0, le=23, description="The hour (UTC) from which the daily backup is made.")
    ] = 2
    backup_keep: Annotated[int, Meta(ge=1, le=1000, description="How many ready backups are kept.")] = 14
    pg_bin_dir: Annotated[
        str, Meta(description="The folder of pg_dump and pg_restore; empty: the installed engine, then PATH.")
    ] = ""

    def sources(self) -> dict[str, Secret]:
        """Return service → URL of the database to dump."""
        return {
            "sample": self.backup_sample_url,
            "ai": self.backup_ai_url,
            "audit": self.backup_audit_url,
            "backup": self.backup_backup_url,
            "config": self.backup_config_url,
        }
