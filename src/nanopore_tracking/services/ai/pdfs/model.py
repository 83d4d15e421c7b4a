"""Opens PDF files with pdfium, damaged ones after a repair, and turns their pages into layouts.

Run in the sandbox only: a hostile file can make pdfium use all memory or never come back.
"""

import io
from collections.abc import Sequence
from warnings import catch_warnings

import pypdfium2 as pdfium
from pypdfium2 import raw

from nanopore_tracking.services.ai.drawings import model as drawings
from nanopore_tracking.services.ai.entries import model as entries
from nanopore_tracking.services.ai.glyphs import model as glyphs
from nanopore_tracking.services.ai.grids.model import Lacking, Refused
from nanopore_tracking.services.ai.layouts.model import Layout, Sheet, lines_of
from nanopore_tracking.services.ai.placements.model import Placement
from nanopore_tracking.services.ai.spaces.model import segments_of

#: A submission form has few pages: of so many on, a person says which of them are it.
ASK_FROM_PAGES = 30
#: Pages that are read at once.
MOST_PAGES = 60
#: PDF readers accept a beginning of other bytes in front of the file.
_HEAD_BYTES = 1024


def read(content: bytes, pages: Sequence[int] | None = None) -> Layout:
    """Return the pages of a PDF, those that are asked for or all; Refused with a sentence when it cannot be opened.

    A page of which only a picture is there is scanned, and has no segments.
    """
    if b"%PDF-" not in content[:_HEAD_BYTES]:
        raise Refused("This is not a PDF: its first bytes are those of something else. Nothing was read.")
    document, warnings = open_pdf(content)
    try:
        wanted = _wanted(len(document), pages)
        if pages is not None:
            warnings.append(
                f"Of {len(document):,} pages those were read that were chosen: {', '.join(map(str, wanted))}."
            )
        document.init_forms()
        sheets = [_sheet(document, number - 1, warnings) for number in wanted]
    except pdfium.PdfiumError as failure:
        raise Refused("A page of the PDF is damaged and cannot be opened. Nothing was read: save it anew.") from failure
    if not any(sheet.segments or sheet.scanned for sheet in sheets):
        warnings.append("No page holds any text.")
    return Layout(sheets=sheets, warnings=warnings)


def _wanted(count: int, pages: Sequence[int] | None) -> Sequence[int]:
    """Return the numbers of the pages that are read; Lacking where a person has to choose them."""
    if pages is not None:
        return [number for number in pages if 1 <= number <= count][:MOST_PAGES]
    if count >= ASK_FROM_PAGES:
        message = f"The PDF has {count:,} pages. Nothing was read: upload those alone that hold the form."
        raise Lacking(message, "pages", page_count=count)
    return range(1, count + 1)


def open_pdf(content: bytes) -> tuple[pdfium.PdfDocument, list[str]]:
    """Return a document with what a person must know of it; Refused with a sentence when it cannot be opened."""
    try:
        document = pdfium.PdfDocument(content)
        if len(document) > 0:
            return document, []
    except pdfium.PdfiumError:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD:
            raise _protected() from None
    repaired = pdfium.PdfDocument(_repaired(content))
    return repaired, ["The PDF is damaged and was repaired before it was read: compare it with the paper."]


def _protected() -> Refused:
    return Lacking("The PDF is protected by a password. Nothing was read: save it without one.", "password")


def _repaired(content: bytes) -> bytes:
    """Return the file written anew by another library, which finds its objects without the table at its end."""
    import pikepdf

    beyond = Refused("The PDF is damaged beyond repair. Nothing was read: print the form to a new PDF and upload that.")
    try:
        with catch_warnings(action="ignore"), pikepdf.open(io.BytesIO(content)) as file:
            if not len(file.pages):
                raise beyond
            sink = io.BytesIO()
            file.save(sink)
        pdfium.PdfDocument(sink.getvalue())
    except pikepdf.PasswordError:
        raise _protected() from None
    except (pikepdf.PdfError, pdfium.PdfiumError, ValueError, RuntimeError, OSError) as failure:
        raise beyond from failure
    return sink.getvalue()


def _sheet(document: pdfium.PdfDocument, index: int, warnings: list[str]) -> Sheet:
    page = document[index]
    placement = Placement.of(page)
    sheet = Sheet(number=index + 1, width_pt=placement.width_pt, height_pt=placement.height_pt)
    drawn = drawings.read(page, placement)
    if drawn.cut:
        warnings.append(f"Page {index + 1} holds more drawings than any form; the further ones were not looked at.")
    words = glyphs.read(page, placement, drawn)
    if sum(len(each.word.text) for each in words) >= glyphs.MOST_LETTERS:
        warnings.append(f"Page {index + 1} holds more text than any form; the end of it was not read.")
    sheet.turned = glyphs.turned(words)
    for each in words:
        each.word.box = sheet.upright(each.word.box)
    sheet.across, sheet.down = drawn.rules(sheet)
    entered = entries.read(document, page, placement)
    entries.upright(entered, sheet)
    sheet.marks = [*entered.marks, *drawn.marks(sheet)]
    for line in lines_of(glyphs.strays(words, sheet)):
        sheet.segments += segments_of(line, sheet)
    sheet.segments += entered.segments
    sheet.hidden = [*glyphs.hidden(words), *entered.hidden]
    letters = sum(len(word.text) for each in sheet.segments for word in each.words)
    sheet.scanned = not entered.segments and drawn.scanned(sheet, letters)
    page.close()
    return sheet
