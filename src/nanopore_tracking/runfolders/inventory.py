"""What is in a run folder: which file is what, by its name and, where names lie, by what it holds; sizes and counts."""

import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from nanopore_tracking.runfolders.figures import Count

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
#: Of all else, by the names that MinKNOW and basecallers give, the older ones too; the first that fits counts.
_NAMES = (
    ("final_summary", re.compile(r"final_summary.*\.txt")),
    ("barcoding", re.compile(r"barcoding_summary.*\.txt(\.gz)?|.*_barcoding_summary\.txt(\.gz)?")),
    ("summary", re.compile(r".*sequencing_summary.*\.(txt|tsv)(\.gz)?|.*summary\.tsv(\.gz)?")),
    ("report", re.compile(r"report_.*\.json")),
    ("report_page", re.compile(r"report.*\.(html|md|pdf)")),
    ("pore_activity", re.compile(r"(.*_)?(pore_activity|duty_time)(_.*)?\.csv")),
    ("throughput", re.compile(r"(.*_)?throughput(_.*)?\.csv")),
    ("barcode_alignment", re.compile(r"barcode_alignment.*\.tsv")),
    ("output_hash", re.compile(r"output_hash.*\.csv")),
    ("sheet", re.compile(r"sample_sheet.*\.csv")),
)
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
    """What is in a run folder. changed_at: seconds since 1970 of the latest change; named: files by their kind."""

    kinds: list[KindOfFile]
    changed_at: float
    named: dict[str, list[str]]
    left_out: int = 0

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
    changed_at, seen = 0.0, 0
    for path, size_bytes, changed in _files(folder):
        seen += 1
        if seen > _MOST_FILES:
            continue
        kind = kind_of(path.name)
        counts[kind][0] += 1
        counts[kind][1] += size_bytes
        changed_at = max(changed_at, changed)
        if kind not in _READS.values() and kind != "other":
            named[kind].append(str(path))
    return Inventory(
        kinds=[KindOfFile(kind=kind, files=files, size_bytes=size) for kind, (files, size) in sorted(counts.items())],
        changed_at=changed_at,
        named={kind: sorted(paths) for kind, paths in named.items()},
        left_out=max(0, seen - _MOST_FILES),
    )


def kind_of(name: str) -> str:
    """Return the kind of a file by its name; `other` where no name of MinKNOW fits."""
    lower = name.lower()
    for kind, pattern in _NAMES:
        if pattern.fullmatch(lower):
            return kind
    return next((kind for end, kind in _READS.items() if lower.endswith(end)), "other")


def _files(folder: Path, depth: int = 0) -> Iterator[tuple[Path, int, float]]:
    """Yield files with their sizes and times; links are not followed, what vanishes meanwhile is left out."""
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                told = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(told.st_mode):
                    if depth < _DEEPEST and not entry.name.startswith("."):
                        yield from _files(Path(entry.path), depth + 1)
                elif stat.S_ISREG(told.st_mode):
                    yield Path(entry.path), told.st_size, told.st_mtime
            except FileNotFoundError:
                continue
