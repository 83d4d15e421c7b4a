"""What the backup service does by the clock: asks for the daily backup, makes what waits, removes the oldest."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog

from nanopore_tracking.kernel import dumps, errors
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.backup.backups import commands, model, store
from nanopore_tracking.services.backup.backups.model import Claimed
from nanopore_tracking.services.backup.settings import Settings

_log = structlog.get_logger(__name__)


async def make_backups(runtime: Runtime) -> None:
    """Make every backup that waits, one after the other."""
    settings: Settings = runtime.settings
    async with runtime.db.transaction(runtime.call()) as tx:
        interrupted = await commands.fail_interrupted(tx)
        day = model.due_day(tx.call.at, settings.backup_hour_utc)
        if day is not None:
            await commands.request_daily(tx, day)
    _remove_unfinished(Path(settings.backup_dir), interrupted)
    while True:
        async with runtime.db.transaction(runtime.call()) as tx:
            claimed = await commands.claim(tx)
        if claimed is None:
            break
        await _make(runtime, settings, claimed)
    await _remove_superseded(runtime, settings)


async def _make(runtime: Runtime, settings: Settings, claimed: Claimed) -> None:
    """Dump all databases into a hidden folder that gets its name when everything in it is on disk."""
    root = Path(settings.backup_dir)
    name = model.folder_name(claimed)
    unfinished = root / f".{name}"
    try:
        unfinished.mkdir(parents=True, mode=0o700)
        manifest = await _dump_all(settings, claimed, unfinished)
        dumps.write_manifest(unfinished, manifest)
        unfinished.rename(root / name)
        dumps.sync_folder(root)
    except (OSError, errors.Unavailable) as failure:
        for folder in (unfinished, root / name):
            shutil.rmtree(folder, ignore_errors=True)
        _log.error("backup.failed", backup_id=str(claimed.id), error=str(failure))
        async with runtime.db.transaction(runtime.call()) as tx:
            await commands.fail(tx, claimed.id, f"Nothing of this backup was kept. {failure}")
        return
    async with runtime.db.transaction(runtime.call()) as tx:
        await commands.finish(tx, claimed.id, folder=name, manifest=manifest)


async def _dump_all(settings: Settings, claimed: Claimed, folder: Path) -> dumps.Manifest:
    started_at = datetime.now(UTC)
    parts = []
    for service, url in settings.sources().items():
        file = folder / f"{service}.dump"
        parts.append(await dumps.dump(url.reveal(), file, service=service, bin_dir=settings.pg_bin_dir))
    return dumps.Manifest(
        id=str(claimed.id),
        started_at=started_at,
        finished_at=datetime.now(UTC),
        tool=await dumps.tool_version(settings.pg_bin_dir),
        parts=parts,
    )


async def _remove_superseded(runtime: Runtime, settings: Settings) -> None:
    """Remove the oldest; files go before it is recorded, so that a process that ends in between leaves none behind."""
    for kept in await store.superseded_backups(runtime.db, settings.backup_keep):
        if kept.folder:
            shutil.rmtree(Path(settings.backup_dir) / kept.folder, ignore_errors=True)
        async with runtime.db.transaction(runtime.call()) as tx:
            await commands.expire(tx, kept)


def _remove_unfinished(root: Path, interrupted: Sequence[Claimed]) -> None:
    """Remove what a killed process left; only the leader of this job comes here, so that nobody is writing there.

    A folder may have its name already where the process ended before it could record that.
    """
    for folder in (*root.glob(".*-*"), *(root / model.folder_name(backup) for backup in interrupted)):
        shutil.rmtree(folder, ignore_errors=True)


JOBS = [Job(name="backups", interval_s=30.0, run=make_backups)]
