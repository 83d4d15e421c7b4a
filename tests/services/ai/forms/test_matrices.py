"""Tables of persons, with their roles above the columns, and captions below the lines on which values are written."""

import io

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.services.ai.forms.small_forms import fields
from tests.services.ai.forms.test_layouts import say, values

ROWS = (
    ("Name", "Robin Vantage", "Kit Ostrander"),
    ("Email", "robin@example.org", "kit@example.org"),
    ("Phone", "+1 555 0101", "+1 555 0102"),
)
SAID = {
    "submitter_name": "Robin Vantage",
    "submitter_email": "robin@example.org",
    "submitter_phone": "+1 555 0101",
    "pi_name": "Kit Ostrander",
    "pi_email": "kit@example.org",
    "pi_phone": "+1 555 0102",
    "organism": "Mus musculus",
}
HEADS = [("Submitter", "Principal Investigator"), ("Submitter information", "PI information"), ("Contact person", "PI")]


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "open"])
@pytest.mark.parametrize("heads", HEADS, ids=lambda each: each[0])
def test_each_column_of_a_table_of_persons_is_of_its_own(heads: tuple[str, str], ruled: bool) -> None:
    def draw(canvas: Canvas) -> None:
        for row, texts in enumerate((("", *heads), *ROWS)):
            y = 100 + 15 * row
            for left, wide, text in zip((50, 150, 350), (100, 200, 200), texts, strict=True):
                say(canvas, left + 3, y, text, bold=row == 0)
                if ruled:
                    canvas.rect(left, 792 - y - 5, wide, 15)
        say(canvas, 53, 190, "Organism:")
        say(canvas, 153, 190, "Mus musculus")

    assert values(draw) == SAID


def test_a_table_of_persons_in_a_workbook() -> None:
    book = openpyxl.Workbook()
    for line in (["", *HEADS[0]], *ROWS, [], ["Organism", "Mus musculus"]):
        book.active.append(list(line))
    sink = io.BytesIO()
    book.save(sink)

    assert {name: each.value for name, each in fields(sink.getvalue(), "xlsx").items()} == SAID


CAPTIONS = (
    (("Date", ""), ("Quote No.", "")),
    (("Submitter name", "Robin Vantage"), ("E-mail", "robin@example.org")),
    (("Phone", ""), ("Lab", "")),
    (("Institution", "University of Norrland"), ("Account", "")),
    (("Organism", "Mus musculus"), ("Sample type", "")),
    (("Buffer", ""), ("Library kit", "SQK-LSK114")),
    (("Flow cell type", "FLO-MIN114"), ("Coverage", "30x")),
)


def test_captions_below_lines_that_are_mostly_blank_name_no_other_line() -> None:
    def draw(canvas: Canvas) -> None:
        for row, pairs in enumerate(CAPTIONS):
            for column, (label, value) in enumerate(pairs):
                x, y = 52 + 260 * column, 100 + 30 * row
                say(canvas, x + 3, y, value)
                canvas.line(x, 792 - y - 3, x + 240, 792 - y - 3)
                say(canvas, x, y + 11, label, size=6.5)

    assert values(draw) == {
        "submitter_name": "Robin Vantage",
        "submitter_email": "robin@example.org",
        "institution": "University of Norrland",
        "organism": "Mus musculus",
        "library_kit": "SQK-LSK114",
        "flow_cell_type": "FLO-MIN114",
        "coverage": "30x",
    }
