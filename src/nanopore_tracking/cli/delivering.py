"""`nanopore-tracking delivery`: compute the sums of the files of a delivery, and verify them where they arrived."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from nanopore_tracking.cli.api import Api, Token, Url, User, open_api
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.runfolders import bams, tables
from nanopore_tracking.runfolders.figures import Unreadable
from nanopore_tracking.runfolders.tables import HashedFile

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Sums of delivered files: computed, and verified.")

_CHUNK_BYTES = 1 << 20
_SHOWN = 20
_SHA256 = re.compile(r"[0-9a-f]{64}")

Code = Annotated[str, typer.Argument(help="The code of the delivery, such as D26-000001.")]
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, readable=True, help="The folder of the files.")]

Hashes = Annotated[
    Path | None,
    typer.Option(
        "--output-hash", exists=True, dir_okay=False, readable=True, help="MinKNOW's output_hash_*.csv of the run."
    ),
]


@app.callback()
def _all() -> None:
    """Compute the sums of the files of a delivery, and verify them where they arrived."""


@app.command()
def manifest(
    code: Code,
    folder: Folder,
    output_hash: Hashes = None,
    url: Url = "",
    username: User = "",
    token: Token = "",
) -> None:
    """Make all files in a folder the manifest of a delivery, with MinKNOW's sums where it has any, else computed here.

    MinKNOW's output_hash_*.csv is taken from the folder, or from where --output-hash says. Whose data a file is follows
    from its alias or its name; files of none of the samples wait until somebody says whose they are.

    Exit codes: 0 all is well, 1 the manifest was refused, 2 the command was wrong, 3 nobody answers.
    """
    hashed, root = _hashed(folder, output_hash)
    api = open_api(url, username, token)
    delivery = api.get(f"/api/deliveries/{code}")
    files = [_listed(path, folder, hashed.get(_said(path, root))) for path in _paths(folder)]
    done = api.put(f"/api/deliveries/{code}/manifest", {"files": files}, version=delivery["version"])
    typer.echo(f"{done['code']}: {counted(done['file_count'], 'file')}, {counted(done['size_bytes'], 'byte')}.")
    if hashed:
        there = {_said(path, root) for path in _paths(folder)}
        theirs = sum(1 for path, found in hashed.items() if found.sha256 and path in there)
        away = sum(1 for path in hashed if path not in there)
        mine = counted(len(files) - theirs, "was", "were")
        typer.echo(f"{counted(theirs, 'sum is', 'sums are')} MinKNOW's, {mine} computed here.")
        if away:
            one = "file that MinKNOW has hashed is not in this folder; it is"
            many = "files that MinKNOW has hashed are not in this folder; they are"
            typer.echo(f"{counted(away, one, many)} not delivered.")
    typer.echo(f"Manifest {done['manifest_sha256']}")
    if done["unassigned_count"]:
        nobodys = counted(done["unassigned_count"], "file belongs", "files belong")
        typer.echo(
            f"{nobodys} to no sample of the delivery. Nothing is copied until somebody says on its page whose data "
            "these are, or that they go to all.",
            err=True,
        )


@app.command()
def verify(code: Code, folder: Folder, place: str = "", url: Url = "", username: User = "", token: Token = "") -> None:
    """Compute the sums of all files at the destination and let the service compare them with the manifest.

    The headers of BAM files are read too: one that is of another run, flow cell or sample is not as it should be.

    Exit codes: 0 everything is there, 1 something is not as it was sent, 2 the command was wrong, 3 nobody answers.
    """
    api = open_api(url, username, token)
    api.get(f"/api/deliveries/{code}")
    files = [_found(path, folder) for path in _paths(folder)]
    asked = {"place": place or f"{os.uname().nodename}:{folder.resolve()}"[:500], "files": files}
    found = _look(api, code, asked)
    if found["whole"]:
        typer.echo(f"{code}: all {counted(found['file_count'], 'file is as it was', 'files are as they were')} sent.")
        return
    for item in found["differences"][:_SHOWN]:
        typer.echo(f"{item['what']}: {item['path']} {item.get('message', '')}".rstrip(), err=True)
    changed = counted(found["difference_count"], "file is not as it was", "files are not as they were")
    typer.echo(f"{code}: {changed} sent. It cannot be released.", err=True)
    raise typer.Exit(1)


def _look(api: Api, code: str, asked: dict[str, Any]) -> Any:
    try:
        return api.post(f"/api/deliveries/{code}/verifications", asked)
    except errors.NotFound as problem:
        raise typer.BadParameter(problem.message) from problem


def _hashed(folder: Path, said: Path | None) -> tuple[dict[str, HashedFile], Path]:
    """Return what MinKNOW has hashed by its path, and the folder that the paths begin at."""
    paths = [said] if said else sorted(folder.glob("output_hash_*.csv"))
    if not paths:
        return {}, folder
    try:
        rows = tables.hashes(paths[-1])
    except Unreadable as reason:
        raise typer.BadParameter(f"{reason} Nothing was sent.") from reason
    return {row.path.removeprefix("./"): row for row in rows}, paths[-1].resolve().parent


def _said(path: Path, root: Path) -> str:
    """Return a path as MinKNOW says it; as it is where it is not below the folder of the run."""
    whole = path.resolve()
    return whole.relative_to(root.resolve()).as_posix() if whole.is_relative_to(root.resolve()) else whole.as_posix()


def _listed(path: Path, folder: Path, hashed: HashedFile | None) -> dict[str, Any]:
    """Return a file for a manifest: with MinKNOW's sum where there is one, else with its own."""
    theirs = hashed.sha256 if hashed is not None and _SHA256.fullmatch(hashed.sha256) else ""
    return {
        "path": path.relative_to(folder).as_posix(),
        "sha256": theirs or _sum(path),
        "size_bytes": path.stat().st_size,
        "by_name": True,
        "alias": hashed.alias[:200] if hashed is not None else "",
    }


def _found(path: Path, folder: Path) -> dict[str, Any]:
    """Return a file as it lies at the destination, a BAM file with what its header says."""
    said: dict[str, Any] = {
        "path": path.relative_to(folder).as_posix(),
        "sha256": _sum(path),
        "size_bytes": path.stat().st_size,
    }
    if path.suffix.lower() == ".bam":
        try:
            said["read_groups"] = msgspec.to_builtins(bams.read_groups(path))
        except Unreadable as reason:
            said["header_fault"] = str(reason)
    return said


def _paths(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder; links are not followed, so that nothing outside is read."""
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if not stat.S_ISREG(path.lstat().st_mode):
                raise typer.BadParameter(f"{path} is no file but a link or a device, which is not delivered.")
            yield path


def _sum(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as source:
        while part := source.read(_CHUNK_BYTES):
            total.update(part)
    return total.hexdigest()
