"""Renders one page of a PDF as a picture; the function `render_page` runs in the sandbox."""

import struct
import zlib
from collections.abc import Iterator

import msgspec
import pypdfium2
import pypdfium2.raw as pdfium

#: 144 dots for an inch: small print is readable, and a page takes about 100 kB.
SCALE = 2.0
#: The longest side of a picture in pixels, whatever a page says that it measures.
MOST_PX = 4000
_RGB = pdfium.FPDFBitmap_BGR
#: What every picture begins with, and no refusal.
PNG = b"\x89PNG\r\n\x1a\n"


class Options(msgspec.Struct, frozen=True):
    """Which page, from 1."""

    page: int


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why there is no picture, as a sentence."""

    message: str


def render_page(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield a page's picture as PNG, or a refusal as JSON."""
    number = msgspec.json.decode(options, type=Options).page
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as failure:
        yield msgspec.json.encode(Refusal(f"The document cannot be drawn: {failure}."))
        return
    if not 1 <= number <= len(document):
        yield msgspec.json.encode(Refusal(f"The document has {len(document)} pages."))
        return
    page = document[number - 1]
    scale = min(SCALE, MOST_PX / max(*page.get_size(), 1.0))
    bitmap = page.render(scale=scale, may_draw_forms=True, rev_byteorder=True, force_bitmap_format=_RGB)
    yield _png(bytes(bitmap.buffer), bitmap.width, bitmap.height, stride=bitmap.stride)


def _png(pixels: bytes, width_px: int, height_px: int, *, stride: int) -> bytes:
    """Return 8-bit RGB pixels as PNG (W3C, Portable Network Graphics, third edition, 5 and 11.2)."""
    lines = b"".join(b"\0" + pixels[at : at + 3 * width_px] for at in range(0, stride * height_px, stride))
    head = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 6)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
