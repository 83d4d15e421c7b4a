"""Reads the fields of a PDF form and notes of text that were put onto a page."""

import ctypes
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2 import raw

from nanopore_tracking.services.ai.layouts.model import Look, Mark, Segment, Sheet, Word
from nanopore_tracking.services.ai.placements.model import Placement
from nanopore_tracking.services.ai.readings.model import Box

MOST_ENTRIES = 5000
_TYPED = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)
_TICKED = (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON)
#: Invisible, hidden, and not to be shown on the screen.
_UNSEEN_FLAGS = raw.FPDF_ANNOT_FLAG_INVISIBLE | raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_LOOK = Look(font="entered")


@dataclass
class Entered:
    """The fields of one page: filled ones as segments, ticked and empty ones as marks, unseen ones as texts."""

    segments: list[Segment] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def read(document: pdfium.PdfDocument, page: pdfium.PdfPage, placement: Placement) -> Entered:
    """Return what was entered on a page, in places of the page as it is shown."""
    entered = Entered()
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), MOST_ENTRIES)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if annotation:
            _read_one(entered, document, annotation, placement=placement)
            raw.FPDFPage_CloseAnnot(annotation)
    return entered


def upright(entered: Entered, sheet: Sheet) -> None:
    """Turn the places into the direction in which the page is read."""
    for each in entered.segments:
        each.box = sheet.upright(each.box)
        each.sheet = sheet.number
        for word in each.words:
            word.box = each.box
    entered.marks = [Mark(sheet.upright(each.box), each.kind, each.on, each.name) for each in entered.marks]


def _read_one(
    entered: Entered, document: pdfium.PdfDocument, annotation: raw.FPDF_ANNOTATION, *, placement: Placement
) -> None:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind not in (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT):
        return
    rectangle = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, ctypes.byref(rectangle))
    box = placement.shown((rectangle.left, rectangle.bottom, rectangle.right, rectangle.top))
    form = document.formenv.raw if document.formenv else None
    if kind == raw.FPDF_ANNOT_FREETEXT:
        text, name = _string(raw.FPDFAnnot_GetStringValue, annotation, b"Contents"), ""
    elif form is None:
        return
    else:
        sort = raw.FPDFAnnot_GetFormFieldType(form, annotation)
        name = _string(raw.FPDFAnnot_GetFormFieldAlternateName, form, annotation) or _string(
            raw.FPDFAnnot_GetFormFieldName, form, annotation
        )
        if sort in _TICKED:
            entered.marks.append(Mark(box, "field", bool(raw.FPDFAnnot_IsChecked(form, annotation)), name))
            return
        text = _string(raw.FPDFAnnot_GetFormFieldValue, form, annotation) if sort in _TYPED else ""
    text = "\n".join(line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    seen = not raw.FPDFAnnot_GetFlags(annotation) & _UNSEEN_FLAGS and _has_room(box, placement)
    if text and not seen:
        entered.hidden.append(text[:500])
    elif seen:
        words = [Word(text, box, _LOOK, entered=True)]
        entered.segments.append(Segment(text, box, _LOOK, words, entered=True, name=name))


def _has_room(box: Box, placement: Placement) -> bool:
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    inside = 0 <= middle[0] <= placement.width_pt and 0 <= middle[1] <= placement.height_pt
    return inside and min(box[2] - box[0], box[3] - box[1]) >= 3


def _string(ask: object, *arguments: object) -> str:
    """Return a text of a form field, which pdfium gives in UTF-16."""
    assert callable(ask)
    length = ask(*arguments, None, 0)
    if length <= 2:
        return ""
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    ask(*arguments, buffer, length)
    return bytes(buffer)[: length - 2].decode("utf-16-le", "replace")
