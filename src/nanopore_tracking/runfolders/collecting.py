"""One file of each kind of a run folder, and a sentence for each that cannot be read."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nanopore_tracking.counting import counted
from nanopore_tracking.runfolders.figures import Unreadable
from nanopore_tracking.runfolders.inventory import Inventory

_T = TypeVar("_T")


class Collected:
    """Reads one file of each kind and keeps a sentence for each that cannot be read."""

    def __init__(self, found: Inventory) -> None:
        self.found = found
        self.problems: list[str] = []
        if found.left_out:
            left_out = counted(found.left_out, "file was", "files were")
            self.problems.append(f"{left_out} not looked at: there are too many in the folder.")
        if found.closed:
            closed = counted(len(found.closed), "folder in it", "folders in it")
            self.problems.append(f"{closed} may not be read, such as {found.closed[0]}; nothing in there was counted.")

    def first(self, kind: str, reader: Callable[[Path], _T]) -> _T | None:
        """Return what the newest readable file of a kind says."""
        paths = self.found.paths(kind)
        for path in paths:
            found = self.one(path, reader)
            if found is not None:
                if len(paths) > 1:
                    self.problems.append(f"There are {len(paths)} files of the kind {kind}; {path.name} counts.")
                return found
        return None

    def one(self, path: Path, reader: Callable[[Path], _T]) -> _T | None:
        """Return what a file says; None, and a sentence, where it cannot be read."""
        try:
            return reader(path)
        except Unreadable as reason:
            self.problems.append(f"{path.name}: {reason}")
        except FileNotFoundError:
            self.problems.append(f"{path.name}: The file vanished while the folder was read.")
        except OSError as failure:
            self.problems.append(
                f"{path.name}: The file cannot be read ({failure.strerror or 'input or output error'})."
            )
        return None
