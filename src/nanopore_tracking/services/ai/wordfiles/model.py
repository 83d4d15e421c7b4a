"""Reads DOCX files: paragraphs, tables, content controls and boxes, in their order; hidden runs are told apart."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from nanopore_tracking.services.ai.cells.model import visible
from nanopore_tracking.services.ai.flows.model import Cell, Flow
from nanopore_tracking.services.ai.grids.model import Refused
from nanopore_tracking.services.ai.layouts.model import Layout, Look, Sheet, Word, lines_of
from nanopore_tracking.services.ai.papers.model import LETTER_PT, LINE_PT, LOOK, TALL_PT, segment
from nanopore_tracking.services.ai.spaces.model import segments_of
from nanopore_tracking.services.ai.workbooks import model as workbooks

_MAIN = "word/document.xml"
_DAMAGES = (KeyError, EOFError, ET.ParseError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BOLD = Look(font="cell", bold=True)
_GUTTER_PT = 30.0
_MOST_BLOCKS = 20_000
#: Tables in tables, each of whose rows holds those inside it, have the square of their number.
_MOST_CELLS = 25_000
#: Signs of the symbol fonts that stand for boxes.
_SYMBOLS = {"F0FE": "☒", "F0FD": "☒", "F078": "☒", "F052": "☑", "F0FC": "✓", "F0A8": "☐", "F06F": "☐", "F071": "☐"}
#: Half points; smaller letters cannot be read on paper.
_SMALLEST = 6


@dataclass
class _Page:
    """What has been laid out so far."""

    sheet: Sheet
    flow: Flow
    at: float = 0.0
    blocks: int = 0
    cells: int = 0
    unseen: list[str] = field(default_factory=list)


def read(content: bytes) -> Layout:
    """Return the document as one long page; Refused with a sentence when it cannot be opened."""
    try:
        workbooks.check(io.BytesIO(content), main=_MAIN)
    except Refused as refused:
        raise Refused(refused.message.replace("workbook", "document")) from None
    flow = Flow()
    page = _Page(Sheet(number=1, width_pt=600.0, height_pt=0.0, paged=False, printed=flow), flow)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in _parts(archive):
                data = archive.read(name)
                if b"<!DOCTYPE" in data:
                    raise Refused("The document holds a document type, as no real one does. Nothing was read.")
                root = ET.fromstring(data)  # noqa: S314 (no document type, little memory and time: see sandbox)
                for body in root.iter(f"{_W}body") if name == _MAIN else [root]:
                    _blocks(page, body)
    except _DAMAGES as failure:
        raise Refused("The document is damaged: a part of it cannot be opened. Nothing was read.") from failure
    page.sheet.height_pt = page.at
    page.sheet.hidden = page.unseen
    return Layout(sheets=[page.sheet])


def _parts(archive: zipfile.ZipFile) -> list[str]:
    headers = [name for name in archive.namelist() if name.startswith("word/header") and name.endswith(".xml")]
    return [*sorted(headers)[:3], _MAIN]


def _blocks(page: _Page, parent: ET.Element) -> None:
    for child in parent:
        page.blocks += 1
        if page.blocks > _MOST_BLOCKS:
            raise Refused("The document has more paragraphs than any form. Nothing was read.")
        if child.tag == f"{_W}p":
            _paragraph(page, child)
        elif child.tag == f"{_W}tbl":
            _table(page, child)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag"):
            _blocks(page, child)


def _paragraph(page: _Page, paragraph: ET.Element) -> None:
    left, gap = 0.0, False
    words: list[Word] = []
    for text, bold in _seen_runs(page, paragraph):
        for part in text.replace("\t", "\f").splitlines(keepends=True) or [text]:
            for piece in _pieces(part):
                if piece.isspace():
                    left, gap = left + (40.0 if piece == "\f" else 3.0), True
                    continue
                width = len(piece) * LETTER_PT
                box = (left, page.at, left + width, page.at + TALL_PT)
                if words and not gap and words[-1].look.bold == bold and words[-1].box[1] == page.at:
                    before = words[-1]
                    before.text, before.box = before.text + piece, (before.box[0], page.at, box[2], box[3])
                else:
                    words.append(Word(visible(piece), box, _BOLD if bold else LOOK))
                left, gap = left + width, False
            if part.endswith("\n"):
                page.at, left, gap = page.at + LINE_PT, 0.0, True
    for line in lines_of(words):
        page.sheet.segments += segments_of(line, page.sheet)
    page.flow.paragraph(words)
    page.at += LINE_PT
    for box_text in paragraph.iter(f"{_W}txbxContent"):
        _blocks(page, box_text)


def _pieces(text: str) -> Iterator[str]:
    """Yield words and single signs of space."""
    word = ""
    for letter in text:
        if letter.isspace():
            if word:
                yield word
            word = ""
            yield letter if letter == "\f" else " "
        else:
            word += letter
    if word:
        yield word


def _table(page: _Page, table: ET.Element) -> None:
    rows = [_row(page, row) for row in table.iter(f"{_W}tr")]
    widths: dict[int, float] = {}
    for cells in rows:
        for column, _, text, _ in cells:
            widths[column] = max(widths.get(column, 20.0), min(len(text), 60) * LETTER_PT)
    starts, at = {}, 0.0
    for column in range(max(widths, default=0) + 1):
        starts[column] = at
        at += widths.get(column, 20.0) + _GUTTER_PT
    set_: list[list[Cell]] = []
    for cells in rows:
        set_.append([])
        for column, span, text, bold in cells:
            made = None
            if text:
                box = (starts[column], page.at, starts[column] + widths[column], page.at + TALL_PT)
                made = segment(text, box, page.sheet.number, look=_BOLD if bold else LOOK)
                made.cell = (int(page.at), column)
                page.sheet.segments.append(made)
            set_[-1].append(Cell(column, span, made))
        page.at += LINE_PT
    page.flow.table(set_)
    page.at += LINE_PT


def _row(page: _Page, row: ET.Element) -> list[tuple[int, int, str, bool]]:
    """Return the cells of a row: first column, how many it spans, text, whether it is bold."""
    cells, column = [], 0
    for cell in row.iter(f"{_W}tc"):
        spanned = cell.find(f"{_W}tcPr/{_W}gridSpan")
        texts = list(_cell_runs(page, cell))
        first, _, rest = "".join(text for text, _ in texts).strip().partition("\n")
        words = "\n".join(part for each in (first, rest) if (part := " ".join(each.split())))
        bold = bool(texts) and all(bold for text, bold in texts if text.strip())
        count = spanned.get(f"{_W}val", "1") if spanned is not None else "1"
        span = min(max(int(count), 1), 60) if count.isdigit() else 1
        cells.append((column, span, visible(words), bold))
        column += span
        page.cells += 1
        if page.cells > _MOST_CELLS:
            raise Refused("The document has more cells in tables than any form. Nothing was read.")
    return cells


def _seen_runs(page: _Page, paragraph: ET.Element) -> Iterator[tuple[str, bool]]:
    """Yield what can be seen of a paragraph, and note the rest."""
    for text, bold, seen in _runs(paragraph):
        if seen:
            yield text, bold
        elif text.strip():
            page.unseen.append(visible(text.strip())[:500])


def _cell_runs(page: _Page, cell: ET.Element) -> Iterator[tuple[str, bool]]:
    for index, paragraph in enumerate(cell.iter(f"{_W}p")):
        if index:
            yield "\n", False
        yield from _seen_runs(page, paragraph)


def _runs(paragraph: ET.Element) -> Iterator[tuple[str, bool, bool]]:
    """Yield the runs of a paragraph: text, whether it is bold, whether it can be seen. Deleted ones are left out."""
    stack = list(reversed(paragraph))
    while stack:
        child = stack.pop()
        if child.tag == f"{_W}r":
            yield _text(child), _bold(child), _visible(child)
        elif child.tag not in (f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}sdtPr"):
            stack += reversed(child)


def _text(run: ET.Element) -> str:
    parts: list[str] = []
    for each in run:
        if each.tag == f"{_W}t":
            parts.append(each.text or "")
        elif each.tag == f"{_W}tab":
            parts.append("\t")
        elif each.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif each.tag == f"{_W}sym":
            parts.append(_SYMBOLS.get((each.get(f"{_W}char") or "").upper(), ""))
        elif each.tag == f"{_W}fldChar":
            parts += [_tick(box) for box in each.iter(f"{_W}checkBox")]
    return "".join(parts)


def _tick(box: ET.Element) -> str:
    state = box.find(f"{_W}checked")
    state = state if state is not None else box.find(f"{_W}default")
    on = state is not None and state.get(f"{_W}val", "1") not in ("0", "false")
    return "☒ " if on else "☐ "


def _on(run: ET.Element, name: str) -> bool:
    found = run.find(f"{_W}rPr/{_W}{name}")
    return found is not None and found.get(f"{_W}val", "1") not in ("0", "false")


def _bold(run: ET.Element) -> bool:
    return _on(run, "b")


def _visible(run: ET.Element) -> bool:
    colour, size = run.find(f"{_W}rPr/{_W}color"), run.find(f"{_W}rPr/{_W}sz")
    shade = run.find(f"{_W}rPr/{_W}shd")
    white = colour is not None and (colour.get(f"{_W}val") or "").upper() in ("FFFFFF", "FEFEFE", "FDFDFD")
    small = size is not None and (size.get(f"{_W}val") or "").isdigit() and int(size.get(f"{_W}val") or 99) < _SMALLEST
    return not (_on(run, "vanish") or _on(run, "webHidden") or small or (white and shade is None))
