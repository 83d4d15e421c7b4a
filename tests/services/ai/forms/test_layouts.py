"""How forms are laid out: values below labels, parts about one person, merged headings, boxes of all kinds."""

from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.services.ai.forms.small_forms import pdf, whole

Pairs = Sequence[tuple[str, str]]


def say(canvas: Canvas, x: float, y: float, text: str, *, bold: bool = False, size: float = 10) -> None:
    canvas.setFillGray(0)
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    canvas.drawString(x, 792 - y, text)


def values(draw: Callable[[Canvas], None]) -> dict[str, object]:
    return {each.field: each.value for each in whole(pdf([], draw=draw)).fields if each.value is not None}


def test_values_below_their_labels() -> None:
    lines: list[Pairs] = [
        (("Request number", "RQ-77"), ("Date", "2031-03-28")),
        (("Contact person", "Robin Vantage"), ("E-mail", "robin@example.org")),
        (("Group leader", "Kit Ostrander"), ("Organism", "Danio rerio")),
    ]

    def draw(canvas: Canvas) -> None:
        for index, line in enumerate(lines):
            for x, (label, value) in zip((50, 320), line, strict=True):
                say(canvas, x, 90 + index * 34, label, bold=True, size=9)
                say(canvas, x, 103 + index * 34, value)

    assert values(draw) == {
        "quote_id": "RQ-77",
        "submission_date": "2031-03-28",
        "submitter_name": "Robin Vantage",
        "submitter_email": "robin@example.org",
        "pi_name": "Kit Ostrander",
        "organism": "Danio rerio",
    }


def test_the_heading_of_a_part_says_whose_details_follow() -> None:
    parts: list[tuple[str, Pairs]] = [
        ("Principal Investigator", (("Name:", "Kit Ostrander"), ("E-mail:", "kit@example.org"))),
        (
            "Submitter information",
            (("Name:", "Robin Vantage"), ("E-mail:", "robin@example.org"), ("Lab:", "Ostrander Lab")),
        ),
        ("Billing contact", (("Name:", "Dana Quill"), ("E-mail:", "dana@example.org"), ("PO number:", "PO-12345"))),
    ]

    def draw(canvas: Canvas) -> None:
        y = 60
        for heading, lines in parts:
            say(canvas, 50, y, heading, bold=True, size=13)
            for label, value in lines:
                y += 16
                say(canvas, 60, y, label, bold=True)
                say(canvas, 180, y, value)
            y += 30

    assert values(draw) == {
        "pi_name": "Kit Ostrander",
        "pi_email": "kit@example.org",
        "submitter_name": "Robin Vantage",
        "submitter_email": "robin@example.org",
        "lab_name": "Ostrander Lab",
        "billing_contact": "Dana Quill",
        "billing_email": "dana@example.org",
        "account": "PO-12345",
    }


def test_a_letterhead_is_not_the_submitter() -> None:
    def draw(canvas: Canvas) -> None:
        say(canvas, 50, 30, "Phone: 555 0100 999   E-mail: core@example.org", size=8)
        lines = (
            ("Requester:", "Robin Vantage"),
            ("E-mail:", "r@example.org"),
            ("Phone:", "555 0101"),
            ("Lab:", "X Lab"),
        )
        for index, (label, value) in enumerate(lines):
            say(canvas, 50, 90 + index * 16, label, bold=True)
            say(canvas, 150, 90 + index * 16, value)

    assert values(draw) == {
        "submitter_name": "Robin Vantage",
        "submitter_email": "r@example.org",
        "submitter_phone": "555 0101",
        "lab_name": "X Lab",
    }


def test_one_heading_over_several_columns() -> None:
    upper = ((50, "Sample"), (150, "Volume"), (240, "Concentration (ng/µL)"), (400, "Purity"))
    lower = ((50, "name"), (150, "(µL)"), (230, "Qubit"), (310, "NanoDrop"), (380, "260/280"), (450, "260/230"))

    def draw(canvas: Canvas) -> None:
        for y, texts in ((60, upper), (72, lower)):
            for x, text in texts:
                say(canvas, x, y, text, bold=True, size=9)
        for index in range(4):
            row = (
                f"S{index + 1}",
                "20",
                f"1{index}.5",
                "" if index == 2 else f"2{index}.1",
                f"1.8{index}",
                f"2.0{index}",
            )
            for (x, _), text in zip(lower, row, strict=True):
                say(canvas, x, 90 + index * 14, text, size=9)

    found = whole(pdf([], draw=draw)).rows

    assert [row.cells["sample_name"].value for row in found] == ["S1", "S2", "S3", "S4"]
    assert [row.cells["qubit_ng_per_ul"].value for row in found] == [10.5, 11.5, 12.5, 13.5]
    assert [row.cells["nanodrop_ng_per_ul"].value for row in found] == [20.1, 21.1, None, 23.1]
    assert [row.cells["a260_a230"].value for row in found] == [2.0, 2.01, 2.02, 2.03]


def test_a_table_that_stands_twice_side_by_side() -> None:
    def draw(canvas: Canvas) -> None:
        for block in range(2):
            for column, heading in enumerate(("Sample ID", "Volume (µL)", "Qubit (ng/µL)")):
                say(canvas, 40 + block * 280 + column * 90, 60, heading, bold=True, size=8)
                for row in range(3):
                    text = (f"N{block * 3 + row + 1}", "20", f"{block * 3 + row}.5")[column]
                    say(canvas, 40 + block * 280 + column * 90, 78 + row * 14, text, size=8)

    found = whole(pdf([], draw=draw)).rows

    assert [row.cells["sample_name"].value for row in found] == [f"N{number}" for number in range(1, 7)]
    assert [row.cells["qubit_ng_per_ul"].value for row in found] == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]


@pytest.mark.parametrize("kind", ["cross", "filling", "field"])
def test_boxes_beside_options(kind: str) -> None:
    groups = (
        ("Priority:", ("Normal", "Rush", "Urgent"), {1}),
        ("File format:", ("FASTQ", "BAM", "POD5"), {0, 2}),
        ("Human DNA?", ("Yes", "No"), {1}),
        ("Sample buffer:", ("EB", "TE"), set[int]()),
    )

    def box(canvas: Canvas, x: float, y: float, *, on: bool) -> None:
        if kind == "field":
            canvas.acroForm.checkbox(name=f"{x}{y}", x=x, y=792 - y - 2, checked=on, size=10)
            return
        canvas.rect(x, 791 - y, 8, 8, stroke=1, fill=0)
        if on and kind == "cross":
            canvas.line(x + 1, 792 - y, x + 7, 798 - y)
            canvas.line(x + 1, 798 - y, x + 7, 792 - y)
        elif on:
            canvas.rect(x + 1.5, 792.5 - y, 5, 5, stroke=0, fill=1)

    def draw(canvas: Canvas) -> None:
        for line, (label, options, marked) in enumerate(groups):
            say(canvas, 50, 60 + line * 22, label, bold=True)
            for index, option in enumerate(options):
                box(canvas, 160 + index * 80, 60 + line * 22, on=index in marked)
                say(canvas, 173 + index * 80, 60 + line * 22, option)

    assert values(draw) == {"priority": "Rush", "file_format": ["FASTQ", "POD5"], "contains_human_dna": False}


def test_text_that_runs_up_the_page_is_read_as_it_runs() -> None:
    lines = (("Quote No.:", "RQ-1"), ("Requester:", "Robin Vantage"), ("Priority:", "Rush"), ("Coverage:", "30x"))

    def draw(canvas: Canvas) -> None:
        canvas.translate(612, 0)
        canvas.rotate(90)
        for index, (label, value) in enumerate(lines):
            canvas.setFont("Helvetica-Bold", 10)
            canvas.drawString(60, 500 - index * 16, label)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(180, 500 - index * 16, value)

    found = {each.field: each for each in whole(pdf([], draw=draw)).fields}

    assert {name: each.value for name, each in found.items()} == {
        "quote_id": "RQ-1",
        "submitter_name": "Robin Vantage",
        "priority": "Rush",
        "coverage": "30x",
    }
    left, top, right, bottom = found["quote_id"].box or (0.0, 0.0, 0.0, 0.0)
    assert (left + right) / 2 == pytest.approx(612 - 503, abs=4)
    assert bottom == pytest.approx(792 - 180, abs=3)
    assert top < bottom
