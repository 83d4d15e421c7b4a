"""`nanopore-tracking delivery`: compute the sums of the files of a delivery, and verify them where they arrived."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Annotated, Any

import typer

from nanopore_tracking.cli.api import Api, Token, Url, User, open_api
from nanopore_tracking.kernel import errors

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Sums of delivered files: computed, and verified.")

_CHUNK_BYTES = 1 << 20
_SHOWN = 20

Code = Annotated[str, typer.Argument(help="The code of the delivery, such as D26-000001.")]
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, readable=True, help="The folder of the files.")]


@app.callback()
def _all() -> None:
    """Compute the sums of the files of a delivery, and verify them where they arrived."""


@app.command()
def manifest(code: Code, folder: Folder, url: Url = "", username: User = "", token: Token = "") -> None:
    """Compute the sums of all files in a folder and make them the manifest of a delivery.

    Exit codes: 0 all is well, 1 the manifest was refused, 2 the command was wrong, 3 nobody answers.
    """
    api = open_api(url, username, token)
    delivery = api.get(f"/api/deliveries/{code}")
    files = _files(folder)
    done = api.put(f"/api/deliveries/{code}/manifest", {"files": files}, version=delivery["version"])
    typer.echo(f"{done['code']}: {done['file_count']:,} files, {done['size_bytes']:,} bytes.")
    typer.echo(f"Manifest {done['manifest_sha256']}")


@app.command()
def verify(code: Code, folder: Folder, place: str = "", url: Url = "", username: User = "", token: Token = "") -> None:
    """Compute the sums of all files at the destination and let the service compare them with the manifest.

    Exit codes: 0 everything is there, 1 something is not as it was sent, 2 the command was wrong, 3 nobody answers.
    """
    api = open_api(url, username, token)
    api.get(f"/api/deliveries/{code}")
    asked = {"place": place or f"{os.uname().nodename}:{folder.resolve()}"[:500], "files": _files(folder)}
    found = _look(api, code, asked)
    if found["whole"]:
        typer.echo(f"{code}: all {found['file_count']:,} files are as they were sent.")
        return
    for item in found["differences"][:_SHOWN]:
        typer.echo(f"{item['what']}: {item['path']}", err=True)
    typer.echo(
        f"{code}: {found['difference_count']:,} files are not as they were sent. It cannot be released.", err=True
    )
    raise typer.Exit(1)


def _look(api: Api, code: str, asked: dict[str, Any]) -> Any:
    try:
        return api.post(f"/api/deliveries/{code}/verifications", asked)
    except errors.NotFound as problem:
        raise typer.BadParameter(problem.message) from problem


def _files(folder: Path) -> list[dict[str, Any]]:
    """Return every file below a folder with size and sum; links are not followed, so that nothing outside is read."""
    found = []
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if not stat.S_ISREG(path.lstat().st_mode):
                raise typer.BadParameter(f"{path} is no file but a link or a device, which is not delivered.")
            said = path.relative_to(folder).as_posix()
            found.append({"path": said, "sha256": _sum(path), "size_bytes": path.stat().st_size})
    return found


def _sum(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as source:
        while part := source.read(_CHUNK_BYTES):
            total.update(part)
    return total.hexdigest()
