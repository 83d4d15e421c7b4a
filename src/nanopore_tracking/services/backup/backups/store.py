"""What the database knows of backups."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.backup.backups import model
from nanopore_tracking.services.backup.backups.model import Claimed, Dump, Kept, Outcomes

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def list_backups(db: Reads, *, filters: dict[str, object], sort: str, after: str | None, limit: int) -> Page:
    """Return one page of backups."""
    found: Page = await Q.backups.page(db, filters=filters, sort=sort, after=after, limit=limit)
    return found


async def show_backup(db: Reads, backup_id: UUID) -> tuple[str, int] | None:
    """Return a backup as JSON text and its version, or None."""
    row = await db.row(Q.show_backup, backup_id=backup_id)
    return (row["item"], row["version"]) if row else None


async def insert_backup(
    tx: Transaction, *, backup_id: UUID, cause: str, day: date, note: str, requested_by: str
) -> bool:
    """Queue a backup; False when the day's backup was asked for already, or failed a short time ago."""
    values: dict[str, Any] = {
        "backup_id": backup_id,
        "cause": cause,
        "day": day,
        "note": note,
        "requested_by": requested_by,
    }
    at = tx.call.at
    return await tx.row(Q.insert_backup, requested_at=at, failed_after=at - model.AGAIN, **values) is not None


async def claim_backup(tx: Transaction) -> Claimed | None:
    """Take the backup that has waited longest, or None."""
    row = await tx.row(Q.claim_backup, at=tx.call.at)
    return _claimed(row) if row else None


async def interrupted_backups(tx: Transaction) -> list[Claimed]:
    """Return the backups that a process began and did not end, locked."""
    return [_claimed(row) for row in await tx.rows(Q.interrupted_backups)]


def _claimed(row: Any) -> Claimed:
    return Claimed(id=row["id"], cause=row["cause"], requested_at=row["requested_at"])


async def finish_backup(
    tx: Transaction, backup_id: UUID, *, at: datetime, folder: str, size_bytes: int, parts: object
) -> bool:
    """Mark a running backup as ready."""
    said = msgspec.json.encode(parts).decode()
    row = await tx.row(Q.finish_backup, backup_id=backup_id, at=at, folder=folder, size_bytes=size_bytes, parts=said)
    return row is not None


async def fail_backup(tx: Transaction, backup_id: UUID, *, at: datetime, error: str) -> bool:
    """Mark a running backup as failed."""
    return await tx.row(Q.fail_backup, backup_id=backup_id, at=at, error=error) is not None


async def lock_backup(tx: Transaction, backup_id: UUID) -> Kept | None:
    """Return a backup's state and folder, locked, or None."""
    row = await tx.row(Q.lock_backup, backup_id=backup_id)
    return Kept(id=row["id"], state=row["state"], folder=row["folder"]) if row else None


async def keep_check(tx: Transaction, backup_id: UUID, problems: list[str]) -> None:
    """Keep the outcome of a check."""
    await tx.row(Q.keep_check, backup_id=backup_id, at=tx.call.at, problems=msgspec.json.encode(problems).decode())


async def keep_drill(tx: Transaction, backup_id: UUID, *, at: datetime, problems: list[str]) -> None:
    """Keep the outcome of restoring a backup for a test."""
    await tx.row(Q.keep_drill, backup_id=backup_id, at=at, problems=msgspec.json.encode(problems).decode())


async def newest_dumps(db: Reads) -> list[Dump]:
    """Return the newest dump of each service that has one."""
    return [Dump(**row) for row in await db.rows(Q.newest_dumps)]


async def outcomes(db: Reads) -> Outcomes:
    """Return what came of checking and restoring."""
    row = await db.row(Q.outcomes)
    assert row is not None
    return Outcomes(**row)


async def superseded_backups(db: Reads, keep: int) -> list[Kept]:
    """Return the ready backups behind the newest `keep`."""
    rows = await db.rows(Q.superseded_backups, keep=keep)
    return [Kept(id=row["id"], state="ready", folder=row["folder"]) for row in rows]


async def expire_backup(tx: Transaction, backup_id: UUID) -> bool:
    """Mark a backup as removed by the retention rule."""
    return await tx.row(Q.expire_backup, backup_id=backup_id) is not None
