"""Protocols of an invented laboratory, as Markdown, PDF and DOCX."""

import io
import zipfile

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

LIGATION = """# Ligation library

## Before you begin
Thaw the flow cell wash buffer at room temperature. Mix it by inversion, never on the vortex.

## Input
Take 1 µg of high molecular weight DNA in 47 µL. Pipette slowly with wide-bore tips, so that nothing is sheared.

## Clean-up
Add 60 µL of AMPure beads and wait for five minutes. Wash twice with 80 % ethanol.
"""
STORAGE = """Keeping material cold
=====================

Purified nucleic acid stays at minus twenty degrees for six months.

Broken freezers
---------------
If the deep freezer warms up, move all boxes to the spare unit and tell the person on call.
"""


def printed(headed: list[tuple[str, list[str]]]) -> bytes:
    """Return a PDF, a page for each heading with its lines."""
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=A4, invariant=1)
    for heading, lines in headed:
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(60, 760, heading)
        canvas.setFont("Helvetica", 10)
        for number, line in enumerate(lines):
            canvas.drawString(60, 730 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return sink.getvalue()


def document(paragraphs: list[str]) -> bytes:
    """Return a DOCX with these paragraphs; one that begins with # is bold."""
    runs = "".join(
        f"<w:p><w:r>{'<w:rPr><w:b/></w:rPr>' if text.startswith('#') else ''}<w:t>{text.lstrip('# ')}</w:t></w:r></w:p>"
        for text in paragraphs
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{runs}</w:body></w:document>')
    return sink.getvalue()
