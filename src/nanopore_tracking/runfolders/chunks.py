"""The whole lines of a file, plain or gzip, in pieces; a damaged end costs what is behind it alone."""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nanopore_tracking.runfolders.figures import Unreadable

PIECE_BYTES = 8 << 20
_PACKED_BYTES = 1 << 20
_LONGEST_LINE = 1 << 20
_FOREIGN = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"\x8bPOD": "POD5",
    b"BAM\x01": "BAM",
    b"\x89HDF": "HDF5 (FAST5)",
    b"PAR1": "Parquet",
}


@dataclass(slots=True)
class Piece:
    """Whole lines; the last one of a file may lack its end (`cut`)."""

    lines: bytes
    cut: bool = False


class Lines:
    """The lines of one file.

    broken: set while reading, a sentence where the file ends before its packed data do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.broken = ""
        with path.open("rb") as file:
            begin = file.read(8)
        for magic, name in _FOREIGN.items():
            if begin.startswith(magic):
                raise Unreadable(f"The file is {name}; a summary is plain text or gzip.")
        self._packed = begin.startswith(b"\x1f\x8b")

    def header(self) -> tuple[bytes, int]:
        """Return the first line with its end, and how many bytes it has; Unreadable where there is none."""
        first = b""
        for part in self._unpacked() if self._packed else self._plain_start():
            first += part
            if b"\n" in first or len(first) > _LONGEST_LINE:
                break
        end = first.find(b"\n") + 1
        if not end and len(first) > _LONGEST_LINE:
            raise Unreadable("The first line does not end within a megabyte, so the file is no summary of a run.")
        line = first[: end or None]
        return line, len(line)

    def pieces(self, begin: int, lead: bytes = b"") -> Iterator[Piece]:
        """Yield all lines behind the first `begin` bytes, each piece with `lead` in front."""
        yield from self._packed_pieces(begin, lead) if self._packed else self._plain_pieces(begin, lead)

    def _plain_start(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            yield file.read(_LONGEST_LINE + 1)

    def _plain_pieces(self, begin: int, lead: bytes) -> Iterator[Piece]:
        """A piece begins where the last whole line ended, so that no rest is carried along."""
        with self._path.open("rb", buffering=0) as file:
            while piece := os.pread(file.fileno(), PIECE_BYTES, begin):
                end = piece.rfind(b"\n") + 1
                if end:
                    with memoryview(piece) as view:
                        yield Piece(b"".join((lead, view[:end])))
                    begin += end
                elif len(piece) == PIECE_BYTES:
                    raise Unreadable("A line is longer than all lines of a summary are.")
                else:
                    yield Piece(lead + piece + b"\n", cut=True)
                    return

    def _packed_pieces(self, begin: int, lead: bytes) -> Iterator[Piece]:
        parts: list[bytes] = []
        held, skip = 0, begin
        for part in self._unpacked():
            fresh, skip = part[skip:], max(0, skip - len(part))
            parts.append(fresh)
            held += len(fresh)
            if held >= PIECE_BYTES and b"\n" in fresh:
                text = b"".join(parts)
                end = text.rfind(b"\n") + 1
                yield Piece(lead + text[:end])
                parts, held = [text[end:]], len(text) - end
        text = b"".join(parts)
        end = text.rfind(b"\n") + 1
        if end:
            yield Piece(lead + text[:end])
        if text[end:]:
            yield Piece(lead + text[end:] + b"\n", cut=True)

    def _unpacked(self) -> Iterator[bytes]:
        """Yield what every member of a gzip file holds; a member that is cut off or damaged is said in `broken`."""
        with self._path.open("rb") as file:
            unpack, data = zlib.decompressobj(wbits=31), b""
            while True:
                data = data or file.read(_PACKED_BYTES)
                if not data:
                    if not unpack.eof:
                        self.broken = "The packed file ends before its data do; what stands before that was read."
                    return
                if unpack.eof:
                    if not data.strip(b"\0"):
                        data = b""
                        continue
                    unpack = zlib.decompressobj(wbits=31)
                try:
                    part = unpack.decompress(data, PIECE_BYTES)
                except zlib.error:
                    self.broken = "The packed file is damaged; what stands before that was read."
                    return
                data = unpack.unconsumed_tail or unpack.unused_data
                if part:
                    yield part
