"""Forms as browsers and word processors print them: cells, long labels, hints, wide tables, units in notes."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from tests.services.ai.forms.small_forms import pdf, whole
from tests.services.ai.forms.test_layouts import say, values

Rows = Sequence[Sequence[str]]


def cell(canvas: Canvas, x: float, y: float, wide: float, tall: float) -> None:
    canvas.setLineWidth(0.6)
    canvas.rect(x, 792 - y - tall, wide, tall, stroke=1, fill=0)


def table(heads: Sequence[tuple[float, Sequence[str]]], rows: Rows, *, starts: Sequence[float]) -> bytes:
    """Return a table without rules: headings with their middle and lines, values flush left at their starts."""

    def draw(canvas: Canvas) -> None:
        most = max(len(lines) for _, lines in heads)
        for middle, lines in heads:
            for line, text in enumerate(lines):
                wide = canvas.stringWidth(text, "Helvetica-Bold", 9)
                say(canvas, middle - wide / 2, 60 + (most - len(lines)) * 5 + line * 10, text, bold=True, size=9)
        for number, row in enumerate(rows):
            for x, text in zip(starts, row, strict=True):
                say(canvas, x, 66 + most * 10 + number * 15, text, size=9)

    return pdf([], draw=draw)


def read(content: bytes, name: str) -> list[object]:
    return [row.cells[name].value for row in whole(content).rows if name in row.cells]


def test_labels_of_several_lines_and_hints_in_cells() -> None:
    rows = (
        (("Number of samples", "submitted"), "incl. controls", ("12",)),
        (("Genome size",), "e.g. 4.6 Mb", ("3.1 Gb",)),
        (("E-mail address of", "principal investigator"), "", ("kit.ostrander@", "example.org")),
        (("Library kit",), "e.g. SQK-LSK114", ()),
        (("Additional", "comments"), "", ("Keep it for the", "library prep", "after thawing.")),
    )

    def draw(canvas: Canvas) -> None:
        for number, (label, hint, value) in enumerate(rows):
            y = 60 + number * 44
            cell(canvas, 50, y, 130, 44)
            cell(canvas, 180, y, 90, 44)
            for line, text in enumerate(label):
                say(canvas, 54, y + 11 + line * 11, text, size=9)
            say(canvas, 54, y + 11 + len(label) * 11, hint, size=7)
            for line, text in enumerate(value):
                say(canvas, 184, y + 11 + line * 11, text, size=9)

    assert values(draw) == {
        "sample_count": 12.0,
        "genome_size": 3.1e9,
        "pi_email": "kit.ostrander@example.org",
        "comments": "Keep it for the\nlibrary prep\nafter thawing.",
    }


def test_a_box_below_a_label_holds_its_value_and_a_blank_one_nothing() -> None:
    def draw(canvas: Canvas) -> None:
        for number, (label, value) in enumerate(
            (("Requester", "Robin Vantage"), ("Priority", ""), ("Coverage", "30x"))
        ):
            say(canvas, 50, 60 + number * 34, label, bold=True)
            cell(canvas, 50, 64 + number * 34, 200, 16)
            say(canvas, 54, 76 + number * 34, value)
        say(canvas, 54, 176, "Samples", bold=True)

    assert values(draw) == {"submitter_name": "Robin Vantage", "coverage": "30x"}


def test_a_blank_form_says_nothing() -> None:
    labels = (
        "Submitter",
        "PI laboratory",
        "Organism",
        "Zorb",
        "Library kit",
        "Coverage",
        "Date",
        "Quote ref. 2",
        "Buffer",
    )

    def draw(canvas: Canvas) -> None:
        for number, label in enumerate(labels):
            say(canvas, 50 + number % 3 * 180, 60 + number // 3 * 20, label, size=8)

    assert values(draw) == {}


def test_headings_in_the_middle_of_wide_columns() -> None:
    heads = ((130, ("Name on tube",)), (300, ("Volume (µL)",)), (460, ("Qubit", "(ng/µL)")))
    content = table(heads, (("1", "20", "11.5"), ("2", "", "12.5"), ("3", "25", "13.5")), starts=(50, 250, 400))

    assert read(content, "sample_name") == ["1", "2", "3"]
    assert read(content, "volume_ul") == [20.0, None, 25.0]
    assert read(content, "qubit_ng_per_ul") == [11.5, 12.5, 13.5]


def test_headings_of_one_to_three_lines_in_the_middle_of_their_row() -> None:
    heads = (
        (80, ("Tube ID", "(max. 8", "characters)")),
        (200, ("Vol. in µL",)),
        (320, ("Fluorometric", "concentration (pg/µL)")),
        (450, ("Mean length", "(kb)")),
    )
    content = table(heads, (("A", "20", "11500", "1.2"), ("B", "30", "12500", "3.4")), starts=(60, 190, 300, 440))

    assert read(content, "sample_name") == ["A", "B"]
    assert read(content, "qubit_ng_per_ul") == [11.5, 12.5]
    assert read(content, "fragment_bp") == [1200.0, 3400.0]


def test_cells_with_units_are_no_headings() -> None:
    heads = ((80, ("Sample",)), (200, ("Volume",)), (320, ("Qubit",)), (450, ("Size",)))
    rows = [(f"S{number}", "12.5 µL", "342.8 ng/mL", "20,700 bp") for number in range(4)]
    content = table(heads, rows, starts=(60, 190, 300, 440))

    assert read(content, "sample_name") == ["S0", "S1", "S2", "S3"]
    assert read(content, "qubit_ng_per_ul") == [0.3428] * 4
    assert read(content, "fragment_bp") == [20700.0] * 4


def test_the_example_does_not_say_how_numbers_are_written() -> None:
    heads = ((80, ("Sample",)), (200, ("Volume (µL)",)), (320, ("Qubit (ng/mL)",)), (450, ("260/280",)))
    rows = (("Example", "50", "50", "1.85"), ("S1", "12,5", "241.500", "1,92"), ("S2", "30,0", "9000", "1,88"))
    content = table(heads, rows, starts=(60, 190, 300, 440))

    assert read(content, "a260_a280") == [1.92, 1.88]
    assert read(content, "qubit_ng_per_ul") == [None, 9.0]


@pytest.mark.parametrize(
    ("note", "factor"),
    [
        ("Concentrations in ng/mL, volumes in µL, fragment sizes in kb.", 0.001),
        ("All concentrations are given in µg/µL.", 1000.0),
        ("Concentrations should be at least 50 ng/mL in 50 µL.", 1.0),
    ],
    ids=["ng/mL", "ug/uL", "no unit of the table"],
)
def test_a_note_says_the_units(note: str, factor: float) -> None:
    heads = ("Sample", "Volume", "Qubit")

    def draw(canvas: Canvas) -> None:
        say(canvas, 50, 40, note, size=8)
        for line, texts in enumerate((heads, ("S1", "20", "250"), ("S2", "20", "500"))):
            for column, text in enumerate(texts):
                say(canvas, 60 + column * 90, 60 + line * 15, text, bold=line == 0, size=9)

    assert read(pdf([], draw=draw), "qubit_ng_per_ul") == [250 * factor, 500 * factor]


def test_a_name_goes_on_and_a_table_too_after_blank_rows() -> None:
    rows: tuple[tuple[str, str, str, int], ...] = (
        ("Mut 1 day", "20", "11.5", 0),
        ("3", "", "", 10),
        ("Mut 2 day", "30", "12.5", 30),
        ("3", "", "", 40),
    )
    rows += (("Mut 3 day", "30", "13.5", 60), ("3", "", "", 70), ("Mut 4", "30", "14.5", 130))

    def draw(canvas: Canvas) -> None:
        for column, text in enumerate(("Sample name", "Volume (µL)", "Qubit (ng/µL)")):
            say(canvas, 60 + column * 90, 60, text, bold=True, size=9)
        for *texts, y in rows:
            for column, text in enumerate(texts):
                say(canvas, 60 + column * 90, 80 + float(y), str(text), size=9)

    content = pdf([], draw=draw)
    assert read(content, "sample_name") == ["Mut 1 day 3", "Mut 2 day 3", "Mut 3 day 3", "Mut 4"]
    assert read(content, "qubit_ng_per_ul") == [11.5, 12.5, 13.5, 14.5]


def letters(canvas: Canvas, x: float, y: float, *, on: bool) -> None:
    canvas.rect(x, 791 - y, 8, 8, stroke=1, fill=0)
    if on:
        say(canvas, x + 1.5, y - 0.5, "X", bold=True, size=7)


def borders(canvas: Canvas, x: float, y: float, *, on: bool) -> None:
    """A border as a filling with a hole, as some programs print what browsers show as boxes."""
    path = canvas.beginPath()
    path.rect(x, 791 - y, 8, 8)
    path.rect(x + 0.8, 791.8 - y, 6.4, 6.4)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=0)
    if on:
        canvas.rect(x + 2, 793 - y, 4, 4, stroke=0, fill=1)


def typed(canvas: Canvas, x: float, y: float, *, on: bool) -> None:
    say(canvas, x - 4, y, "(•)" if on else "( )")


@pytest.mark.parametrize("box", [letters, borders, typed], ids=lambda one: str(one.__name__))
def test_boxes_of_other_looks(box: Callable[..., None]) -> None:
    groups = (("Priority", ("Normal", "Rush")), ("Nucleic acid submitted", ("Genomic DNA", "RNA")))

    def draw(canvas: Canvas) -> None:
        for line, (label, options) in enumerate((*groups, ("Zorb of it", ("HAC", "SUP")))):
            say(canvas, 50, 60 + line * 30, label, bold=True)
            for index, option in enumerate(options):
                box(canvas, 190 + index * 110, 60 + line * 30, on=index == 1)
                say(canvas, 203 + index * 110, 60 + line * 30, option)

    found = values(draw)
    assert found["priority"] == "Rush"
    assert set(found) <= {"priority", "sample_type"}
    assert found.get("sample_type", "RNA") == "RNA"


def test_an_option_goes_on_in_the_next_line() -> None:
    def draw(canvas: Canvas) -> None:
        say(canvas, 50, 60, "Sample type:", bold=True)
        for x, option, on in ((150, "Genomic DNA", False), (260, "Total", True)):
            borders(canvas, x, 60, on=on)
            say(canvas, x + 12, 60, option)
        say(canvas, 150, 72, "RNA")

    assert values(draw) == {"sample_type": "Total RNA"}


def narrow(names: Sequence[str], *, wide: float, foot: bool = False, ruled: bool = True) -> bytes:
    """Return a table in whose first column words are broken wherever they end; foot: short cells stand below."""
    style = getSampleStyleSheet()["BodyText"]
    rows = [[Paragraph(name, style), "20", "41.5", "1.82"] for name in names]
    look: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "BOTTOM" if foot else "TOP")]
    look += [("GRID", (0, 0), (-1, -1), 0.5, colors.grey)] if ruled else []
    heads = ["Sample Name", "Volume (µL)", "Qubit Conc. (ng/µL)", "A260/A280 ratio"]
    made = io.BytesIO()
    SimpleDocTemplate(made).build([Table([heads, *rows], colWidths=[wide, 70, 110, 90], style=look)])
    return made.getvalue()


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "open"])
@pytest.mark.parametrize("foot", [True, False], ids=["foot", "head"])
def test_a_name_that_is_broken_at_the_edge_of_its_column_is_whole_and_in_doubt(foot: bool, ruled: bool) -> None:
    names = ["LIVERBIOPSY0023A", "Heart 8", "KIDNEYTISSUE0417B", "Danio rerio liver 3", "BRAIN1"]
    found = [row.cells["sample_name"] for row in whole(narrow(names, wide=80, foot=foot, ruled=ruled)).rows]
    assert [each.value for each in found] == names
    assert [each.state for each in found] == ["needs_review", "read", "needs_review", "read", "read"]
    assert "is it “LIVERBIOPSY0023A”?" in found[0].doubt


def test_where_words_filled_their_line_by_chance_it_is_asked_and_not_joined() -> None:
    found = [row.cells["sample_name"] for row in whole(narrow(["Mus musculus 2", "Rat 4"], wide=50)).rows]
    assert [(each.state, " " in str(each.value)) for each in found] == [("needs_review", True), ("read", True)]


def test_a_name_that_is_broken_behind_its_hyphen_has_no_space_there() -> None:
    found = [row.cells["sample_name"] for row in whole(narrow(["Liver-<br/>0023", "Rat- 4"], wide=80)).rows]
    assert [(each.value, each.state) for each in found] == [("Liver-0023", "read"), ("Rat- 4", "read")]
