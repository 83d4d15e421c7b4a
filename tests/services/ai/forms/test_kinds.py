"""Forms as fillable PDF, XLSX, DOCX and CSV say the same as on paper."""

import io
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest
from openpyxl.styles import Font
from reportlab.pdfgen.canvas import Canvas

from nanopore_tracking.services.ai.grids.model import Refused
from tests.services.ai.forms.small_forms import whole

LINES = (
    ("Quote No.", "RQ-1001"),
    ("Requester", "Robin Vantage"),
    ("Genome size", "4.6 Mb"),
    ("Flow cells requested", "2"),
    ("Comments", "Keep the rest."),
)
WANTED = {
    "quote_id": "RQ-1001",
    "submitter_name": "Robin Vantage",
    "genome_size": 4.6e6,
    "flow_cell_count": 2.0,
    "comments": "Keep the rest.",
}
TABLE = (
    ("Sample ID", "Volume (µl)", "Qubit (ng/µl)", "Barcode"),
    ("001", "20", "12.5", "NB01"),
    ("002", "25", "", "NB02"),
)


def checked(content: bytes, kind: str) -> None:
    """Compare a reading with what all these forms say."""
    found = whole(content, kind)
    assert {each.field: each.value for each in found.fields if each.value is not None} == WANTED
    cells = [{name: each.value for name, each in row.cells.items() if each.value is not None} for row in found.rows]
    assert cells == [
        {"sample_name": "001", "volume_ul": 20.0, "qubit_ng_per_ul": 12.5, "barcode": "NB01"},
        {"sample_name": "002", "volume_ul": 25.0, "barcode": "NB02"},
    ]


def fillable() -> bytes:
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(612, 792), invariant=1)
    for index, (label, value) in enumerate(LINES):
        canvas.drawString(50, 700 - index * 24, label)
        canvas.acroForm.textfield(name=f"f{index}", value=value, x=220, y=694 - index * 24, width=200, height=18)
    for index, heading in enumerate(TABLE[0]):
        canvas.drawString(50 + index * 110, 500, heading)
    for line, row in enumerate(TABLE[1:], 1):
        for index, text in enumerate(row):
            place = {"x": 50 + index * 110, "y": 498 - line * 20, "width": 100, "height": 16}
            canvas.acroForm.textfield(name=f"t{line}{index}", value=text, **place)
    canvas.save()
    return sink.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    notes, form = book.active, book.create_sheet("Form")
    notes.title = "How to fill in"
    notes.append(["Example_A1"])
    for line in LINES:
        form.append(line)
    form.append([])
    for row in TABLE:
        form.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def document(body: str) -> bytes:
    """Return a DOCX file of paragraphs and tables."""
    sink = io.BytesIO()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return sink.getvalue()


def paragraph(text: str, looks: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{looks}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def rows(lines: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in line) for line in lines)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def test_fillable_forms() -> None:
    checked(fillable(), "pdf")


def test_workbooks() -> None:
    checked(workbook(), "xlsx")


def test_documents_with_paragraphs_and_with_tables() -> None:
    checked(document("".join(paragraph(f"{label}: {value}") for label, value in LINES) + rows(TABLE)), "docx")
    checked(document(rows(LINES) + paragraph("Samples") + rows(TABLE)), "docx")


def test_texts_of_cells() -> None:
    lines = [*(f"{label},{value}" for label, value in LINES), "", *(",".join(row) for row in TABLE)]
    checked("\n".join(lines).encode(), "csv")


def test_cells_say_where_they_stand() -> None:
    found = whole(workbook(), "xlsx")

    assert next(each.place for each in found.fields if each.field == "quote_id") == "B1 of the sheet “Form”"
    assert found.rows[0].cells["volume_ul"].place == "B8 of the sheet “Form”"
    volume = found.rows[0].cells["volume_ul"]
    assert (volume.page, volume.box is not None) == (1001, True)


def test_what_a_document_hides_is_no_value_and_told() -> None:
    hidden = paragraph("Phone: 555 0100 666", "<w:vanish/>") + paragraph("Lab: Blitz", '<w:color w:val="FFFFFF"/>')
    found = whole(document("".join(paragraph(f"{label}: {value}") for label, value in LINES) + hidden), "docx")

    assert {each.field: each.value for each in found.fields} == WANTED
    assert any("cannot be seen" in warning for warning in found.warnings)


def test_what_a_workbook_hides_is_no_value_and_told() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    form = book["Form"]
    for row, line in ((20, ("Phone", "555 0100 666")), (21, ("Lab", "Blitz")), (22, ("Priority", "Blitz"))):
        for column, text in enumerate(line, 1):
            form.cell(row, column, text)
    form.row_dimensions[20].hidden = True
    for column in (1, 2):
        form.cell(21, column).font = Font(color="FFFFFFFF")
        form.cell(22, column).font = Font(size=1)
    sink = io.BytesIO()
    book.save(sink)
    found = whole(sink.getvalue(), "xlsx")

    assert {each.field: each.value for each in found.fields} == WANTED
    assert any("cannot be seen" in warning for warning in found.warnings)


def test_boxes_that_are_ticked_in_a_document() -> None:
    body = paragraph("Buffer: ☐ EB  ☒ Nuclease-free water") + paragraph("File format: [x] FASTQ  [x] BAM  [ ] POD5")
    found = {each.field: each.value for each in whole(document(body), "docx").fields}

    assert found == {"buffer": "Nuclease-free water", "file_format": ["FASTQ", "BAM"]}


@pytest.mark.parametrize(("kind", "said"), [("docx", "document is damaged"), ("xlsx", "damaged")])
def test_what_is_no_such_file_is_refused(kind: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        whole(b"PK\x03\x04 not really", kind)
