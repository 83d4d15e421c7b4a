"""`nanopore-tracking backup`: ask for a backup, list, check, restore one into scratch databases, and try that out."""

import asyncio
import contextlib
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from nanopore_tracking import process
from nanopore_tracking.cli.api import Api, Url, User, open_api
from nanopore_tracking.kernel import dumps, errors, failures, migrations

app = typer.Typer(help="Backups of the five databases.", no_args_is_help=True)

Into = Annotated[str, typer.Option(help="URL of a database server role that may create databases.")]
BinDir = Annotated[str, typer.Option(help="The folder of pg_restore.")]

_WAIT_S = 1.0
_WIDE = 300
#: The key of the lock that a drill holds, and what lies there of drills while nobody holds it and nobody is connected.
_DRILL = 7_203_145
_LEFT = """SELECT d.datname FROM pg_database d
WHERE d.datname ~ '^drill_[0-9a-f]{8}_' AND pg_has_role(d.datdba, 'USAGE')
    AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid AND a.backend_type = 'client backend')
ORDER BY d.datname"""


@app.command()
def now(url: Url = "", username: User = "", note: str = "", wait: bool = True) -> None:
    """Ask for a backup and wait until it is made."""
    api = open_api(url, username)
    asked = api.post("/api/backups", {"note": note})
    while wait and asked["state"] in ("queued", "running"):
        api.pause(_WAIT_S)
        asked = api.get(f"/api/backups/{asked['id']}")
    typer.echo(f"{asked['id']} {asked['state']} {asked.get('folder') or ''}".rstrip())
    if asked["state"] == "failed":
        typer.echo(asked["error"], err=True)
        raise typer.Exit(1)


@app.command(name="list")
def list_backups(url: Url = "", username: User = "") -> None:
    """List the newest backups."""
    table = Table("Backup", "Cause", "State", "Asked for", "Bytes", "Folder")
    for item in open_api(url, username).get("/api/backups")["items"]:
        size = "" if item["size_bytes"] is None else f"{item['size_bytes']:,}"
        table.add_row(item["id"], item["cause"], item["state"], item["requested_at"], size, item["folder"] or "")
    # Where nobody looks but a program reads, no line is folded to the width of a screen.
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


@app.command()
def verify(
    backup: Annotated[str, typer.Argument(help="A backup's id, or a folder of one.")],
    url: Url = "",
    username: User = "",
) -> None:
    """Compare the files of a backup with their checksums; a folder needs no running service."""
    folder = Path(backup)
    problems = dumps.check(folder) if folder.is_dir() else _verify(open_api(url, username), backup)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("Every file is as it was written.")


def _verify(api: Api, backup: str) -> list[str]:
    problems: list[str] = api.post(f"/api/backups/{backup}/verification", {})["check"]["problems"]
    return problems


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of a backup.")],
    into: Into,
    prefix: Annotated[str, typer.Option(help="What the names of the scratch databases begin with.")] = "scratch_",
    service: Annotated[list[str] | None, typer.Option(help="Only these services' databases.")] = None,
    bin_dir: BinDir = "",
) -> None:
    """Restore a backup into new scratch databases; what exists already is refused and left alone."""
    problems = dumps.check(folder)
    if problems:
        raise errors.Invalid("This backup is damaged, nothing was restored. " + " ".join(problems))
    parts = [part for part in dumps.read_manifest(folder).parts if not service or part.service in service]
    if not parts:
        raise errors.Invalid("None of these services is in this backup. Nothing was restored.")
    for part in parts:
        name = prefix + part.database
        asyncio.run(_restore(folder / part.file, into, name, bin_dir))
        typer.echo(f"{part.service} restored into {name}")


@app.command()
def drill(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="A folder of a backup, or that of all: the newest.")
    ],
    into: Into,
    bin_dir: BinDir = "",
) -> None:
    """Restore a backup for a test, migrate what came back, drop it, and leave the outcome for the backup service."""
    folder = _newest(folder)
    manifest = dumps.read_manifest(folder)
    problems = dumps.check(folder)
    if not problems:
        problems = asyncio.run(_tried_out(folder, manifest.parts, into=into, bin_dir=bin_dir))
    drilled = dumps.Drill(backup_id=manifest.id, finished_at=datetime.now(UTC), problems=problems)
    dumps.write_drill(folder.parent, drilled)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{folder.name}: {len(manifest.parts)} databases came back and are up to date.")


def _newest(folder: Path) -> Path:
    """Return the folder itself if it is one of a backup, else the newest backup in it; their names sort by time."""
    if (folder / dumps.MANIFEST).is_file():
        return folder
    found = sorted(file.parent for file in folder.glob(f"[!.]*/{dumps.MANIFEST}"))
    if not found:
        raise errors.NotFound(f"There is no backup in {folder}, so that nothing was restored.")
    return found[-1]


async def _tried_out(folder: Path, parts: Sequence[dumps.Part], *, into: str, bin_dir: str) -> list[str]:
    """Return what is wrong with the databases of a backup; Conflict while another drill goes on on that server."""
    problems = []
    async with contextlib.AsyncExitStack() as stack:
        try:
            alone = await _connected(into)
            stack.push_async_callback(alone.close)
            await _alone(alone)
        except errors.Unavailable as failure:
            return [failure.message]
        for part in parts:
            try:
                await _try_out(folder / part.file, part, into=into, bin_dir=bin_dir)
            except errors.Problem as failure:
                problems.append(f"{part.service}: {failure.message}")
    return problems


async def _alone(connection: Any) -> None:
    """Be the only drill on a server as long as the connection is open, and drop what one left that was killed."""
    if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _DRILL):
        raise errors.Conflict("Another restore drill goes on on that server. Nothing was restored; wait for its end.")
    for (name,) in await connection.fetch(_LEFT):
        await connection.execute(f"DROP DATABASE {_quoted(name)}")
        typer.echo(f"{name} was dropped: a drill that was killed had left it.", err=True)


async def _try_out(file: Path, part: dumps.Part, *, into: str, bin_dir: str) -> None:
    """Restore one database under a name of its own, bring it up to date as its service would, and drop it."""
    name = f"drill_{secrets.token_hex(4)}_{part.database}"
    await _restore(file, into, name, bin_dir)
    try:
        (service,) = process.services_of([part.service])
        await migrations.apply(_database(into, name), process.migrations_of(service))
    finally:
        connection = await _connected(into)
        try:
            await connection.execute(f"DROP DATABASE {_quoted(name)} WITH (FORCE)")
        finally:
            await connection.close()


def _database(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{quote(name)}").geturl()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def _restore(file: Path, into: str, name: str, bin_dir: str) -> None:
    """Create a database and restore a dump into it; a database of a restore that failed is removed again."""
    connection = await _connected(into)
    try:
        quoted = _quoted(name)
        try:
            await connection.execute(f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8'")
        except asyncpg.DuplicateDatabaseError as failure:
            raise errors.Conflict(
                f"The database {name} exists already. It was left as it is; choose another --prefix."
            ) from failure
        except asyncpg.PostgresError as failure:
            raise errors.Forbidden(
                f"The database {name} was not created: {failure}. Nothing was restored."
            ) from failure
        try:
            await dumps.restore(file, _database(into, name), bin_dir=bin_dir)
        except BaseException:
            await connection.execute(f"DROP DATABASE {quoted} WITH (FORCE)")
            raise
    finally:
        await connection.close()


async def _connected(url: str) -> Any:
    try:
        return await asyncpg.connect(url, timeout=10)
    except (ValueError, asyncpg.InterfaceError) as failure:
        raise errors.Invalid(f"--into is no address of a database: {failure}. Nothing was restored.") from failure
    except failures.CONNECTING as failure:
        raise errors.Unavailable(f"The database server refused: {failure}. Nothing was restored.") from failure
