"""Texts that stand where values do and are none, and values that look like labels: remarks, questions, two alike."""

from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.services.ai.forms.small_forms import fields, pdf, whole
from tests.services.ai.forms.test_layouts import say, values
from tests.services.ai.forms.test_near_columns import NUMBERED, Columns, cells, table

Lines = Sequence[tuple[str, str]]


def listed(lines: Lines, *, step: float = 17.0, title: str = "") -> Callable[[Canvas], None]:
    """Return what draws labels with their values beside them, and below them the title of a part with one line more."""

    def draw(canvas: Canvas) -> None:
        for number, (label, value) in enumerate(lines):
            say(canvas, 52, 90 + step * number, label)
            say(canvas, 250, 90 + step * number, value)
        if title:
            y = 90 + step * len(lines) + 8
            say(canvas, 52, y, title, bold=True)
            say(canvas, 52, y + 17, "Coverage")
            say(canvas, 250, y + 17, "30x")

    return draw


@pytest.mark.parametrize("remark", ["(if known, e.g. SQK-RBK114)", "(usually the one in stock)", "(ask if in doubt)"])
@pytest.mark.parametrize("value", ["SQK-LSK114", ""])
def test_a_remark_between_a_label_and_its_value_is_no_value(remark: str, value: str) -> None:
    def draw(canvas: Canvas) -> None:
        say(canvas, 52, 90, "Submitter name", bold=True)
        say(canvas, 290, 90, "Robin Vantage")
        say(canvas, 52, 110, "Library kit", bold=True)
        say(canvas, 56 + canvas.stringWidth("Library kit", "Helvetica-Bold", 10), 110, remark, size=7)
        canvas.rect(285, 792 - 114, 250, 14)
        say(canvas, 290, 110, value)

    found = fields(pdf([], draw=draw))
    assert (found["library_kit"].value, found["library_kit"].state) == ((value, "read") if value else (None, "blank"))


@pytest.mark.parametrize("below", [True, False], ids=["below", "beside"])
def test_a_value_may_be_called_like_its_label(below: bool) -> None:
    lines = (
        ("Library kit", "Ligation Kit (SQK-LSK114)"),
        ("Buffer", "Elution Buffer (EB)"),
        ("Organism", "Mus musculus"),
    )

    def draw(canvas: Canvas) -> None:
        for number, (label, value) in enumerate(lines):
            y = 90 + 34 * number
            say(canvas, 52, y, label, size=9 if below else 10)
            say(canvas, 53 if below else 200, y + 13 * below, value)

    assert values(draw) == {"library_kit": lines[0][1], "buffer": lines[1][1], "organism": lines[2][1]}


@pytest.mark.parametrize("step", [11.5, 13, 15, 17])
def test_two_labels_below_each_other_are_not_one_where_the_second_has_no_value(step: float) -> None:
    lines = (("Species", "Danio rerio"), ("Total number of samples", "9"), ("Biosafety level", ""))
    found = values(listed(lines, step=step, title="Sequencing options"))

    assert found == {"organism": "Danio rerio", "sample_count": 9.0, "coverage": "30x"}


def test_questions_ask_for_what_they_name() -> None:
    asked = (
        ("1. What coverage do you need?", "30x"),
        ("2. Which library kit should be used?", "SQK-LSK114"),
        ("3. Which file format would you like?", "BAM"),
    )

    assert values(listed(asked)) == {"coverage": "30x", "library_kit": "SQK-LSK114", "file_format": "BAM"}


@pytest.mark.parametrize("label", ["Genome size (Mb)", "Genome size in Mb", "Genome size [Mb]"])
def test_a_label_may_say_the_unit(label: str) -> None:
    assert values(listed(((label, "143.7"), ("Organism", "Mus musculus"))))["genome_size"] == 143_700_000.0


def test_numbers_flush_right_below_headings_flush_left_stay_in_their_columns() -> None:
    def draw(canvas: Canvas) -> None:
        names = ("#", "Sample", "Vol (µl)", "Qubit (ng/µl)", "NanoDrop (ng/µl)", "260/280")
        starts = (53, 77, 161, 245, 329, 413)
        for start, name in zip(starts, names, strict=True):
            upper, _, lower = name.partition(" (")
            say(canvas, start, 90, upper, bold=True, size=7.5)
            say(canvas, start, 100, f"({lower}" if lower else "", bold=True, size=7.5)
        for row in range(1, 5):
            texts = (str(row), f"S0{row}", f"{row}0", f"15{row}.5", f"20{row}.4", f"1.8{row}")
            for start, text in zip(starts, texts, strict=True):
                wide = canvas.stringWidth(text, "Helvetica", 8)
                say(canvas, start if start < 100 else start + 77 - wide, 100 + 13 * row, text, size=8)

    found = whole(pdf([], draw=draw))
    assert cells(found, "volume_ul") == [10.0, 20.0, 30.0, 40.0]
    assert cells(found, "qubit_ng_per_ul") == [151.5, 152.5, 153.5, 154.5]
    assert cells(found, "a260_a280") == [1.81, 1.82, 1.83, 1.84]


def test_of_two_columns_of_one_meaning_neither_is_sure() -> None:
    columns: Columns = (
        ("Sample ID", 40, 120, False),
        ("Qubit before cleanup (ng/µL)", 120, 270, True),
        ("Qubit after cleanup (ng/µL)", 270, 400, True),
        ("260/280", 400, 460, True),
    )
    found = whole(table(columns, [[f"S{row}", f"6{row}.5", f"3{row}.5", "1.8"] for row in range(1, 5)]))

    assert {row.cells["qubit_ng_per_ul"].state for row in found.rows} == {"needs_review"}


@pytest.mark.parametrize("heading", ["Barcode (if any)", "Barcode (if used)", "Barcode"])
def test_a_remark_behind_a_heading_is_no_part_of_it(heading: str) -> None:
    columns: Columns = (*NUMBERED, (heading, 400, 480, False))
    rows = [[str(row), f"S{row}", "20", f"1{row}.5", "1.8", f"NB0{row}"] for row in range(1, 5)]

    assert cells(whole(table(columns, rows)), "barcode") == ["NB01", "NB02", "NB03", "NB04"]
