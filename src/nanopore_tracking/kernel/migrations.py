"""Brings a database to what this version needs: plain SQL, forward only, safe when several processes start at once."""

import asyncio
import contextlib
import hashlib
import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from nanopore_tracking.kernel import errors, failures, sql
from nanopore_tracking.kernel.postgres import Reads

#: The folder with the tables that every service database has.
KERNEL = Path(__file__).with_name("migrations")
#: The type of the Unavailable of a database that a person has to bring up to date.
OUTDATED = "database-outdated"

_LOCK = 0x6E616E6F706F7265  # "nanopore"
_POLL_S = 0.2
_LOCK_TIMEOUT_S = 2.0
_PAUSE_S = 0.5
_FILE = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
_ALONE = re.compile(r"\A(?:--[^\n]*\n)*?-- transaction: off *\n")

_TABLE = """CREATE TABLE IF NOT EXISTS migration (
    name        text PRIMARY KEY,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now(),
    duration_ms integer NOT NULL
)"""
_APPLIED = sql.Query("migrations.applied", "SELECT name, checksum FROM migration;")
_KEEP = "INSERT INTO migration (name, checksum, duration_ms) VALUES ($1, $2, $3)"


class Refused(errors.Conflict):
    """A migration cannot be applied as things are; the message says which and why."""

    default_type = "migration-refused"


@dataclass(frozen=True)
class Migration:
    """One file. name: `<owner of the folder>/<file name without .sql>`; checksum: SHA-256 of its bytes."""

    name: str
    checksum: str
    script: str

    @property
    def alone(self) -> bool:
        """Whether its statements run one by one, outside of a transaction."""
        return _ALONE.match(self.script) is not None


def read(folders: Sequence[Path]) -> list[Migration]:
    """Return the migrations of the folders in the order in which they are applied; Refused for a strange file name."""
    found = []
    for folder in folders:
        for file in sorted(folder.glob("*.sql")):
            if not _FILE.fullmatch(file.name):
                raise Refused(f"{file} is not named like a migration, such as 0001_what_it_brings.sql.")
            content = file.read_bytes()
            name = f"{folder.parent.name}/{file.stem}"
            found.append(Migration(name, hashlib.sha256(content).hexdigest(), content.decode("utf-8")))
    return found


async def apply(
    url: str, folders: Sequence[Path], *, app_role: str | None = None, patience_s: float = 120.0
) -> list[str]:
    """Apply what is missing, as the owner of the database, and let the application's role use the tables.

    Returns the names of what was applied by this call. Refused when a file was changed after it was applied, when the
    database is newer than this program, or when a statement fails: what came before stays applied. Unavailable when the
    database does not answer, or another process holds the migration or a table for longer than patience_s.
    """
    wanted = read(folders)
    until = time.monotonic() + patience_s
    applied = []
    async with _connected(url) as connection, _sole(connection, until):
        await connection.execute(_TABLE)
        for migration in _missing(wanted, await _known(connection)):
            await _apply_one(connection, migration, until)
            applied.append(migration.name)
        if app_role is not None:
            await _grant(connection, app_role)
    return applied


async def pending(db: Reads, folders: Sequence[Path]) -> list[str]:
    """Return the names of the migrations that a database lacks; it may have newer ones, of a version to come."""
    try:
        known = {row["name"]: row["checksum"] for row in await db.rows(_APPLIED)}
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        known = {}
    wanted = read(folders)
    return [migration.name for migration in _missing(wanted, known, newer_is_fine=True)]


async def require_current(db: Reads, folders: Sequence[Path]) -> None:
    """Raise Unavailable when the database lacks a migration that this program needs."""
    missing = await pending(db, folders)
    if missing:
        raise errors.Unavailable(
            f"The database lacks {', '.join(missing)}. Nothing was changed. "
            "Run `nanopore-tracking migrate` as its owner.",
            type=OUTDATED,
        )


def _missing(wanted: list[Migration], known: dict[str, str], *, newer_is_fine: bool = False) -> list[Migration]:
    strange = sorted(known.keys() - {migration.name for migration in wanted})
    if strange and not newer_is_fine:
        raise Refused(
            f"The database is newer than this program: it has {', '.join(strange)}. Nothing was changed. "
            "Use the program's newer version."
        )
    missing: list[Migration] = []
    for migration in wanted:
        checksum = known.get(migration.name)
        if checksum is None:
            missing.append(migration)
        elif checksum != migration.checksum:
            raise Refused(
                f"The migration {migration.name} was changed after it was applied. Nothing was changed. "
                "Restore the file, and put the change in a new one."
            )
        elif any(late.name.split("/")[0] == migration.name.split("/")[0] for late in missing):
            raise Refused(
                f"The migration {missing[-1].name} comes before {migration.name}, which is applied already. "
                "Nothing was changed. Give the new one the next number."
            )
    return missing


@contextlib.asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    settings = {"application_name": "nanopore-tracking migrate", "client_min_messages": "warning", "jit": "off"}
    try:
        connection = await asyncpg.connect(url, timeout=10, server_settings=settings)
    except failures.CONNECTING as failure:
        raise errors.Unavailable("The database does not answer, so that nothing was migrated.") from failure
    try:
        yield connection
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InternalClientError) as failure:
        message = "The database went away in the middle of the migration; what was applied before stays. Run it again."
        raise errors.Unavailable(message) from failure
    finally:
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InternalClientError):
            await connection.close(timeout=5)


@contextlib.asynccontextmanager
async def _sole(connection: Any, until: float) -> AsyncIterator[None]:
    """Hold the right to migrate; it ends with the connection.

    It is asked for again and again: a session that waits in a blocking lock request would hold back CREATE INDEX
    CONCURRENTLY in the session that has the right.
    """
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
        if time.monotonic() > until:
            raise errors.Unavailable("Another process has been migrating the database for long. Nothing was changed.")
        await asyncio.sleep(_POLL_S)
    yield


async def _known(connection: Any) -> dict[str, str]:
    return {row["name"]: row["checksum"] for row in await connection.fetch(_APPLIED.text)}


async def _apply_one(connection: Any, migration: Migration, until: float) -> None:
    while True:
        started_s = time.monotonic()
        try:
            if migration.alone:
                await _run_alone(connection, migration, started_s)
            else:
                await _run_together(connection, migration, started_s)
        except asyncpg.LockNotAvailableError as failure:
            # The queue behind a waiting ALTER TABLE is everybody: let them pass, then try again.
            if time.monotonic() > until:
                raise errors.Unavailable(
                    f"The migration {migration.name} found its tables in use for too long. Nothing of it was kept; "
                    "run it again."
                ) from failure
            await asyncio.sleep(_PAUSE_S)
        except asyncpg.PostgresConnectionError:
            raise
        except asyncpg.PostgresError as failure:
            raise Refused(f"The migration {migration.name} failed: {failure} Nothing of it was kept.") from failure
        else:
            return


async def _run_together(connection: Any, migration: Migration, started_s: float) -> None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT_S:g}s'")
        await connection.execute(migration.script)
        await _keep(connection, migration, started_s)


async def _run_alone(connection: Any, migration: Migration, started_s: float) -> None:
    await connection.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT_S:g}s'")
    for statement in sql.statements(migration.script):
        await connection.execute(statement)
    await connection.execute("RESET lock_timeout")
    await _keep(connection, migration, started_s)


async def _keep(connection: Any, migration: Migration, started_s: float) -> None:
    took_ms = int((time.monotonic() - started_s) * 1000)
    await connection.execute(_KEEP, migration.name, migration.checksum, took_ms)


async def _grant(connection: Any, role: str) -> None:
    """Let the role read and write all tables, and nothing else: it creates, alters and drops nothing."""
    if role == await connection.fetchval("SELECT current_user"):
        return
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role):
        raise Refused(f"There is no role {role} in the database server; create it, then migrate again.")
    name = await connection.fetchval("SELECT quote_ident($1)", role)
    # A role cannot be a parameter; the server has put its name in quotes.
    await connection.execute(
        f"GRANT USAGE ON SCHEMA public TO {name};"  # noqa: S608
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};"
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name};"
        f"REVOKE INSERT, UPDATE, DELETE ON migration FROM {name};"
    )
