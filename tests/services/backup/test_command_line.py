"""`nanopore-tracking backup` against the running product, and restoring without it."""

import asyncio
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from nanopore_tracking.cli import backup
from nanopore_tracking.kernel import dumps
from tests.harness.product import ADMIN_PASSWORD, Product, checked
from tests.services.sample.desk import opened, row

#: What the machinery of events and requests writes by itself, at any time.
KERNEL_TABLES = ("outbox", "outbox_relay", "watermark", "dead_letter", "idempotency_key")

SUMS = """SELECT count(*), coalesce(md5(string_agg(t::text, ';' ORDER BY t::text COLLATE "C")), '') FROM "{table}" t"""


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


async def begun(product: Product, *arguments: str) -> asyncio.subprocess.Process:
    environ = {
        "PATH": os.environ["PATH"],
        "NANOPORE_URL": product.base_url,
        "NANOPORE_USERNAME": "admin",
        "NANOPORE_PASSWORD": ADMIN_PASSWORD,
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "nanopore_tracking", "backup", *arguments),
        env=environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def command(product: Product, *arguments: str) -> Said:
    process = await begun(product, *arguments)
    out, err = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


@dataclass(frozen=True)
class Made:
    """A backup that the command made. content: of the sample service's tables that were the same before and after."""

    id: str
    folder: Path
    content: dict[str, tuple[int, str]]


@pytest.fixture(scope="module")
async def made(product: Product) -> Made:
    """A backup of a product with something in it, which goes on with what other tests left it to do."""
    desk = await opened(product)
    await desk.under_review(row("A"), row("B", comment="µ – \\ 🧬"))
    before = await _content(product.environ["SAMPLES_DB_OWNER_URL"])
    said = await command(product, "now", "--note", "before the move")
    assert said.code == 0, said.err
    after = await _content(product.environ["SAMPLES_DB_OWNER_URL"])
    backup_id, state, name = said.out.split()
    assert state == "ready"
    content = {table: found for table, found in after.items() if before[table] == found}
    return Made(backup_id, Path(product.environ["NANOPORE_BACKUP_DIR"]) / name, content)


async def test_backups_are_listed_and_verified(product: Product, made: Made) -> None:
    backup_id, folder = made.id, made.folder

    listed = await command(product, "list")

    assert listed.code == 0
    assert any(backup_id in line and "ready" in line and folder.name in line for line in listed.out.splitlines())
    for named in (backup_id, str(folder)):
        said = await command(product, "verify", named)
        assert (said.code, said.out) == (0, "Every file is as it was written.\n")
    unknown = await command(product, "verify", str(uuid4()))
    assert (unknown.code, unknown.err) == (1, "There is no such backup.\n")


async def test_a_damaged_backup_is_told_and_not_restored(product: Product, made: Made, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(made.folder, folder)
    (folder / "sample.dump").write_bytes(b"short")

    verified = await command(product, "verify", str(folder))
    restored = await command(product, "restore", str(folder), "--into", product.engines.superuser_url)

    assert (verified.code, restored.code) == (1, 1)
    assert "sample.dump has 5 bytes" in verified.err
    assert restored.err.startswith("This backup is damaged, nothing was restored.")


async def _content(url: str) -> dict[str, tuple[int, str]]:
    """Return for each table of the service the number of its rows, and one sum of all."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT relname FROM pg_stat_user_tables WHERE relname <> ALL($1::text[])", list(KERNEL_TABLES)
        )
        return {name: tuple(await connection.fetchrow(SUMS.format(table=name))) for (name,) in tables}
    finally:
        await connection.close()


async def test_a_backup_is_restored_into_new_databases(product: Product, made: Made) -> None:
    server, prefix = product.engines.superuser_url, f"restored_{uuid4().hex[:8]}_"
    arguments = ("restore", str(made.folder), "--into", server, "--prefix", prefix)

    said = await command(product, *arguments)

    assert said.code == 0, said.err
    assert [line.split()[0] for line in said.out.splitlines()] == ["sample", "ai", "audit", "backup", "config"]
    restored = f"{server.rpartition('/')[0]}/{prefix}nanopore_samples"
    found = await _content(restored)
    assert {table: found[table] for table in made.content} == made.content
    assert len(made.content) > 0.9 * len(found)
    assert found["submission_row"][0] >= 2
    again = await command(product, *arguments)
    assert again.code == 1
    assert f"{prefix}nanopore_samples exists already. It was left as it is" in again.err
    assert await _content(restored) == found
    await _log_is_still_append_only(f"{server.rpartition('/')[0]}/{prefix}nanopore_audit")
    await _drop(server, prefix)


async def _log_is_still_append_only(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        assert await connection.fetchval("SELECT count(*) FROM entry") > 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM entry")
    finally:
        await connection.close()


async def _databases(server: str, prefix: str, *, used: bool = False) -> list[str]:
    """Return the databases of such a name; used: those in which somebody is."""
    asked = "SELECT datname FROM pg_database"
    if used:
        asked = "SELECT DISTINCT datname FROM pg_stat_activity WHERE backend_type = 'client backend'"
    connection = await asyncpg.connect(server)
    try:
        return [name for (name,) in await connection.fetch(asked) if name and name.startswith(prefix)]
    finally:
        await connection.close()


async def _drop(server: str, prefix: str) -> None:
    names = await _databases(server, prefix)
    connection = await asyncpg.connect(server)
    try:
        for name in names:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


async def _drill_of(product: Product, backup_id: str) -> list[str]:
    """Return the problems of a backup's drill as soon as they are kept."""
    admin = await product.admin()

    async def look() -> Any:
        product.runtimes["backup"].wake("backups")
        return checked(await admin.get(f"/api/backups/{backup_id}"))["drill"]

    return list((await product.eventually(look))["problems"])


async def test_a_drill_restores_the_newest_backup_and_keeps_what_it_found(product: Product, made: Made) -> None:
    server = product.engines.superuser_url
    backup_id, _, newest = (await command(product, "now")).out.split()

    said = await command(product, "drill", str(made.folder.parent), "--into", server)

    assert (said.code, said.out) == (0, f"{newest}: 5 databases came back and are up to date.\n"), said.err
    assert await _databases(server, "drill_") == []
    assert await _drill_of(product, backup_id) == []


async def test_a_drill_that_fails_is_kept_as_well(product: Product, made: Made, tmp_path: Path) -> None:
    server = product.engines.superuser_url
    damaged = tmp_path / "copy"
    shutil.copytree(made.folder, damaged)
    (damaged / "sample.dump").write_bytes(b"short")

    said = await command(product, "drill", str(damaged), "--into", server)
    assert (said.code, "sample.dump has 5 bytes" in said.err) == (1, True)
    assert [dumps.read_drill(file).problems for file in dumps.drills(tmp_path)] == [[said.err.strip()]]

    said = await command(product, "drill", str(made.folder), "--into", server, "--bin-dir", str(tmp_path))
    assert (said.code, said.out) == (1, "")
    problems = await _drill_of(product, made.id)
    assert problems == said.err.splitlines()
    assert problems[-1].startswith("config: The program pg_restore is not installed here")
    assert await _databases(server, "drill_") == []


async def _killed_drill(product: Product, made: Made) -> list[str]:
    """Kill a drill while a database is being restored, and return what it left once its pg_restore has ended too."""
    server = product.engines.superuser_url
    killed = await begun(product, "drill", str(made.folder), "--into", server)
    restored = await product.eventually(lambda: _databases(server, "drill_", used=True))
    killed.kill()
    await killed.wait()

    async def ended() -> bool:
        return not await _databases(server, "drill_", used=True)

    await product.eventually(ended)
    return [name for name in await _databases(server, "drill_") if name in restored]


async def test_what_a_killed_drill_left_is_dropped_by_the_next_one(product: Product, made: Made) -> None:
    server = product.engines.superuser_url
    # A drill that was quicker than the kill has left nothing.
    left = await product.eventually(lambda: _killed_drill(product, made))

    said = await command(product, "drill", str(made.folder), "--into", server)

    assert said.code == 0, said.err
    assert said.err == f"{left[0]} was dropped: a drill that was killed had left it.\n"
    assert await _databases(server, "drill_") == []


async def test_two_drills_on_one_server_do_not_get_into_each_other(product: Product, made: Made) -> None:
    server = product.engines.superuser_url
    connection = await asyncpg.connect(server)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", backup._DRILL)
        await connection.execute("CREATE DATABASE drill_00000000_of_the_other")
        said = await command(product, "drill", str(made.folder), "--into", server)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("Another restore drill goes on on that server. Nothing was restored")
        assert await _databases(server, "drill_") == ["drill_00000000_of_the_other"]
    finally:
        await connection.execute("DROP DATABASE drill_00000000_of_the_other")
        await connection.close()


async def test_a_drill_without_a_backup_says_so(product: Product, tmp_path: Path) -> None:
    said = await command(product, "drill", str(tmp_path), "--into", product.engines.superuser_url)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("There is no backup in ")


async def test_one_service_can_be_restored_alone(product: Product, made: Made) -> None:
    server, prefix = product.engines.superuser_url, f"one_{uuid4().hex[:8]}_"
    arguments = ("restore", str(made.folder), "--into", server, "--prefix", prefix, "--service")

    said = await command(product, *arguments, "config")
    unknown = await command(product, *arguments, "nothing")

    assert said.out == f"config restored into {prefix}nanopore_config\n"
    assert (unknown.code, unknown.err.strip()) == (1, "None of these services is in this backup. Nothing was restored.")
    assert await _databases(server, prefix) == [f"{prefix}nanopore_config"]
    await _drop(server, prefix)


@pytest.mark.parametrize(
    ("into", "code"),
    [("postgresql://alice:wrong@{place}", 3), ("postgresql://alice@127.0.0.1:1/postgres", 3), ("nonsense", 1)],
)
async def test_a_server_that_refuses_is_told(product: Product, made: Made, into: str, code: int) -> None:
    place = product.engines.superuser_url.rpartition("@")[2]

    said = await command(product, "restore", str(made.folder), "--into", into.format(place=place))

    assert (said.code, said.out) == (code, "")
    assert "Nothing was restored." in said.err
    assert "Traceback" not in said.err


async def test_a_restore_that_fails_leaves_no_database(product: Product, made: Made, tmp_path: Path) -> None:
    server, prefix = product.engines.superuser_url, f"failed_{uuid4().hex[:8]}_"

    said = await command(
        product, "restore", str(made.folder), "--into", server, "--prefix", prefix, "--bin-dir", str(tmp_path)
    )

    assert said.code == 3
    assert "pg_restore is not installed here" in said.err
    assert await _databases(server, prefix) == []
