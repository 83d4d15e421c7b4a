"""What is told of backups: how old each database's is, and what came of checking and restoring."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from nanopore_tracking.kernel import dumps
from nanopore_tracking.services.backup.backups import commands, jobs
from tests.services.backup.conftest import Vault

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DATABASES = ("sample", "ai", "audit", "backup", "config")


def _told(name: str, **labels: str) -> Any:
    return REGISTRY.get_sample_value(f"backup_{name}", {"service": "backup", **labels})


def _drill(backup_id: UUID, problems: list[str], at: datetime = AT) -> dumps.Drill:
    return dumps.Drill(backup_id=str(backup_id), finished_at=at, problems=problems)


async def _tell(vault: Vault) -> None:
    await jobs.measure(vault.runtime)


async def test_what_never_was_is_told_as_nought(vault: Vault) -> None:
    await vault.owner.execute("DELETE FROM backup")
    await _tell(vault)

    assert [_told("last_success_timestamp_seconds", database=name) for name in DATABASES] == [0] * 5
    assert [_told("last_size_bytes", database=name) for name in DATABASES] == [0] * 5
    for name in ("first", "last_check", "last_drill"):
        assert _told(f"{name}_timestamp_seconds") == 0
    assert _told("last_drill_problems") == 0


async def test_the_newest_dump_of_each_database_counts_until_its_files_are_removed(vault: Vault) -> None:
    await vault.ask()
    newest = await vault.ask()
    await vault.make()
    await _tell(vault)

    row = await vault.row(newest)
    at_s = row["finished_at"].timestamp()
    assert [_told("last_success_timestamp_seconds", database=name) for name in DATABASES] == [pytest.approx(at_s)] * 5
    assert sum(_told("last_size_bytes", database=name) for name in DATABASES) == row["size_bytes"]
    assert 0 < _told("first_timestamp_seconds") < at_s

    await vault.owner.execute("UPDATE backup SET state = 'expired' WHERE state = 'ready'")
    await _tell(vault)
    assert _told("last_success_timestamp_seconds", database="sample") == 0


async def test_a_backup_that_failed_does_not_count(vault: Vault) -> None:
    await vault.ask()
    vault.change(pg_bin_dir=str(vault.folder / "nowhere"))
    await vault.make()
    await _tell(vault)

    assert await vault.states() == ["failed"]
    assert _told("last_success_timestamp_seconds", database="config") == 0


async def test_the_newest_check_and_drill_count(vault: Vault) -> None:
    older, newer = await vault.ask(), await vault.ask()
    await vault.make()
    for hours, backup_id, found in ((1, newer, ["sample: pg_restore ended with code 1."]), (2, older, [])):
        at = AT + timedelta(hours=hours)
        async with vault.runtime.db.transaction(vault.runtime.call()) as tx:
            await commands.keep_drill(tx, _drill(backup_id, found, at))
            await commands.keep_check(tx, backup_id, [*found, *found])
        await _tell(vault)
        assert (_told("last_drill_problems"), _told("last_check_problems")) == (len(found), 2 * len(found))
        assert _told("last_drill_timestamp_seconds") == at.timestamp()
    assert await vault.announced(older) == [
        "backup.requested",
        "backup.completed",
        "backup.drilled",
        "backup.verified",
    ]


async def test_what_a_drill_left_in_the_folder_is_kept_once(vault: Vault) -> None:
    backup_id = await vault.ask()
    await vault.make()
    dumps.write_drill(vault.folder, _drill(backup_id, ["ai: pg_restore ended with code 1."]))

    await vault.make()
    await vault.make()

    assert dumps.drills(vault.folder) == []
    row = await vault.row(backup_id)
    assert row["drilled_at"] == AT
    assert row["drill_problems"] == '["ai: pg_restore ended with code 1."]'
    assert (await vault.announced(backup_id)).count("backup.drilled") == 1


@pytest.mark.parametrize(
    "content", [b"{", b'{"backup_id": "1", "finished_at": "2026-11-24T09:00:00Z", "problems": []}']
)
async def test_what_tells_of_no_backup_is_not_kept_and_does_not_stay(vault: Vault, content: bytes) -> None:
    waiting = await vault.ask()
    dumps.write_drill(vault.folder, _drill(waiting, []))
    dumps.write_drill(vault.folder, _drill(uuid4(), []))
    (vault.folder / "drills" / "nonsense.json").write_bytes(content)

    await vault.make()

    assert dumps.drills(vault.folder) == []
    assert (await vault.row(waiting))["drilled_at"] is None
    assert await vault.states() == ["ready"]
