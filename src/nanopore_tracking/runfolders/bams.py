"""The read groups of a BAM file, from its header alone: which run, flow cell and sample its reads say they are of."""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from nanopore_tracking.runfolders.figures import Unreadable

#: Of BGZF, the packing of BAM: gzip with an extra field that has BC as its name (SAM specification, section 4.1).
_MAGIC, _EXTRA, _NAME = b"\x1f\x8b\x08", 4, b"BC"
_PACKED_BYTES = 64 << 10
#: A header with a million references has some 50 MB.
_LONGEST_HEADER = 64 << 20
MOST_GROUPS = 1000
_RUN = re.compile(r"(?:^|\s)run_?id=([0-9A-Za-z-]{1,60})")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST = 200


class ReadGroup(Struct, frozen=True, kw_only=True):
    """What one @RG line says; texts are empty where it does not say them.

    run_id: of the acquisition or the protocol run; barcode: its SM, as MinKNOW and dorado write it; alias: its al.
    """

    run_id: str = ""
    flow_cell_id: str = ""
    barcode: str = ""
    alias: str = ""


def read_groups(path: Path) -> list[ReadGroup]:
    """Return the read groups in the header of a BAM file; Unreadable, in one sentence, where it is none."""
    with path.open("rb") as file:
        begin = file.read(18)
    if not begin.startswith(_MAGIC) or len(begin) < 18 or not begin[3] & _EXTRA or begin[12:14] != _NAME:
        raise Unreadable("The file is no BAM: it is not packed as one.")
    content = _Content(path)
    magic, length = struct.unpack("<4si", content.take(8))
    if magic != b"BAM\x01" or length < 0:
        raise Unreadable("The file is no BAM: its content does not begin as one.")
    if length > _LONGEST_HEADER:
        raise Unreadable("The header of the BAM is longer than 64 MB, which no header is.")
    return _groups(content.take(length))


class _Content:
    """The unpacked content of a file, as much of it as is asked for; Unreadable where there is less."""

    def __init__(self, path: Path) -> None:
        self._parts = _unpacked(path)
        self._held = bytearray()

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        while len(self._held) < size:
            part = next(self._parts, b"")
            if not part:
                raise Unreadable("The BAM ends within its header: it is not whole.")
            self._held += part
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def _unpacked(path: Path) -> Iterator[bytes]:
    """Yield what is in one packed block after the other, never more than some kilobytes at once."""
    with path.open("rb") as file:
        unpack, data = zlib.decompressobj(wbits=31), b""
        while True:
            data = data or file.read(_PACKED_BYTES)
            if not data:
                return
            try:
                part = unpack.decompress(data, _PACKED_BYTES)
            except zlib.error:
                raise Unreadable("The BAM is damaged within its header.") from None
            data = unpack.unconsumed_tail
            if unpack.eof:
                data, unpack = unpack.unused_data, zlib.decompressobj(wbits=31)
            if part:
                yield part


def _groups(header: bytes) -> list[ReadGroup]:
    lines = [line for line in header.rstrip(b"\0").split(b"\n") if line.startswith(b"@RG\t")]
    if len(lines) > MOST_GROUPS:
        raise Unreadable(f"The header of the BAM has {len(lines):,} read groups; at most {MOST_GROUPS:,} are compared.")
    return list(dict.fromkeys(_group(line.decode("utf-8", "replace")) for line in lines))


def _group(line: str) -> ReadGroup:
    tags = {part[:2]: part[3:].strip()[:_LONGEST] for part in line.split("\t")[1:] if part[2:3] == ":"}
    # A description may be long; the run stands in it wherever its writer put it.
    described = next((part[3:] for part in line.split("\t") if part.startswith("DS:")), "")
    named = _RUN.search(described) or _UUID.match(tags.get("ID", ""))
    run_id = "" if named is None else named[1] if named.lastindex else named[0]
    return ReadGroup(
        run_id=run_id, flow_cell_id=tags.get("PU", ""), barcode=tags.get("SM", ""), alias=tags.get("al", "")
    )
