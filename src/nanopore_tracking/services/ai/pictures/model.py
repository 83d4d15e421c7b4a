"""Renders one page of a PDF or of a picture, or one that was made for a file without pages.

The function `render_page` runs in the sandbox.
"""

import struct
import zlib
from collections.abc import Iterator

import msgspec
import pypdfium2
import pypdfium2.raw as pdfium

from nanopore_tracking.services.ai.grids.model import Refused
from nanopore_tracking.services.ai.layouts.model import Layout
from nanopore_tracking.services.ai.papers import model as papers
from nanopore_tracking.services.ai.plates import model as plates
from nanopore_tracking.services.ai.printouts.model import SHEET_PAGES
from nanopore_tracking.services.ai.rasters import model as rasters
from nanopore_tracking.services.ai.wordfiles import model as wordfiles

#: 144 dots for an inch: small print is readable, and a page takes about 100 kB.
SCALE = 2.0
#: The longest side of a picture in pixels, whatever a page says that it measures.
MOST_PX = 4000
_RGB = pdfium.FPDFBitmap_BGR
#: Kinds of files that have no pages of their own.
UNPAGED = ("docx", "xlsx", "text_table")
#: What every picture begins with, and no refusal.
PNG = b"\x89PNG\r\n\x1a\n"


class Options(msgspec.Struct, frozen=True):
    """Which page, from 1, of what kind of file."""

    page: int
    kind: str = "pdf"


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why there is no picture, as a sentence."""

    message: str


def render_page(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield a page's picture as PNG, or a refusal as JSON."""
    asked = msgspec.json.decode(options, type=Options)
    number = asked.page
    if asked.kind in rasters.PICTURES:
        yield from _picture(content, number)
        return
    if asked.kind in UNPAGED:
        yield from _drawn(content, asked)
        return
    yield from _page(content, number)


def _page(content: bytes, number: int) -> Iterator[bytes]:
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


def _drawn(content: bytes, asked: Options) -> Iterator[bytes]:
    """Yield a page of a file that has none, as it was laid out when it was read."""
    try:
        sheets = _layout(content, asked).sheets
    except Refused as refused:
        yield msgspec.json.encode(Refusal(refused.message))
        return
    found = (sheet.printed.drawn(asked.page) for sheet in sheets if sheet.printed is not None)
    leaf = next((each for each in found if each is not None), None)
    if leaf is None:
        yield msgspec.json.encode(Refusal(f"The document is drawn on fewer pages; there is no page {asked.page}."))
        return
    yield from _page(plates.pdf(leaf), 1)


def _layout(content: bytes, asked: Options) -> Layout:
    if asked.kind == "docx":
        return wordfiles.read(content)
    if asked.kind == "xlsx":
        return papers.workbook(content, only=(asked.page - 1) // SHEET_PAGES + 1)
    return papers.text(content)


def _picture(content: bytes, number: int) -> Iterator[bytes]:
    """Yield a page of a picture as its reader sees it, turned as its camera says."""
    try:
        (sheet,) = rasters.sheets(content, [number])
        with rasters.opened(content) as image:
            most_px = round(SCALE * max(sheet.width_pt, sheet.height_pt))
            seen = rasters.upright(image, number, mode="RGB", most_px=min(most_px, MOST_PX))
            yield _png(seen.tobytes(), seen.width, seen.height, stride=3 * seen.width)
    except ValueError:
        yield msgspec.json.encode(Refusal(f"The document has no page {number}."))
    except Refused as refused:
        yield msgspec.json.encode(Refusal(refused.message))


def _png(pixels: bytes, width_px: int, height_px: int, *, stride: int) -> bytes:
    """Return 8-bit RGB pixels as PNG (W3C, Portable Network Graphics, third edition, 5 and 11.2)."""
    lines = b"".join(b"\0" + pixels[at : at + 3 * width_px] for at in range(0, stride * height_px, stride))
    head = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 6)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
