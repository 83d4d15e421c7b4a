"""Renders one page of a PDF as a picture; the function `render_page` runs in the sandbox."""

import io
from collections.abc import Iterator

import msgspec
import pypdfium2

#: 144 dots for an inch: small print is readable, and a page takes about 60 kB.
SCALE = 2.0
#: The longest side of a picture in pixels, whatever a page says that it measures.
MOST_PX = 4000
_QUALITY = 80


class Options(msgspec.Struct, frozen=True):
    """Which page, from 1."""

    page: int


class Made(msgspec.Struct, frozen=True, tag="made"):
    """The size of the picture; its bytes follow as the next message."""

    width_px: int
    height_px: int


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why there is no picture, as a sentence."""

    message: str


Message = Made | Refusal


def render_page(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield the size of a page's picture and the picture as WebP, or a refusal."""
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
    picture = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    drawn = io.BytesIO()
    picture.save(drawn, "WEBP", quality=_QUALITY, method=2)
    yield msgspec.json.encode(Made(*picture.size))
    yield drawn.getvalue()
