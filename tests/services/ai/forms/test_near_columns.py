"""Tables whose columns come near each other, with numbered rows, and titles and notes between and below rows."""

from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from nanopore_tracking.services.ai.forms.model import FormReading
from tests.services.ai.forms.small_forms import pdf, whole
from tests.services.ai.forms.test_layouts import say

#: Heading, where its column begins and ends, and whether it is flush right.
Columns = Sequence[tuple[str, float, float, bool]]
NAMED: Columns = (
    ("Tube label", 60, 160, False),
    ("Volume (µL)", 160, 240, True),
    ("Qubit (ng/µL)", 240, 330, True),
    ("260/280", 330, 400, True),
)
NUMBERED: Columns = (("#", 30, 60, True), *NAMED)


def table(columns: Columns, rows: Sequence[Sequence[str]], *, ruled: bool = False) -> bytes:
    """Return a table; a row of one text is the title of those below it, in bold letters."""

    def line(canvas: Canvas, texts: Sequence[str], y: float, *, bold: bool) -> None:
        for (_, left, right, flush), text in zip(columns, texts, strict=True):
            wide = canvas.stringWidth(text, "Helvetica-Bold" if bold else "Helvetica", 8)
            say(canvas, right - 3 - wide if flush else left + 2, y, text, bold=bold, size=8)

    def draw(canvas: Canvas) -> None:
        rules = [columns[0][1], *(right for _, _, right, _ in columns)]
        for number, texts in enumerate([[heading for heading, *_ in columns], *rows]):
            y = 100.0 + number * 15
            if len(texts) == 1:
                say(canvas, columns[0][1], y, texts[0], bold=True, size=8)
                continue
            line(canvas, texts, y, bold=number == 0)
            for x in rules if ruled else []:
                canvas.line(x, 792 - y - 4, x, 792 - y + 11)
            if ruled:
                canvas.line(rules[0], 792 - y - 4, rules[-1], 792 - y - 4)
                canvas.line(rules[0], 792 - y + 11, rules[-1], 792 - y + 11)

    return pdf([], draw=draw)


def cells(found: FormReading, name: str) -> list[object]:
    return [row.cells[name].value for row in found.rows if name in row.cells]


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "open"])
@pytest.mark.parametrize(
    "titles", [("Plate 1", "Plate 2"), ("Batch 1: tissue", "Batch 2: blood")], ids=["one", "colon"]
)
def test_a_title_of_rows_is_no_sample_and_ends_no_table(titles: tuple[str, str], ruled: bool) -> None:
    rows = [[titles[0]], ["1", "A", "20", "11.5", "1.8"], ["2", "B", "25", "12.5", "1.9"]]
    rows += [[titles[1]], ["3", "C", "30", "13.5", "1.8"], ["4", "D", "35", "14.5", "1.9"]]
    found = whole(table(NUMBERED, rows, ruled=ruled))

    assert cells(found, "sample_name") == ["A", "B", "C", "D"]
    assert cells(found, "qubit_ng_per_ul") == [11.5, 12.5, 13.5, 14.5]


@pytest.mark.parametrize("heading", ["#", "No.", ""], ids=["sign", "word", "none"])
def test_the_number_of_a_row_near_a_name_is_no_part_of_it(heading: str) -> None:
    rows = [[str(number), f"{number:03d}a", "20", f"1{number}.5", "1.8"] for number in range(1, 12)]
    found = whole(table(((heading, 30, 60, True), *NAMED), rows))

    assert cells(found, "sample_name") == [f"{number:03d}a" for number in range(1, 12)]


@pytest.mark.parametrize("flush", [True, False], ids=["flush right", "flush left"])
def test_the_number_of_a_row_that_nearly_touches_a_name_is_no_part_of_it(flush: bool) -> None:
    names = ["Liver", "B 2", *(f"{number}b" for number in range(3, 12))]
    rows = [[str(number), name, "20", f"1{number}.5", "1.8"] for number, name in enumerate(names, 1)]
    number = ("", 30, 62.5, True) if flush else ("", 49.5, 60, False)
    found = whole(table((number, *NAMED), rows))

    assert cells(found, "sample_name") == names


def test_a_number_with_which_a_name_begins_is_part_of_it() -> None:
    names = [f"{number} {organ}" for number, organ in enumerate(("Liver", "Kidney", "Heart", "Lung", "Brain"), 1)]
    rows = [[name, "20", f"1{number}.5", "1.8"] for number, name in enumerate(names)]

    assert cells(whole(table(NAMED, rows)), "sample_name") == names


def test_a_number_near_a_name_is_no_thousand() -> None:
    columns: Columns = (
        ("Volume (µL)", 40, 120, True),
        ("Specimen", 120, 200, False),
        ("Qubit (ng/µL)", 200, 300, True),
        ("260/280", 300, 380, True),
    )
    rows = [[str(20 + 5 * number), f"{number:03d}", f"1{number}.5", "1.8"] for number in range(1, 6)]
    found = whole(table(columns, rows))

    assert cells(found, "volume_ul") == [25.0, 30.0, 35.0, 40.0, 45.0]
    assert cells(found, "sample_name") == ["001", "002", "003", "004", "005"]


def test_headings_near_each_other_are_two() -> None:
    columns: Columns = (
        ("Qubit (ng/µL)", 40, 130, True),
        ("Fragment length (bp)", 130, 240, True),
        ("Your sample name", 240, 330, False),
        ("260/280", 330, 400, True),
    )
    rows = [[f"1{number}.5", f"{number}2600", f"S{number}", "1.8"] for number in range(1, 6)]
    found = whole(table(columns, rows))

    assert cells(found, "fragment_bp") == [12600.0, 22600.0, 32600.0, 42600.0, 52600.0]
    assert cells(found, "sample_name") == ["S1", "S2", "S3", "S4", "S5"]


@pytest.mark.parametrize("ending", ["Sum", "Mean"])
def test_a_sum_whose_word_stands_in_any_column_is_no_sample(ending: str) -> None:
    rows = [["A", "20", "11.5", "1.8"], ["B", "25", "12.5", "1.9"], ["", "45", ending, ""]]

    assert cells(whole(table(NAMED, rows)), "volume_ul") == [20.0, 25.0]


def below(text: str, *, size: float = 8) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        for number, texts in enumerate(
            (
                ("Tube label", "Volume (µL)", "Qubit (ng/µL)"),
                ("A", "20", "11.5"),
                ("B", "25", "12.5"),
                ("C", "30", "9.5"),
            )
        ):
            for column, part in enumerate(texts):
                say(canvas, 60 + column * 90, 100 + number * 15, part, bold=number == 0, size=8)
        say(canvas, 60, 160, text, size=size)

    return draw


def test_a_sentence_below_a_table_is_no_sample() -> None:
    found = whole(pdf([], draw=below("All tubes were measured with the fluorometer of our neighbours.", size=7)))

    assert cells(found, "sample_name") == ["A", "B", "C"]


def test_a_name_alone_in_its_row_is_asked_about() -> None:
    names = [row.cells["sample_name"] for row in whole(pdf([], draw=below("Plate 2"))).rows]

    assert [(each.value, each.state) for each in names[:3]] == [("A", "read"), ("B", "read"), ("C", "read")]
    assert [each.state for each in names[3:]] == ["needs_review"]
