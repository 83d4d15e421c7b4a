"""Backups are made as a whole or not at all, once a day and when asked for; the oldest are removed."""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from nanopore_tracking.kernel import dumps, errors
from nanopore_tracking.kernel.settings import Secret
from nanopore_tracking.services.backup.backups import commands, model
from tests.harness.product import Product
from tests.services.backup.conftest import Vault


async def test_what_is_asked_for_is_made(vault: Vault) -> None:
    backup_id = await vault.ask("before the move")
    assert await vault.states() == ["queued"]

    await vault.make()

    row = await vault.row(backup_id)
    (name,) = vault.names()
    assert (row["state"], row["folder"], row["note"]) == ("ready", name, "before the move")
    folder = vault.folder / name
    manifest = dumps.read_manifest(folder)
    assert [part.service for part in manifest.parts] == ["sample", "ai", "audit", "backup", "config"]
    assert row["size_bytes"] == sum((folder / part.file).stat().st_size for part in manifest.parts)
    assert "pg_dump" in manifest.tool
    assert folder.stat().st_mode & 0o077 == 0
    assert dumps.check(folder) == []
    assert await vault.announced(backup_id) == ["backup.requested", "backup.completed"]


async def test_what_waits_is_made_in_its_order(vault: Vault) -> None:
    asked = [await vault.ask() for _ in range(2)]

    await vault.make()

    rows = [await vault.row(backup_id) for backup_id in asked]
    assert [row["state"] for row in rows] == ["ready", "ready"]
    assert rows[0]["finished_at"] <= rows[1]["started_at"]


def _wrong_database(vault: Vault) -> dict[str, Any]:
    url: str = vault.runtime.settings.backup_config_url.reveal()
    return {"backup_config_url": Secret(url.rpartition("/")[0] + "/not_there")}


def _wrong_password(vault: Vault) -> dict[str, Any]:
    url: str = vault.runtime.settings.backup_config_url.reveal()
    user, _, place = url.rpartition("@")
    return {"backup_config_url": Secret(f"{user.rpartition(':')[0]}:wrong-secret@{place}")}


def _no_program(vault: Vault) -> dict[str, Any]:
    return {"pg_bin_dir": str(vault.folder / "nowhere")}


def _nobody_there(vault: Vault) -> dict[str, Any]:
    return {"backup_config_url": Secret("postgresql://alice:wrong-secret@127.0.0.1:1/config")}


@pytest.mark.parametrize("wrong", [_wrong_database, _wrong_password, _no_program, _nobody_there])
async def test_a_backup_that_cannot_be_made_leaves_a_sentence_and_no_file(vault: Vault, wrong: Any) -> None:
    vault.change(**wrong(vault))
    backup_id = await vault.ask()

    await vault.make()

    row = await vault.row(backup_id)
    assert row["state"] == "failed"
    assert row["error"].startswith("Nothing of this backup was kept. ")
    assert len(row["error"]) > 60
    assert "wrong-secret" not in row["error"]
    assert vault.names() == []
    assert await vault.announced(backup_id) == ["backup.requested", "backup.failed"]
    async with vault.runtime.db.transaction(vault.runtime.call()) as tx:
        with pytest.raises(errors.Conflict, match="is failed"):
            await commands.checkable(tx, backup_id)


async def test_a_folder_that_cannot_be_written_is_told(vault: Vault, tmp_path: Path) -> None:
    occupied = tmp_path / "a-file"
    occupied.write_text("not a folder", "utf-8")
    vault.change(backup_dir=str(occupied))
    backup_id = await vault.ask()

    await vault.make()

    row = await vault.row(backup_id)
    assert (row["state"], str(occupied) in row["error"]) == ("failed", True)
    assert occupied.read_text("utf-8") == "not a folder"


async def test_a_folder_that_stands_in_the_way_is_left_as_it_is(vault: Vault) -> None:
    backup_id = await vault.ask()
    row = await vault.row(backup_id)
    name = model.folder_name(model.Claimed(id=backup_id, cause="manual", requested_at=row["requested_at"]))
    (vault.folder / name).mkdir()
    (vault.folder / name / "sample.dump").write_bytes(b"of another backup")

    await vault.make()

    assert (await vault.row(backup_id))["state"] == "failed"
    assert (vault.folder / name / "sample.dump").read_bytes() == b"of another backup"
    assert vault.names() == [name]


@pytest.mark.parametrize("named", [False, True])
async def test_what_a_killed_process_began_is_failed_and_removed(vault: Vault, named: bool) -> None:
    complete = await vault.ask()
    await vault.make()
    backup_id = await vault.ask()
    async with vault.runtime.db.transaction(vault.runtime.call()) as tx:
        claimed = await commands.claim(tx)
    assert claimed is not None
    name = model.folder_name(claimed)
    left = vault.folder / (name if named else f".{name}")
    left.mkdir()
    (left / "sample.dump").write_bytes(b"half")

    await vault.make()

    row = await vault.row(backup_id)
    assert (row["state"], row["error"]) == ("failed", commands.INTERRUPTED)
    assert vault.names() == [(await vault.row(complete))["folder"]]
    assert await vault.announced(backup_id) == ["backup.requested", "backup.failed"]


async def test_a_process_that_is_stopped_leaves_no_program_running(vault: Vault) -> None:
    async def begun() -> bool:
        return bool(list(vault.folder.glob(".*/*.dump")))

    async def left_alone() -> bool:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1"
        return bool(await vault.owner.fetchval(asked, "nanopore-tracking-backup") == 0)

    await vault.ask()
    work = asyncio.create_task(vault.make())
    await Product.eventually(begun)

    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    await Product.eventually(left_alone)
    await vault.make()
    assert await vault.states() == ["failed"]
    assert vault.names() == []


async def test_the_daily_backup_is_asked_for_once_a_day(vault: Vault) -> None:
    await vault.owner.execute("DELETE FROM backup")
    vault.change(backup_hour_utc=0)

    await vault.make()
    await vault.make()

    rows = await vault.owner.fetch("SELECT cause, state, requested_by FROM backup")
    assert [tuple(row) for row in rows] == [("daily", "ready", "backup")]


async def test_a_daily_backup_that_failed_is_made_later_on_the_same_day(vault: Vault) -> None:
    await vault.owner.execute("DELETE FROM backup")
    kept = vault.runtime.settings.backup_dir
    (in_the_way := vault.folder.parent / "no-folder").write_text("A file where the folder should be.")
    vault.change(backup_hour_utc=0, backup_dir=str(in_the_way))
    states = "SELECT state FROM backup ORDER BY requested_at"

    await vault.make()
    vault.change(backup_dir=kept)
    await vault.make()
    assert [row["state"] for row in await vault.owner.fetch(states)] == ["failed"], "not at once"

    await vault.owner.execute("UPDATE backup SET finished_at = finished_at - interval '31 minutes'")
    await vault.make()
    await vault.make()
    assert [row["state"] for row in await vault.owner.fetch(states)] == ["failed", "ready"]


async def test_of_many_who_ask_for_the_day_one_is_heard(vault: Vault) -> None:
    await vault.owner.execute("DELETE FROM backup")

    async def ask() -> bool:
        async with vault.runtime.db.transaction(vault.runtime.call()) as tx:
            return await commands.request_daily(tx, tx.call.at.date())

    assert sorted(await asyncio.gather(*(ask() for _ in range(4)))) == [False, False, False, True]
    assert await vault.owner.fetchval("SELECT count(*) FROM outbox WHERE type = 'backup.requested'") == 1


async def test_the_newest_are_kept(vault: Vault) -> None:
    vault.change(backup_keep=2)
    asked = [await vault.ask() for _ in range(3)]
    await vault.make()
    assert await vault.states() == ["expired", "ready", "ready"]

    newest = await vault.ask()
    await vault.make()

    assert await vault.states() == ["expired", "expired", "ready", "ready"]
    assert vault.names() == sorted([await _folder(vault, asked[2]), await _folder(vault, newest)])
    assert (await vault.announced(asked[0]))[-1] == "backup.expired"


async def test_a_backup_whose_files_are_gone_already_is_removed_as_well(vault: Vault) -> None:
    first = await vault.ask()
    await vault.make()
    shutil.rmtree(vault.folder / await _folder(vault, first))
    vault.change(backup_keep=1)

    await vault.ask()
    await vault.make()

    assert await vault.states() == ["expired", "ready"]


async def _folder(vault: Vault, backup_id: UUID) -> str:
    return str((await vault.row(backup_id))["folder"])
