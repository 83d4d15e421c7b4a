"""What is in a run folder: which file is what, by its name and, where names lie, by what it holds; sizes and counts."""

import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from nanopore_tracking.runfolders import columns
from nanopore_tracking.runfolders.chunks import Lines
from nanopore_tracking.runfolders.figures import Count, Unreadable

#: Of reads, by the ends of names; .bai and .tmp are none of them.
_READS = {
    ".pod5": "pod5",
    ".fast5": "fast5",
    ".bam": "bam",
    ".fastq": "fastq",
    ".fastq.gz": "fastq",
    ".fq": "fastq",
    ".fq.gz": "fastq",
}
#: The ends of what is packed, also in ways that are not read: then a sentence says so.
_PACKED = r"(\.(gz|bz2|xz|zst|zip|7z|lz4|z))?"
#: Of all else, by the names that MinKNOW and basecallers give, the older ones too; the first that fits counts.
_NAMES = (
    ("final_summary", re.compile(r"(.*_)?final_summary.*\.txt")),
    ("barcoding", re.compile(rf"(.*_)?barcoding_summary.*\.(txt|tsv){_PACKED}")),
    ("summary", re.compile(rf".*sequencing[_.]summary.*\.(txt|tsv|csv|xlsx?|ods){_PACKED}")),
    ("report", re.compile(r"report_.*\.json")),
    ("report_text", re.compile(r"report.*\.md")),
    ("report_page", re.compile(r"report.*\.(html|pdf)")),
    ("pore_activity", re.compile(r"(.*_)?(pore_activity|duty_time)(_.*)?\.csv")),
    ("throughput", re.compile(r"(.*_)?throughput(_.*)?\.csv")),
    ("barcode_alignment", re.compile(r"barcode_alignment.*\.tsv")),
    ("temperature", re.compile(r"(.*_)?temperature_adjust_data(_.*)?\.csv")),
    ("output_hash", re.compile(r"output_hash.*\.csv")),
    ("sheet", re.compile(r"sample_sheet.*\.csv")),
)
#: Names that a person gives: `dorado summary calls.bam > calls.tsv` has any. Such a file is what it holds.
_ANY_NAME = re.compile(r".*\.(txt|tsv)(\.(gz|bz2|xz))?")
_MOST_LOOKED_AT = 200
#: Kinds of files that hold reads or their signals.
READS = frozenset(_READS.values())
_DEEPEST = 6
_MOST_FILES = 500_000
FOLDER = re.compile(r"(\d{8})_(\d{4})_([0-9A-Za-z-]*)_([0-9A-Za-z-]+)_([0-9a-zA-Z]{8})")


class KindOfFile(Struct, frozen=True, kw_only=True):
    """How many files of a kind there are, and how large they are together."""

    kind: str
    files: Count
    size_bytes: Count


class FolderName(Struct, frozen=True, kw_only=True):
    """What the name of a run folder says: {day}_{time}_{position}_{flow cell}_{begin of the protocol run id}."""

    position: str
    flow_cell_id: str
    protocol_run: str


class Inventory(Struct, frozen=True, kw_only=True):
    """What is in a run folder.

    changed_at: seconds since 1970 of the latest change; named: files by their kind; closed: folders in it that may not
    be read.
    """

    kinds: list[KindOfFile]
    changed_at: float
    named: dict[str, list[str]]
    left_out: int = 0
    closed: list[str] = []

    def paths(self, kind: str) -> list[Path]:
        """Return the files of a kind, the last name first, which is the newest where names have times."""
        return [Path(name) for name in reversed(self.named.get(kind, []))]

    def count(self, kind: str) -> int:
        """Return how many files of a kind there are."""
        return next((each.files for each in self.kinds if each.kind == kind), 0)


def folder_name(path: Path) -> FolderName | None:
    """Return what the name of a run folder says; None where it is named in another way."""
    found = FOLDER.fullmatch(path.name)
    return FolderName(position=found[3], flow_cell_id=found[4], protocol_run=found[5]) if found else None


def take(folder: Path) -> Inventory:
    """Return what is in a folder; OSError where it is gone or may not be read."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    named: dict[str, list[str]] = defaultdict(list)
    changed_at, seen, looked_at = 0.0, 0, 0
    closed: list[str] = []
    for path, size_bytes, changed in _files(folder, closed):
        seen += 1
        if seen > _MOST_FILES:
            continue
        kind = kind_of(path.name)
        if kind == "other" and size_bytes and looked_at < _MOST_LOOKED_AT and _any_name(path.name):
            looked_at += 1
            kind = kind_held(path)
        counts[kind][0] += 1
        counts[kind][1] += size_bytes
        changed_at = max(changed_at, changed)
        if kind not in READS and kind != "other":
            named[kind].append(str(path))
    return Inventory(
        kinds=[KindOfFile(kind=kind, files=files, size_bytes=size) for kind, (files, size) in sorted(counts.items())],
        changed_at=changed_at or folder.stat().st_mtime,
        named={kind: sorted(paths) for kind, paths in named.items()},
        left_out=max(0, seen - _MOST_FILES),
        closed=closed,
    )


def runs_below(folder: Path, found: Inventory) -> int:
    """Return how many folders that are named as MinKNOW names those of runs have files below a folder."""
    below = (Path(name).relative_to(folder).parts[:-1] for names in found.named.values() for name in names)
    return len({part for parts in below for part in parts if FOLDER.fullmatch(part)})


def kind_of(name: str) -> str:
    """Return the kind of a file by its name; `other` where no name of MinKNOW fits, nor any that is no UTF-8."""
    lower = name.lower() if name.encode(errors="ignore").decode() == name else ""
    for kind, pattern in _NAMES:
        if pattern.fullmatch(lower):
            return kind
    return next((kind for end, kind in _READS.items() if lower.endswith(end)), "other")


def _any_name(name: str) -> bool:
    return name.encode(errors="ignore").decode() == name and _ANY_NAME.fullmatch(name.lower()) is not None


def kind_held(path: Path) -> str:
    """Return the kind of a text by its first line; `other` where that is of no table that is read here."""
    try:
        line, _, _ = Lines(path).header()
        names = set(columns.cells(line))
    except (OSError, Unreadable):
        return "other"
    if columns.is_header(line):
        return "summary"
    return "barcoding" if columns.is_barcoding(names) else "other"


def is_run_folder(folder: Path) -> bool:
    """Return whether a folder looks like that of a run: by its name, or by a file that only such a folder has."""
    if folder_name(folder) is not None:
        return True
    try:
        return any(_of_run(path) for path in folder.iterdir() if path.is_file())
    except OSError:
        return False


def _of_run(path: Path) -> bool:
    kind = kind_of(path.name)
    if kind == "other" and "summary" in path.name.lower():
        kind = kind_held(path)
    return kind in ("final_summary", "summary", "report", "report_text")


def _files(folder: Path, closed: list[str], depth: int = 0) -> Iterator[tuple[Path, int, float]]:
    """Yield files with their sizes and times; links are not followed, what vanishes meanwhile is left out.

    Folders below that may not be read are added to `closed`.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                told = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(told.st_mode):
                    if depth < _DEEPEST and not entry.name.startswith("."):
                        yield from _files(Path(entry.path), closed, depth + 1)
                elif stat.S_ISREG(told.st_mode):
                    yield Path(entry.path), told.st_size, told.st_mtime
            except FileNotFoundError:
                continue
            except PermissionError:
                closed.append(entry.name)
