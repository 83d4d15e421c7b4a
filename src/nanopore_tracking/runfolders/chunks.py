"""The whole lines of a file, plain or packed, in pieces; a damaged end costs what is behind it alone."""

import bz2
import codecs
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from nanopore_tracking.runfolders.figures import Unreadable

PIECE_BYTES = 8 << 20
_PACKED_BYTES = 1 << 20
_LONGEST_LINE = 1 << 20
_ENDS = "The packed file ends before its data do; what stands before that was read."
_DAMAGED = "The packed file is damaged; what stands before that was read."
#: What an xz file may ask of memory to be unpacked; the largest setting of `xz -9` asks for 65 MiB.
_MOST_MEMORY = 256 << 20
_FOREIGN = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x1f\x9d": "compress (.Z)",
    b"7z\xbc\xaf": "7z",
    b"PK\x03\x04": "zip, or a workbook of a spreadsheet",
    b"\xd0\xcf\x11\xe0": "a workbook of a spreadsheet",
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


class _Unpacker(Protocol):
    """What unpacks one stream of bz2 or xz."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Lines:
    """The lines of one file: as they are, gzip, bzip2 or xz, in UTF-8 or in UTF-16 with its mark.

    broken: set while reading, a sentence where the file ends before its packed data do. quoted: whether its first line
    begins with a quotation mark, as what R and spreadsheets write does; then all of them are taken away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.broken = ""
        self.quoted = False
        with path.open("rb") as file:
            begin = file.read(8)
        for magic, name in _FOREIGN.items():
            if begin.startswith(magic):
                raise Unreadable(f"The file is {name}; a summary is plain text, gzip, bzip2 or xz.")
        self._stream = next((stream for magic, stream in self._streams().items() if begin.startswith(magic)), None)

    def header(self) -> tuple[bytes, int, int]:
        """Return the first line that says something, where the next one begins, and how many lines are before that.

        Empty lines and comments (#, without a tab) before it are passed over. Unreadable where it does not end.
        """
        first = b""
        for part in self._stream() if self._stream else self._plain_start():
            first += part
            if _first(first)[2] or len(first) > _LONGEST_LINE:
                break
        before, line, begin = _first(first)
        if not begin and len(first) > _LONGEST_LINE:
            raise Unreadable("The first line does not end within a megabyte, so the file is no summary of a run.")
        bare = line.removeprefix(b"\xef\xbb\xbf")
        self.quoted = bare.startswith(b'"')
        return bare.replace(b'"', b"") if self.quoted else bare, begin or len(first), before + 1

    def pieces(self, begin: int, lead: bytes = b"") -> Iterator[Piece]:
        """Yield all lines behind the first `begin` bytes, each piece with `lead` in front."""
        for piece in self._packed_pieces(begin, lead) if self._stream else self._plain_pieces(begin, lead):
            if self.quoted:
                piece.lines = piece.lines.replace(b'"', b"")
            yield piece

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
        assert self._stream is not None
        for part in self._stream():
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

    def _streams(self) -> dict[bytes, Callable[[], Iterator[bytes]]]:
        """Return by the first bytes of a file what yields its text."""
        return {
            b"\x1f\x8b": self._unpacked,
            b"BZh": partial(self._streamed, bz2.BZ2Decompressor),
            b"\xfd7zXZ": partial(self._streamed, partial(lzma.LZMADecompressor, memlimit=_MOST_MEMORY)),
            codecs.BOM_UTF16_LE: self._transcoded,
            codecs.BOM_UTF16_BE: self._transcoded,
        }

    def _transcoded(self) -> Iterator[bytes]:
        """Yield the text of a file in UTF-16, as a shell of Windows writes what a program says."""
        decoder = codecs.getincrementaldecoder("utf-16")()
        try:
            with self._path.open("rb") as file:
                while data := file.read(_PACKED_BYTES):
                    yield decoder.decode(data).encode()
            yield decoder.decode(b"", final=True).encode()
        except UnicodeError:
            self.broken = "The file is UTF-16 and not whole; what stands before that was read."

    def _streamed(self, unpacker: Callable[[], _Unpacker]) -> Iterator[bytes]:
        """Yield what every stream of a bz2 or xz file holds; what is cut off or damaged is said in `broken`."""
        with self._path.open("rb") as file:
            unpack, data = unpacker(), b""
            while True:
                data = data or (file.read(_PACKED_BYTES) if unpack.eof or unpack.needs_input else b"")
                if not data and (unpack.eof or unpack.needs_input):
                    if not unpack.eof:
                        self.broken = _ENDS
                    return
                if unpack.eof:
                    if not data.strip(b"\0"):
                        data = b""
                        continue
                    unpack = unpacker()
                try:
                    part = unpack.decompress(data, PIECE_BYTES)
                except (OSError, lzma.LZMAError, EOFError):
                    self.broken = _DAMAGED
                    return
                data = unpack.unused_data
                if part:
                    yield part

    def _unpacked(self) -> Iterator[bytes]:
        """Yield what every member of a gzip file holds; a member that is cut off or damaged is said in `broken`."""
        with self._path.open("rb") as file:
            unpack, data = zlib.decompressobj(wbits=31), b""
            while True:
                data = data or file.read(_PACKED_BYTES)
                if not data:
                    if not unpack.eof:
                        self.broken = _ENDS
                    return
                if unpack.eof:
                    if not data.strip(b"\0"):
                        data = b""
                        continue
                    unpack = zlib.decompressobj(wbits=31)
                try:
                    part = unpack.decompress(data, PIECE_BYTES)
                except zlib.error:
                    self.broken = _DAMAGED
                    return
                data = unpack.unconsumed_tail or unpack.unused_data
                if part:
                    yield part


def _first(text: bytes) -> tuple[int, bytes, int]:
    """Return how many lines say nothing, the first one that does, and where the next one begins (0: unknown).

    An empty line says nothing, nor does a comment; a header that begins with # has tabs.
    """
    before = begin = 0
    while end := text.find(b"\n", begin) + 1:
        line = text[begin:end]
        bare = line.removeprefix(b"\xef\xbb\xbf").strip()
        if bare and (not bare.startswith(b"#") or b"\t" in bare):
            return before, line, end
        before, begin = before + 1, end
    return before, text[begin:], 0
