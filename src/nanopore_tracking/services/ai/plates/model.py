"""Draws a page that a file without pages was given, as a PDF for the renderer of pages; runs in the sandbox.

Each text is fitted into the width that it was given, so that the places of values are true of the picture. A sign for a
box or a tick is drawn as one; any other letter that the font does not have becomes a small empty frame.
"""

import io
from typing import Any

from nanopore_tracking.services.ai.advances.model import width_of
from nanopore_tracking.services.ai.leaves.model import SIZE_PT, Leaf, Piece
from nanopore_tracking.services.ai.readings.model import Box

SAYING = "Drawn from the file's content, not as its own program shows it."
_INK, _DIM, _LINE, _GROUND = "#1b1f23", "#5c646c", "#c9c9c4", "#f3f3f0"
#: Signs that are drawn: an outline, and what is in it.
_SIGNS = {
    **dict.fromkeys("☐□▢❏❑❒◻◽", ("box", "")),
    **dict.fromkeys("☒☓⊠🗷", ("box", "cross")),
    **dict.fromkeys("☑🗹", ("box", "tick")),
    **dict.fromkeys("✓✔", ("", "tick")),
    **dict.fromkeys("✗✘✕✖", ("", "cross")),
    **dict.fromkeys("■▪◼", ("box", "full")),
    **dict.fromkeys("○◯", ("ring", "")),
    **dict.fromkeys("●•", ("ring", "full")),
}
#: Letters of the same look that the font has.
_SAME = str.maketrans(
    {0x3BC: "µ", 0xA0: " ", 0x2010: "-", 0x2011: "-", 0x2212: "-", 0x2009: " ", 0x202F: " ", 0x9: " "}
)


def pdf(leaf: Leaf) -> bytes:
    """Return a page as a PDF of one page."""
    # Only here: it takes a tenth of a second, which no reading pays.
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(leaf.width_pt, leaf.height_pt), pageCompression=0, invariant=1)
    _Plate(canvas, leaf).draw()
    canvas.showPage()
    canvas.save()
    return target.getvalue()


class _Plate:
    """One page on its canvas, whose places are from the bottom up."""

    def __init__(self, canvas: Any, leaf: Leaf) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        for name in ("Vera", "VeraBd"):
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
        self._fonts = {name: pdfmetrics.getFont(name).face.charToGlyph for name in ("Vera", "VeraBd")}
        self._canvas, self._leaf = canvas, leaf
        self._wide = pdfmetrics.stringWidth

    def draw(self) -> None:
        """Draw all of it."""
        canvas, leaf = self._canvas, self._leaf
        canvas.setLineWidth(0.5)
        canvas.setStrokeColor(_LINE)
        for _, box in leaf.heads:
            canvas.setFillColor(_GROUND)
            canvas.rect(*self._rect(box), stroke=1, fill=1)
        for box in leaf.frames:
            canvas.rect(*self._rect(box), stroke=1, fill=0)
        for text, box in leaf.heads:
            self._middle(text, box)
        canvas.setFillColor("#ffffff")
        for piece in leaf.pieces:
            # What hangs over into the cell beside it is not struck through by that one's edge.
            canvas.rect(*self._rect(piece.box), stroke=0, fill=1)
        canvas.setFillColor(_INK)
        canvas.setStrokeColor(_INK)
        for piece in leaf.pieces:
            self._piece(piece)
        canvas.setFillColor(_DIM)
        canvas.setFont("Vera", 6.5)
        canvas.drawString(28, 12, SAYING)

    def _rect(self, box: Box) -> Box:
        left, top, right, bottom = box
        return left, self._leaf.height_pt - bottom, right - left, bottom - top

    def _middle(self, text: str, box: Box) -> None:
        self._canvas.setFillColor(_DIM)
        self._canvas.setFont("Vera", 6.5)
        low = self._leaf.height_pt - (box[1] + min(box[3], box[1] + 14)) / 2 - 2.4
        self._canvas.drawCentredString((box[0] + box[2]) / 2, low, text)

    def _piece(self, piece: Piece) -> None:
        """Draw a text letter run by letter run: what the font has as text, the rest as what it is."""
        font = "VeraBd" if piece.bold else "Vera"
        known = self._fonts[font]
        left, low = piece.box[0], self._leaf.height_pt - piece.box[3] + 0.22 * SIZE_PT
        run = ""
        for letter in piece.text.translate(_SAME):
            if ord(letter) in known:
                run += letter
                continue
            left = self._run(run, left, low, font=font)
            wide = width_of(letter, SIZE_PT, bold=piece.bold)
            self._sign(letter, (left, low), wide)
            left, run = left + wide, ""
        self._run(run, left, low, font=font)

    def _run(self, run: str, left: float, low: float, *, font: str) -> float:
        """Draw letters as wide as they were said to be; return where they end."""
        wide = width_of(run, SIZE_PT, bold=font == "VeraBd")
        natural = self._wide(run, font, SIZE_PT)
        if natural > 0:
            text = self._canvas.beginText(left, low)
            text.setFont(font, SIZE_PT)
            text.setHorizScale(100 * wide / natural)
            text.textOut(run)
            self._canvas.drawText(text)
        return left + wide

    def _sign(self, letter: str, at: tuple[float, float], wide: float) -> None:
        outline, inside = _SIGNS.get(letter, ("frame", ""))
        side = min(wide, SIZE_PT) - 1.4
        left, low = at[0] + 0.7, at[1] - 0.4
        canvas = self._canvas
        canvas.setLineWidth(0.4 if outline == "frame" else 0.8)
        if outline == "ring":
            canvas.circle(left + side / 2, low + side / 2, side / 2, fill=int(inside == "full"))
        elif outline:
            canvas.rect(left, low, side, side, fill=int(inside == "full"))
        if inside == "cross":
            canvas.line(left + 1, low + 1, left + side - 1, low + side - 1)
            canvas.line(left + 1, low + side - 1, left + side - 1, low + 1)
        elif inside == "tick":
            canvas.lines([(left + 0.8, low + side / 2, left + side / 2.4, low + 0.8)])
            canvas.line(left + side / 2.4, low + 0.8, left + side - 0.4, low + side - 0.4)
