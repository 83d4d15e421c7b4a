"""Writes BAM files as far as their header goes, packed as the SAM specification says (BGZF)."""

import struct
import zlib
from pathlib import Path

_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def block(content: bytes) -> bytes:
    """Return one BGZF block; one that is longer than a block can be says a length that is not true."""
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(content) + deflate.flush()
    length = (len(packed) + 25) & 0xFFFF
    head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H2sHH", 6, b"BC", 2, length)
    return head + packed + struct.pack("<II", zlib.crc32(content), len(content))


def content(*lines: str, length: int | None = None) -> bytes:
    """Return the unpacked begin of a BAM file. length: what it says of its header, in place of what is true."""
    text = "".join(f"{line}\n" for line in ("@HD\tVN:1.6\tSO:unknown", *lines)).encode()
    return b"BAM\x01" + struct.pack("<i", len(text) if length is None else length) + text + struct.pack("<i", 0)


def write(path: Path, *lines: str, size: int = 60_000) -> Path:
    """Write a BAM file without reads and return its path. size: bytes in a block."""
    whole = content(*lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(block(whole[at : at + size]) for at in range(0, len(whole), size)) + _END)
    return path


def group(run_id: str, flow_cell: str, *, barcode: str = "barcode01", alias: str = "", more: str = "") -> str:
    """Return a line as dorado and MinKNOW write it."""
    told = f"\tal:{alias}" if alias else ""
    return (
        f"@RG\tID:{run_id}_dna_r10.4.1_e8.2_400bps_hac@v5.2.0_{barcode}\tPU:{flow_cell}\tPM:1C\tDT:2025-10-09T08:55:43Z"
        f"\tPL:ONT\tDS:basecall_model=dna_r10.4.1_e8.2_400bps_hac@v5.2.0{more} runid={run_id}\tLB:pool"
        f"\tSM:{barcode}{told}"
    )
