"""A drawing as a file of its own: SVG from its shapes, PNG and a page of a report by way of reportlab and PDFium."""

import io
import threading
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from nanopore_tracking.drawing.shapes import INK, Box, Drawing

SVG, PNG = "image/svg+xml", "image/png"
#: Dots of a picture for one unit of a drawing.
_SCALE = 2
_FONT = "Vera"
#: PDFium is not made for two threads at once.
_PDFIUM = threading.Lock()


def svg(found: Drawing) -> str:
    """Return a drawing as an SVG document without styles, scripts or anything from elsewhere."""
    begin = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {found.width:g} {found.height:g}" '
        f'width="{found.width:g}" height="{found.height:g}" role="img" aria-label={quoteattr(found.sentence)}>'
        f"<title>{escape(found.title)}</title><desc>{escape(found.sentence)}</desc>"
    )
    parts = [begin]
    for shape in found.shapes:
        if isinstance(shape, Box):
            size = f'width="{shape.width:g}" height="{shape.height:g}"'
            parts.append(f'<rect x="{shape.x:g}" y="{shape.y:g}" {size} fill="{shape.fill}"/>')
        else:
            place = f'x="{shape.x:g}" y="{shape.y:g}" text-anchor="{shape.anchor}"'
            font = f'font-family="sans-serif" font-size="{shape.size:g}" fill="{INK}"'
            parts.append(f"<text {place} {font}>{escape(shape.text)}</text>")
    return "".join([*parts, "</svg>"])


def png(found: Drawing) -> bytes:
    """Return a drawing as a PNG of twice its size."""
    import pypdfium2
    from reportlab.graphics import renderPDF

    page = renderPDF.drawToString(graphic(found))
    with _PDFIUM:
        document = pypdfium2.PdfDocument(page)
        try:
            image = document[0].render(scale=_SCALE).to_pil()
        finally:
            document.close()
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def graphic(found: Drawing, width: float | None = None) -> Any:
    """Return a drawing for reportlab, as wide as is said (points)."""
    from reportlab.graphics import shapes
    from reportlab.lib.colors import HexColor

    font()
    page = shapes.Drawing(found.width, found.height)
    for shape in found.shapes:
        if isinstance(shape, Box):
            low = found.height - shape.y - shape.height
            box = shapes.Rect(shape.x, low, shape.width, shape.height, strokeWidth=0, strokeColor=None)
            box.fillColor = HexColor(shape.fill)
            page.add(box)
        else:
            text = shapes.String(shape.x, found.height - shape.y, printable(shape.text))
            text.fontName, text.fontSize, text.fillColor = font(), shape.size * 0.85, HexColor(INK)
            text.textAnchor = shape.anchor
            page.add(text)
    if width is not None:
        factor = width / found.width
        page.scale(factor, factor)
        page.width, page.height = width, found.height * factor
    return page


@cache
def font() -> str:
    """Return the name of the font of reports; its bold form is VeraBd (Bitstream Vera, of reportlab)."""
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont(_FONT, "Vera.ttf"))
    pdfmetrics.registerFont(TTFont("VeraBd", "VeraBd.ttf"))
    for bold, italic in ((0, 0), (0, 1)):
        addMapping(_FONT, bold, italic, _FONT)
    for bold, italic in ((1, 0), (1, 1)):
        addMapping(_FONT, bold, italic, "VeraBd")
    return _FONT


@cache
def _letters() -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics

    return frozenset(pdfmetrics.getFont(font()).face.charToGlyph)


def printable(text: str) -> str:
    """Return a text in letters that the font has; another one is named by its number rather than left out."""
    return "".join(each if ord(each) in _letters() else f"[U+{ord(each):04X}]" for each in text)
