"""Reads a sequencing summary once into columns on a disk and says what is in it; the second time it only looks up."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from nanopore_tracking.runfolders import barcodings, metrics
from nanopore_tracking.runfolders.figures import Part, RunFigures, SummaryFigures, Unreadable
from nanopore_tracking.runfolders.rows import Summary

#: Changes whenever what is kept, or what is said of it, changes.
_FORMAT = 4
_SAID = "figures.json"
_DRAFT = "draft-"
#: A reading takes minutes; a draft that is older is nobody's.
_DRAFT_S = 24 * 3600
_MOVED = "The summary was changed while it was read. Nothing of it was kept; it is read again when it is asked for."


@dataclass(frozen=True, slots=True)
class Source:
    """A summary, and the barcoding summaries that its barcodes are of."""

    summary: Path
    barcodings: tuple[Path, ...] = ()


class Cache:
    """Columns of summaries that were read, in a folder that may be deleted at any time.

    most_bytes: what is kept beside the one that was read last; what was read longest ago goes first.
    """

    def __init__(self, folder: Path, *, most_bytes: int = 20 << 30) -> None:
        self.folder = folder
        self._most_bytes = most_bytes

    def read(self, summary: Path, *barcodings: Path) -> SummaryFigures:
        """Return the figures of a summary; Unreadable where it is none, OSError where it is gone.

        barcodings: the barcoding summaries that belong to it, for a summary that does not say barcodes itself.
        """
        key = _key(summary, *barcodings)
        kept = self.folder / key
        said = _said(kept / _SAID)
        if said is not None:
            return said
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self.folder))
        try:
            figures = _read(summary, barcodings, draft)
            if _key(summary, *barcodings) != key:
                raise Unreadable(_MOVED)
            (draft / _SAID).write_bytes(msgspec.json.encode(figures))
            if kept.exists():
                shutil.rmtree(kept, ignore_errors=True)
            try:
                draft.rename(kept)
            except OSError:
                # Another process has just kept the same.
                if _said(kept / _SAID) is None:
                    raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        self._tidy(kept)
        return figures

    def _tidy(self, newest: Path) -> None:
        """Remove what was read longest ago where there is too much, and what a killed process has left behind."""
        found = []
        for folder in self.folder.iterdir():
            try:
                read_at = folder.stat().st_mtime
                size_bytes = sum(path.stat().st_size for path in folder.iterdir())
            except OSError:
                continue
            if folder.name.startswith(_DRAFT):
                if time.time() - read_at > _DRAFT_S:
                    shutil.rmtree(folder, ignore_errors=True)
            elif folder != newest and (folder / _SAID).exists():
                found.append((read_at, size_bytes, folder))
        size_bytes = sum(size for _, size, _ in found)
        for _, size, folder in sorted(found):
            if size_bytes <= self._most_bytes:
                break
            shutil.rmtree(folder, ignore_errors=True)
            size_bytes -= size

    def columns(self, summary: Path, *barcodings: Path) -> list[Path]:
        """Return the files with the columns of a summary that was read, empty where it was not."""
        return sorted((self.folder / _key(summary, *barcodings)).glob("*.parquet"))

    def shared(self, one: Source, others: Sequence[Source]) -> float:
        """Return the share (0 to 1) of reads that a summary and others have in common, of the reads of the smaller one.

        It is 1 where they are not kept any more.
        """
        mine, theirs = self._kept([one]), self._kept(others)
        return max(metrics.shared(mine, theirs), metrics.shared(theirs, mine)) if mine and theirs else 1

    def together(self, sources: Sequence[Source]) -> tuple[Part, list[RunFigures]]:
        """Return the figures of all reads of summaries that have no read in common."""
        return metrics.run_figures(self._kept(sources))

    def _kept(self, sources: Sequence[Source]) -> list[Path]:
        """Return the columns of summaries that were read; none where those of one are not there any more."""
        found = [self.columns(source.summary, *source.barcodings) for source in sources]
        return [part for parts in found for part in parts] if all(found) else []


def _key(*paths: Path) -> str:
    """Return what names exactly these files as they are now."""
    told = [str(_FORMAT)]
    for path in paths:
        stat = path.stat()
        told += [str(path.resolve()), str(stat.st_size), str(stat.st_mtime_ns), str(stat.st_ino)]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def _said(path: Path) -> SummaryFigures | None:
    """Return what was said before; None where nothing was, or where it cannot be read any more."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SummaryFigures)
    except (OSError, msgspec.MsgspecError):
        return None


def _read(path: Path, of_reads: tuple[Path, ...], folder: Path) -> SummaryFigures:
    # Two threads are enough for lines, and more of them take more memory.
    os.environ.setdefault("POLARS_MAX_THREADS", "2")
    barcodes = barcodings.read(*of_reads) if of_reads else None
    summary = Summary(path, barcodes=barcodes)
    parts = []
    for number, frame in enumerate(summary.frames()):
        part = folder / f"{number:06}.parquet"
        frame.write_parquet(part, compression="zstd", compression_level=1, statistics=False)
        parts.append(part)
    whole, runs = metrics.run_figures(parts)
    return SummaryFigures(told=summary.told(), whole=whole, runs=runs)
