"""`nanopore-tracking watch ROOT`: look for run folders, read what is new, send it; a restart goes on."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from nanopore_tracking.cli import ingesting
from nanopore_tracking.cli.api import Token, Url, User, open_api
from nanopore_tracking.kernel import errors

app = typer.Typer(add_completion=False)

_DEEPEST = 4
#: States in which a folder is read again though nothing in it has changed, as time alone changes how it stands.
_WAITING = ("writing",)

Root = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, help="The folder with the folders of runs, such as /data.")
]
Every = Annotated[float, typer.Option(min=0.05, help="Seconds from one look to the next.")]
Memory = Annotated[
    Path | None,
    typer.Option("--state", help="The file that keeps what was sent.  [default: beside the columns of reads]"),
]
Once = Annotated[bool, typer.Option("--once", help="Look once and end.")]


@app.command(name="watch")
def watch(
    root: Root,
    every: Every = 60.0,
    state: Memory = None,
    once: Once = False,
    cache: ingesting.CacheFolder = None,
    url: Url = "",
    username: User = "",
    token: Token = "",
) -> None:
    """Read every run folder below ROOT when it is new or has changed, and tell the product; Ctrl-C ends it.

    What was sent is kept in a file: after a restart only what has changed meanwhile is read. A folder that cannot be
    read, or a product that does not answer, stops nothing else; it is tried again at the next look.
    """
    kept = ingesting.open_cache(cache)
    api = open_api(url, username, token)
    memory = state or kept.folder / f"watch-{root.resolve().as_posix().strip('/').replace('/', '-') or 'root'}.json"
    watcher = Watcher(root, Sent(memory), lambda folder: _told(api, kept, folder))
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
    while True:
        failed = watcher.look(stop)
        if once:
            raise typer.Exit(1 if failed else 0)
        if stop.wait(every):
            typer.echo("Ended. What was sent is kept; the next watch goes on from here.")
            return


def _told(api: Any, cache: Any, folder: Path) -> str:
    """Read a folder, send what it says, and return how it stands."""
    from nanopore_tracking.runfolders import texts

    reading = ingesting.read(folder, cache)
    named = texts.shown(str(folder))
    if reading.state == "unreadable":
        typer.echo(f"{named}: {reading.sentence}")
        return reading.state
    try:
        answers = ingesting.send(api, reading)
    except errors.NotFound:
        # The product never heard of a folder that is gone already.
        return reading.state
    for line in ingesting.lines(reading, answers):
        typer.echo(f"{named}: {line}")
    return reading.state


class Sent:
    """What was sent of which folder, in a file that is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            found = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            found = {}
        self.folders: dict[str, dict[str, str]] = (
            {name: said for name, said in found.items() if isinstance(said, dict) and {"mark", "state"} <= set(said)}
            if isinstance(found, dict)
            else {}
        )

    def keep(self, folder: str, *, mark: str, state: str) -> None:
        """Keep that a folder was sent as it was then."""
        self.folders[folder] = {"mark": mark, "state": state}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # By its process, as another watch of the same folder writes the same file.
        draft = self._path.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(json.dumps(self.folders, indent=1, sort_keys=True), "utf-8")
        draft.replace(self._path)


class Watcher:
    """Looks for run folders and has those told that are new, have changed, or are gone."""

    def __init__(self, root: Path, memory: Sent, told: Callable[[Path], str]) -> None:
        self._root = root.resolve()
        self._memory = memory
        self._told = told

    def look(self, stop: threading.Event | None = None) -> int:
        """Look once and return how many folders could not be told; each is tried again at the next look."""
        failed = 0
        there = {}
        for folder in run_folders(self._root):
            mark = mark_of(folder)
            if mark is not None:
                there[str(folder)] = mark
        gone = {
            name: "gone"
            for name, said in self._memory.folders.items()
            if name not in there and said["mark"] != "gone" and Path(name).is_relative_to(self._root)
        }
        if not self._root.is_dir():
            typer.echo(f"{self._root} is not there; it is looked for again.", err=True)
            return 1
        for name, mark in (there | gone).items():
            if stop is not None and stop.is_set():
                break
            if self._due(name, mark) and not self._tell(name, mark):
                failed += 1
        return failed

    def _due(self, name: str, mark: str) -> bool:
        said = self._memory.folders.get(name)
        return said is None or said["mark"] != mark or (said["state"] in _WAITING and self._quiet(mark))

    @staticmethod
    def _quiet(mark: str) -> bool:
        from nanopore_tracking.runfolders.folders import QUIET_S

        return time.time() - float(mark.partition(" ")[0]) > QUIET_S

    def _tell(self, name: str, mark: str) -> bool:
        """Have a folder told; what goes wrong with it is said, and costs no other folder anything."""
        try:
            state = self._told(Path(name))
        except errors.Problem as problem:
            typer.echo(f"{name}: {problem} It is tried again at the next look.", err=True)
            return False
        except OSError as failure:
            typer.echo(f"{name}: It cannot be read ({failure.strerror}). It is tried again at the next look.", err=True)
            return False
        except Exception as failure:  # noqa: BLE001 (this is the edge of a folder: whatever it is, the others are read)
            why = f"the program failed ({type(failure).__name__}: {failure})"
            typer.echo(f"{name}: It was not read: {why}. It is tried again at the next look.", err=True)
            return False
        return self._kept(name, mark, state)

    def _kept(self, name: str, mark: str, state: str) -> bool:
        try:
            self._memory.keep(name, mark=mark, state=state)
        except OSError as failure:
            why = f"that it was sent cannot be kept ({failure.strerror})"
            typer.echo(f"{name}: It was sent, but {why}; it is read again after a restart.", err=True)
            return False
        return True


def run_folders(root: Path, depth: int = 0) -> Iterator[Path]:
    """Yield the folders of runs below a folder; what is in one is no other one."""
    from nanopore_tracking.runfolders import inventory

    if inventory.is_run_folder(root):
        yield root
        return
    if depth >= _DEEPEST:
        return
    try:
        below = sorted(entry.path for entry in os.scandir(root) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    for path in below:
        if not Path(path).name.startswith("."):
            yield from run_folders(Path(path), depth + 1)


def mark_of(folder: Path) -> str | None:
    """Return what changes whenever something in a folder does: latest change, files, size; None if it is gone."""
    from nanopore_tracking.runfolders import inventory

    try:
        found = inventory.take(folder)
    except OSError:
        return None
    files, size = sum(each.files for each in found.kinds), sum(each.size_bytes for each in found.kinds)
    return f"{found.changed_at:.6f} {files} {size}"
