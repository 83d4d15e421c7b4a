"""Pages that are made for files without any: in the place of each value stands, on the picture, what was read."""

import contextlib
import io
import zipfile
from collections.abc import Iterator

import msgspec
import openpyxl
import pypdfium2
import pytest

from nanopore_tracking.kernel import sandbox
from nanopore_tracking.services.ai.flows.model import Flow
from nanopore_tracking.services.ai.forms.model import FormReading, Options
from nanopore_tracking.services.ai.layouts.model import Word
from nanopore_tracking.services.ai.leaves.model import MOST_PAGES, VERSION, Leaf
from nanopore_tracking.services.ai.papers import model as papers
from nanopore_tracking.services.ai.papers.model import LOOK
from nanopore_tracking.services.ai.pictures import model as pictures
from nanopore_tracking.services.ai.plates import model as plates
from nanopore_tracking.services.ai.printouts.model import Grid
from nanopore_tracking.services.ai.readings.model import Box, Read
from nanopore_tracking.services.ai.wordfiles import model as wordfiles
from tests.services.ai.forms import test_kinds
from tests.services.ai.forms.small_forms import whole
from tests.services.ai.forms.test_kinds import LINES, TABLE, document, paragraph

_READER = "nanopore_tracking.services.ai.forms.model:read_form"
_DRAWER = "nanopore_tracking.services.ai.pictures.model:render_page"
_LIMITS = sandbox.Limits(memory_bytes=512 << 20, cpu_s=20, wall_s=60)
LONG = "Please keep what is left of each sample, and tell us by mail before anything is thrown away or sent back to us."


def reads(reading: FormReading) -> list[Read]:
    """Return all values of a form that stand on it."""
    return [
        each for each in (*reading.fields, *(cell for row in reading.rows for cell in row.cells.values())) if each.raw
    ]


def leaves_of(content: bytes, kind: str) -> dict[int, Leaf]:
    """Return the pages of a file by their numbers."""
    layout = {"docx": wordfiles.read, "xlsx": papers.workbook, "csv": papers.text}[kind](content)
    printed = [sheet.printed for sheet in layout.sheets if sheet.printed is not None]
    found = [each.drawn(number) for each in printed for number, _, _ in each.sizes]
    return {leaf.number: leaf for leaf in found if leaf is not None}


def text_in(page: pypdfium2.PdfPage, box: Box) -> str:
    """Return what a page, as it is drawn, has in a place."""
    left, top, right, bottom = box
    tall = page.get_height()
    found = page.get_textpage().get_text_bounded(left - 1, tall - bottom - 1, right + 1, tall - top + 1)
    return " ".join(found.split())


def told_apart(content: bytes, kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield the field, the text that was read, and what stands in its place on the picture, of each value."""
    drawn = {number: pypdfium2.PdfDocument(plates.pdf(leaf)) for number, leaf in leaves_of(content, kind).items()}
    pages = {number: each[0] for number, each in drawn.items()}
    for each in reads(whole(content, kind)):
        assert each.page is not None, each
        assert each.box is not None, each
        yield each.field, " ".join(str(each.raw).split()), text_in(pages[each.page], each.box)
    for each_drawn in drawn.values():
        each_drawn.close()


def sheets() -> bytes:
    """Return a workbook of a form with merged cells, a column far away, a long remark and many samples."""
    book = openpyxl.Workbook()
    notes, form = book.active, book.create_sheet("Form")
    notes.title = "How to fill in"
    notes.append(["Fill in each row."])
    form["A1"] = "Submission of samples for sequencing, to be filled in by whoever sends them"
    form.merge_cells("A1:D1")
    for row, (label, value) in enumerate([*LINES[:-1], ("Comments", LONG)], 3):
        form.cell(row, 1, label)
        form.cell(row, 2, value)
    form.merge_cells("B4:C4")
    headings = ("Sample ID", *(f"Remark {number}" for number in range(1, 9)), "Volume (µl)", "Qubit (ng/µl)")
    for column, heading in enumerate(headings, 1):
        form.cell(30, column, heading)
    for number in range(1, 81):
        remark = f"Remark of sample {number} that makes its column wide"
        for column, text in enumerate((f"S{number:03}", *[remark] * 8, 20 + number / 10, 12.5), 1):
            form.cell(30 + number, column, text)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def written() -> bytes:
    """Return a document with long paragraphs, a table with a cell over two columns, marks, and tabs."""
    spanned = f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="4"/></w:tcPr>{paragraph("Samples of this order")}</w:tc></w:tr>'
    many = [(f"S{number:03}", str(number), "12.5", f"NB{number % 96 + 1:02}") for number in range(1, 90)]
    table = test_kinds.rows([TABLE[0], *many]).replace("<w:tbl>", f"<w:tbl>{spanned}", 1)
    lines = "".join(paragraph(f"{label}: {value}") for label, value in LINES[:-1])
    marks = paragraph("Buffer: ☐ EB  ☒ Nuclease-free water")
    return document(f"{paragraph(LONG * 3)}{lines}{marks}{paragraph(f'Comments: {LONG} {LONG}')}{table}")


def lines() -> bytes:
    """Return a text of cells on several pages."""
    many = [(f"S{number:03}", str(number), "12.5", "") for number in range(1, 120)]
    rows = [*LINES, (), *[TABLE[0]], *many]
    return "\n".join(",".join(row) for row in rows).encode()


@pytest.mark.parametrize(
    ("content", "kind", "pages"), [(sheets, "xlsx", 9), (written, "docx", 3), (lines, "csv", 4)], ids=["x", "d", "c"]
)
def test_in_the_place_of_a_value_stands_what_was_read(content: object, kind: str, pages: int) -> None:
    assert callable(content)
    told = list(told_apart(content(), kind))

    assert len(told) > 240
    assert [each for each in told if each[1] != each[2]] == []
    found = whole(content(), kind).pages
    assert len(found) >= pages
    assert {each.drawn for each in found} == {VERSION}


def test_pages_say_their_sheet_and_do_not_depend_on_other_sheets() -> None:
    found = whole(sheets(), "xlsx").pages

    assert [(each.number, each.sheet) for each in found[:3]] == [(1, "How to fill in"), (1001, "Form"), (1002, "Form")]
    alone = papers.workbook(sheets(), only=2).sheets
    assert [sheet.number for sheet in alone] == [2]


def test_letters_that_the_font_lacks_and_signs_are_drawn() -> None:
    body = paragraph("Comments: 様品 ☒ ✓ ○ Ж") + paragraph("Quote No.: RQ-1001")
    picture = drawn(document(body), "docx", 1)

    assert picture.startswith(pictures.PNG)
    assert len(picture) > 1000


def drawn(content: bytes, kind: str, page: int) -> bytes:
    """Return the picture of a page."""
    (found,) = pictures.render_page(content, msgspec.json.encode(pictures.Options(page, kind)))
    return found


@pytest.mark.parametrize("kind", ["docx", "xlsx", "text_table"])
def test_a_page_that_is_not_there_is_told(kind: str) -> None:
    content = {"docx": written, "xlsx": sheets, "text_table": lines}[kind]()

    assert b"drawn on fewer pages; there is no page 900" in drawn(content, kind, 900)
    assert b"Nothing was read" in drawn(b"PK\x03\x04 not really" if kind != "text_table" else b"", kind, 1)


def tall() -> bytes:
    """Return a workbook whose last row is the last that there is."""
    book = openpyxl.Workbook()
    for line in (*LINES, (), *TABLE):
        book.active.append(line)
    book.active.cell(1_048_576, 1, "the end")
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def long_rows() -> bytes:
    """Return a text with as many rows as are read, each of which is three lines high."""
    row = f"{LONG.replace(',', '')},12"
    return "\n".join([*(",".join(line) for line in LINES), *[row] * 4000]).encode()


def nested() -> bytes:
    """Return a document whose tables are in tables, 300 deep."""
    body = paragraph("Quote No.: RQ-1001")
    for _ in range(300):
        body = f"<w:tbl><w:tr><w:tc>{body}</w:tc></w:tr></w:tbl>"
    return document(body)


def bomb() -> bytes:
    """Return a document that unpacks to a thousand times its size."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (60 << 20))
    return sink.getvalue()


async def said(target: str, content: bytes, options: bytes) -> bytes:
    """Return the first message about a file from the sandbox."""
    async with contextlib.aclosing(sandbox.run(target, content, options=options, limits=_LIMITS)) as messages:
        async for message in messages:
            return message
    raise AssertionError("Nothing was said.")


@pytest.mark.parametrize(
    ("make", "kind", "told"),
    [
        (tall, "xlsx", b"the first 5,000 were read"),
        (long_rows, "csv", f"is drawn, on {MOST_PAGES} pages".encode()),
        (nested, "docx", b"more cells in tables than any form"),
        (bomb, "docx", b"Nothing was read"),
    ],
    ids=["a million rows", "many pages", "nested tables", "bomb"],
)
async def test_hostile_files_keep_their_limits(make: object, kind: str, told: bytes) -> None:
    assert callable(make)
    content = make()
    reading = await said(_READER, content, msgspec.json.encode(Options(kind=kind)))  # type: ignore[arg-type]
    assert told in reading
    uploaded = "text_table" if kind == "csv" else kind
    picture = await said(_DRAWER, content, msgspec.json.encode(pictures.Options(1, uploaded)))
    assert picture.startswith(pictures.PNG) or b"Nothing was read" in picture


def test_more_cells_and_paragraphs_than_are_drawn_are_cut() -> None:
    grid = Grid([[f"remark {column}" for column in range(60)]] * 3000, [], number=1)
    assert (grid.cut, len(grid.sizes) <= MOST_PAGES, grid.spot(2999, 0)) == (True, True, None)
    assert grid.spot(0, 59) is not None

    flow = Flow()
    words = [Word("word", (0.0, 20.0 * number, 24.0, 20.0 * number + 10), LOOK) for number in range(20_000)]
    for word in words:
        flow.paragraph([word])
    assert (flow.cut, len(flow.sizes), flow.at(words[-1].box)) == (True, MOST_PAGES, None)
    assert flow.at(words[0].box) is not None
