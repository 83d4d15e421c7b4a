"""Makes small forms of a few lines, with whatever a test draws on them besides."""

import io
from collections.abc import Callable, Sequence

from reportlab.pdfgen.canvas import Canvas

from nanopore_tracking.services.ai.forms.model import FormReading, Read
from nanopore_tracking.services.ai.templates.model import shipped
from tests.services.ai.forms.reading import read

LINES = (
    ("Quote No.:", "RQ-1001"),
    ("Requester:", "Robin Vantage"),
    ("E-mail:", "robin.vantage@example.org"),
    ("Priority:", "Normal"),
    ("Account Number:", "11-22222-3333"),
)


def pdf(lines: Sequence[tuple[str, str]] = LINES, *, draw: Callable[[Canvas], None] | None = None) -> bytes:
    """Return a page of bold labels and values beside them."""
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(612, 792), invariant=1)
    if draw is not None:
        draw(canvas)
    for index, (label, value) in enumerate(lines):
        canvas.setFillGray(0)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(60, 700 - index * 16, label)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(180, 700 - index * 16, value)
    canvas.save()
    return sink.getvalue()


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Callable[[Canvas], None]:
    """Return what draws a table without rules."""

    def draw(canvas: Canvas) -> None:
        for line, texts in enumerate([headings, *rows]):
            canvas.setFont("Helvetica" if line else "Helvetica-Bold", 9)
            for column, text in enumerate(texts):
                canvas.drawString(60 + column * 90, 500 - line * 15, text)

    return draw


def fields(content: bytes, kind: str = "pdf", learnt: dict[str, str] | None = None) -> dict[str, Read]:
    """Return what is read, by field."""
    return {each.field: each for each in whole(content, kind, learnt).fields}


def whole(content: bytes, kind: str = "pdf", learnt: dict[str, str] | None = None) -> FormReading:
    """Return the reading of a form."""
    return read(content, kind, shipped(), learnt=learnt or {})
