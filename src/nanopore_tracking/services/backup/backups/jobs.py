"""What the backup service does by the clock: makes what is due or asked for, removes the oldest, tells how they are."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog
from prometheus_client import Gauge

from nanopore_tracking.kernel import dumps, errors
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.backup.backups import commands, model, store
from nanopore_tracking.services.backup.backups.model import Claimed
from nanopore_tracking.services.backup.settings import Settings

_OF_EACH = ("service", "database")
_SUCCESS = Gauge("backup_last_success_timestamp_seconds", "When the newest dump that is kept was ready.", _OF_EACH)
_SIZE = Gauge("backup_last_size_bytes", "Size of the newest dump that is kept.", _OF_EACH)
_FIRST = Gauge("backup_first_timestamp_seconds", "When a backup was asked for first.", ("service",))
_CHECKED = Gauge("backup_last_check_timestamp_seconds", "When a backup was compared with its checksums.", ("service",))
_CHECK_PROBLEMS = Gauge("backup_last_check_problems", "Problems that the newest comparison found.", ("service",))
_DRILLED = Gauge("backup_last_drill_timestamp_seconds", "When a backup was restored for a test.", ("service",))
_DRILL_PROBLEMS = Gauge("backup_last_drill_problems", "Problems that the newest restore drill found.", ("service",))

_log = structlog.get_logger(__name__)


async def make_backups(runtime: Runtime) -> None:
    """Make every backup that waits, one after the other."""
    settings: Settings = runtime.settings
    await _keep_drills(runtime, Path(settings.backup_dir))
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


async def _keep_drills(runtime: Runtime, root: Path) -> None:
    """Record what restore drills left in the folder: they have no way to any service, and need none."""
    for file in dumps.drills(root):
        try:
            drill = dumps.read_drill(file)
            async with runtime.db.transaction(runtime.call()) as tx:
                await commands.keep_drill(tx, drill)
        except (errors.Invalid, errors.NotFound, errors.Conflict) as problem:
            _log.warning("backup.drill_not_kept", file=file.name, reason=problem.message)
        file.unlink()


async def _make(runtime: Runtime, settings: Settings, claimed: Claimed) -> None:
    """Dump all databases into a hidden folder that gets its name when everything in it is on disk."""
    root = Path(settings.backup_dir)
    name = model.folder_name(claimed)
    made = root / f".{name}"
    try:
        made.mkdir(parents=True, mode=0o700)
        manifest = await _dump_all(settings, claimed, made)
        dumps.write_manifest(made, manifest)
        made = made.rename(root / name)
        dumps.sync_folder(root)
    except (OSError, errors.Unavailable) as failure:
        # Only what was made here: a folder that stood in the way is another backup's.
        shutil.rmtree(made, ignore_errors=True)
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


async def measure(runtime: Runtime) -> None:
    """Tell what there is to go back to; what never was is told as the time 0."""
    name, settings = runtime.name, runtime.settings
    dumped = {dump.service: dump for dump in await store.newest_dumps(runtime.db)}
    found = await store.outcomes(runtime.db)
    for service in settings.sources():
        dump = dumped.get(service)
        _SUCCESS.labels(name, service).set(dump.finished_at.timestamp() if dump else 0)
        _SIZE.labels(name, service).set(dump.size_bytes if dump else 0)
    for gauge, at in ((_FIRST, found.first_at), (_CHECKED, found.checked_at), (_DRILLED, found.drilled_at)):
        gauge.labels(name).set(at.timestamp() if at else 0)
    _CHECK_PROBLEMS.labels(name).set(found.check_problems or 0)
    _DRILL_PROBLEMS.labels(name).set(found.drill_problems or 0)


JOBS = [
    Job(name="backups", interval_s=30.0, run=make_backups),
    Job(name="backup-figures", interval_s=30.0, run=measure, everywhere=True),
]
