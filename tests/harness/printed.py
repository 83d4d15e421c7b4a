"""Submission forms as programs print them: labels with values beside them, and a ruled table of samples."""

import io
from collections.abc import Sequence

from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

COLUMNS = ("Sample Name", "Volume (µL)", "Qubit Conc. (ng/µL)", "A260/A280 ratio")
FIELDS = (
    ("Quote number:", "QX-901"),
    ("Requester:", "Robin Vantage"),
    ("E-mail:", "robin.vantage@example.org"),
    ("Source organism:", "Exampella testii"),
    ("Sample buffer:", "EB"),
)


def rows(count: int) -> list[tuple[str, str, str, str]]:
    """Return rows of samples in which nothing is in doubt."""
    return [(f"QX_{number:02}", "20", f"{40 + number % 9}.5", "1.82") for number in range(1, count + 1)]


def form(
    samples: Sequence[Sequence[str]], *, fields: Sequence[tuple[str, str]] = FIELDS, columns: Sequence[str] = COLUMNS
) -> bytes:
    """Return a form as PDF."""
    made, words = io.BytesIO(), getSampleStyleSheet()
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]
    bold = [("FONT", (0, 0), (0, -1), "Helvetica-Bold")]
    story = [
        Paragraph("Submission of samples", words["Heading2"]),
        Table(list(map(list, fields)), style=bold, hAlign="LEFT"),
    ]
    story += [Spacer(1, 12), Table([list(columns), *map(list, samples)], style=grid, repeatRows=1, hAlign="LEFT")]
    SimpleDocTemplate(made, pagesize=letter, title="Submission").build(story)
    return made.getvalue()
