"""Migrations: applied once whoever starts, refused when the files and the database do not fit together."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from nanopore_tracking.kernel import errors, migrations
from nanopore_tracking.kernel.migrations import KERNEL, Refused
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.settings import KernelSettings
from tests.harness.engines import TestDatabase

FIRST = "CREATE TABLE thing (n integer PRIMARY KEY, name text);"
SECOND = "ALTER TABLE thing ADD COLUMN size_bytes bigint;"
INDEX = """-- transaction: off
DROP INDEX CONCURRENTLY IF EXISTS thing_name;
CREATE INDEX CONCURRENTLY thing_name ON thing (name);
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "things" / "migrations"
    found.mkdir(parents=True)
    (found / "0001_things.sql").write_text(FIRST, encoding="utf-8")
    return found


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Any]:
    found = await asyncpg.connect(database_url)
    yield found
    await found.close()


#: What every service's database has.
MINE = [f"kernel/{file.stem}" for file in sorted(KERNEL.glob("*.sql"))]


def add(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


async def test_everything_is_applied_once(database_url: str, folder: Path, connection: Any) -> None:
    assert await migrations.apply(database_url, [KERNEL, folder]) == [*MINE, "things/0001_things"]
    assert await migrations.apply(database_url, [KERNEL, folder]) == []

    add(folder, "0002_size.sql", SECOND)
    assert await migrations.apply(database_url, [KERNEL, folder]) == ["things/0002_size"]
    assert (
        await connection.fetchval("SELECT count(*) FROM migration WHERE duration_ms >= 0 AND applied_at <= now()")
        == len(MINE) + 2
    )


async def test_several_that_start_at_once_apply_everything_once(database_url: str, folder: Path) -> None:
    add(folder, "0002_slow.sql", "SELECT pg_sleep(0.5);")
    add(folder, "0003_index.sql", INDEX)

    found = await asyncio.gather(*(migrations.apply(database_url, [KERNEL, folder]) for _ in range(5)))

    assert sorted(map(len, found)) == [0, 0, 0, 0, len(MINE) + 3]


async def test_statements_may_run_outside_of_a_transaction(database_url: str, folder: Path, connection: Any) -> None:
    add(folder, "0002_index.sql", INDEX)
    await migrations.apply(database_url, [folder])

    assert await connection.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'thing_name'::regclass")


async def test_a_changed_file_is_refused(database_url: str, folder: Path) -> None:
    await migrations.apply(database_url, [folder])
    add(folder, "0001_things.sql", FIRST + "\n-- a word more")
    add(folder, "0002_size.sql", SECOND)

    with pytest.raises(Refused, match="things/0001_things was changed after it was applied"):
        await migrations.apply(database_url, [folder])


async def test_a_newer_database_is_refused(database_url: str, folder: Path) -> None:
    add(folder, "0002_size.sql", SECOND)
    await migrations.apply(database_url, [folder])
    (folder / "0002_size.sql").unlink()

    with pytest.raises(Refused, match="newer than this program: it has things/0002_size"):
        await migrations.apply(database_url, [folder])


async def test_a_file_in_between_is_refused(database_url: str, folder: Path) -> None:
    add(folder, "0003_size.sql", SECOND)
    await migrations.apply(database_url, [KERNEL, folder])
    add(folder, "0002_late.sql", "SELECT 1;")

    with pytest.raises(Refused, match="things/0002_late comes before things/0003_size"):
        await migrations.apply(database_url, [KERNEL, folder])


async def test_a_failing_file_leaves_nothing_and_the_ones_before_stay(
    database_url: str, folder: Path, connection: Any
) -> None:
    add(folder, "0002_wrong.sql", SECOND + "\nCREATE TABLE other (n strange);")

    with pytest.raises(Refused, match=r'things/0002_wrong failed: type "strange" does not exist'):
        await migrations.apply(database_url, [folder])

    assert await connection.fetch("SELECT name FROM migration") == [("things/0001_things",)]
    assert await connection.fetchval("SELECT count(*) FROM information_schema.columns WHERE table_name = 'thing'") == 2


def test_a_strange_file_name_is_refused(folder: Path) -> None:
    add(folder, "2_size.sql", SECOND)

    with pytest.raises(Refused, match=r"2_size\.sql is not named like a migration"):
        migrations.read([folder])


async def test_a_migration_waits_for_readers_and_lets_others_pass(
    database_url: str, folder: Path, connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "_LOCK_TIMEOUT_S", 0.1)
    await migrations.apply(database_url, [folder])
    add(folder, "0002_size.sql", SECOND)
    reader = connection.transaction()
    await reader.start()
    await connection.fetch("SELECT * FROM thing")

    applying = asyncio.create_task(migrations.apply(database_url, [folder]))
    await asyncio.sleep(0.3)
    other = await asyncpg.connect(database_url)
    async with asyncio.timeout(90):
        await other.fetch("SELECT * FROM thing")
    await other.close()
    assert not applying.done()
    await reader.rollback()

    assert await applying == ["things/0002_size"]


async def test_a_table_that_is_never_free_is_told(database_url: str, folder: Path, connection: Any) -> None:
    await migrations.apply(database_url, [folder])
    add(folder, "0002_size.sql", SECOND)
    async with connection.transaction():
        await connection.fetch("SELECT * FROM thing")
        with pytest.raises(errors.Unavailable, match="in use for too long"):
            await migrations.apply(database_url, [folder], patience_s=0)


async def test_another_process_that_holds_the_lock_is_told(database_url: str, folder: Path, connection: Any) -> None:
    await connection.fetch("SELECT pg_advisory_lock($1)", migrations._LOCK)

    with pytest.raises(errors.Unavailable, match="Another process"):
        await migrations.apply(database_url, [folder], patience_s=0.3)


async def test_a_database_that_does_not_answer_is_told(database_url: str, folder: Path) -> None:
    with pytest.raises(errors.Unavailable, match="nothing was migrated"):
        await migrations.apply(database_url + "x", [folder])


async def test_the_application_may_use_tables_and_nothing_more(database: TestDatabase, folder: Path) -> None:
    role = f"{database.name}_app"
    add(folder, "0002_serial.sql", "CREATE TABLE numbered (n serial, m bigint GENERATED ALWAYS AS IDENTITY);")
    await migrations.apply(database.owner_url, [KERNEL, folder], app_role=role)
    app = await asyncpg.connect(database.app_url)
    await app.execute("INSERT INTO thing VALUES (1, 'one'); UPDATE thing SET name = 'two'; DELETE FROM thing")
    await app.execute("INSERT INTO numbered DEFAULT VALUES; SELECT * FROM migration")

    for refused in ("CREATE TABLE x (n int)", "DROP TABLE thing", "TRUNCATE thing", "DELETE FROM migration"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(refused)
    await app.close()


async def test_a_role_that_is_not_there_is_told(database_url: str, folder: Path) -> None:
    with pytest.raises(Refused, match="no role bob"):
        await migrations.apply(database_url, [folder], app_role="bob")


async def test_a_service_starts_only_on_a_database_that_has_all_it_needs(database: TestDatabase, folder: Path) -> None:
    db = Database("things", database.app_url, KernelSettings(db_pool_min=0))
    folders, role = [KERNEL, folder], f"{database.name}_app"
    with pytest.raises(errors.Unavailable, match=rf"lacks {', '.join(MINE)}, things/0001_things\. .*migrate"):
        await migrations.require_current(db, folders)

    await migrations.apply(database.owner_url, folders, app_role=role)
    await migrations.require_current(db, folders)

    add(folder, "0002_size.sql", SECOND)
    await migrations.apply(database.owner_url, folders, app_role=role)
    (folder / "0002_size.sql").unlink()
    await migrations.require_current(db, folders)
    await db.close()
