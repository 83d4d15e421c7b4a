"""What can be done with backups: ask for one, take it, end it, check it, remove it."""

from datetime import date
from uuid import UUID

from nanopore_tracking.contracts.events import backup as events
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.dumps import Drill, Manifest
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.backup.backups import store
from nanopore_tracking.services.backup.backups.model import Claimed, Kept

INTERRUPTED = "The process that made this backup ended before it was complete. Nothing of it was kept; ask again."


async def request_backup(tx: Transaction, note: str) -> Written:
    """Ask for a backup now; it is made in the background."""
    backup_id = uuid7()
    await store.insert_backup(
        tx, backup_id=backup_id, cause="manual", day=tx.call.at.date(), note=note, requested_by=tx.call.by
    )
    tx.announce(events.BackupRequested(backup_id=backup_id, cause="manual", note=note), subject=_subject(backup_id))
    return await _written(tx, backup_id)


async def request_daily(tx: Transaction, day: date) -> bool:
    """Ask for a day's backup unless it was asked for, or failed a short time ago; True when it is asked for now."""
    backup_id = uuid7()
    asked = await store.insert_backup(tx, backup_id=backup_id, cause="daily", day=day, note="", requested_by=tx.call.by)
    if asked:
        tx.announce(events.BackupRequested(backup_id=backup_id, cause="daily", note=""), subject=_subject(backup_id))
    return asked


async def claim(tx: Transaction) -> Claimed | None:
    """Take the backup that has waited longest."""
    return await store.claim_backup(tx)


async def fail_interrupted(tx: Transaction) -> list[Claimed]:
    """Fail what a process began and did not end, and return it; called by the only process that makes backups."""
    interrupted = await store.interrupted_backups(tx)
    for backup in interrupted:
        await fail(tx, backup.id, INTERRUPTED)
    return interrupted


async def finish(tx: Transaction, backup_id: UUID, *, folder: str, manifest: Manifest) -> None:
    """Record that every file of a backup is on disk."""
    parts = [
        events.DumpedDatabase(
            service=part.service, database=part.database, file=part.file, size_bytes=part.size_bytes, sha256=part.sha256
        )
        for part in manifest.parts
    ]
    size_bytes = sum(part.size_bytes for part in parts)
    done = await store.finish_backup(
        tx, backup_id, at=manifest.finished_at, folder=folder, size_bytes=size_bytes, parts=parts
    )
    if done:
        event = events.BackupCompleted(backup_id=backup_id, folder=folder, parts=parts)
        tx.announce(event, subject=_subject(backup_id), changes=[Change("state", "running", "ready")])


async def fail(tx: Transaction, backup_id: UUID, error: str) -> None:
    """Record that a backup could not be made."""
    if await store.fail_backup(tx, backup_id, at=tx.call.at, error=error):
        event = events.BackupFailed(backup_id=backup_id, error=error)
        tx.announce(event, subject=_subject(backup_id), changes=[Change("state", "running", "failed")])


async def checkable(tx: Transaction, backup_id: UUID) -> Kept:
    """Return a backup whose files can be checked; NotFound or Conflict otherwise."""
    kept = await store.lock_backup(tx, backup_id)
    if kept is None:
        raise errors.NotFound("There is no such backup.")
    if kept.state != "ready":
        raise errors.Conflict(f"This backup is {kept.state}, so that there are no files to check. Nothing was changed.")
    return kept


async def keep_check(tx: Transaction, backup_id: UUID, problems: list[str]) -> Written:
    """Record what a comparison of the files with their checksums found."""
    await store.keep_check(tx, backup_id, problems)
    tx.announce(events.BackupVerified(backup_id=backup_id, problems=problems), subject=_subject(backup_id))
    return await _written(tx, backup_id)


async def keep_drill(tx: Transaction, drill: Drill) -> None:
    """Record what restoring a backup for a test found; NotFound or Conflict where it is not kept any more."""
    kept = await checkable(tx, UUID(drill.backup_id))
    await store.keep_drill(tx, kept.id, at=drill.finished_at, problems=drill.problems)
    tx.announce(events.BackupDrilled(backup_id=kept.id, problems=drill.problems), subject=_subject(kept.id))


async def expire(tx: Transaction, kept: Kept) -> bool:
    """Record that the retention rule has removed a backup; False when that was recorded before."""
    if kept.folder is None or not await store.expire_backup(tx, kept.id):
        return False
    event = events.BackupExpired(backup_id=kept.id, folder=kept.folder)
    tx.announce(event, subject=_subject(kept.id), changes=[Change("state", "ready", "expired")])
    return True


def _subject(backup_id: UUID) -> Subject:
    return Subject("backup", str(backup_id))


async def _written(tx: Transaction, backup_id: UUID) -> Written:
    found = await store.show_backup(tx, backup_id)
    if found is None:
        raise errors.NotFound("There is no such backup.")
    return Written(item=found[0], version=found[1], location=f"/api/backups/{backup_id}")
