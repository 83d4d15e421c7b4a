"""Values on dots and lines, above their labels and beside bars, and addresses of the facility at the edge of a page."""

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.services.ai.forms.test_layouts import say, values

LINES = (
    ("Request code", "RQ-1001", "quote_id", "RQ-1001"),
    ("Your name", "Robin Vantage", "submitter_name", "Robin Vantage"),
    ("E-mail", "robin@example.org", "submitter_email", "robin@example.org"),
    ("Form date", "13.4.2030", "submission_date", "2030-04-13"),
    ("No. of samples", "5", "sample_count", 5.0),
    ("Organism", "Danio rerio", "organism", "Danio rerio"),
    ("Buffer", "", "buffer", None),
)
EXPECTED = {field: value for _, _, field, value in LINES if value is not None}


@pytest.mark.parametrize("colon", [":", ""], ids=["colon", "bare"])
@pytest.mark.parametrize("way", ["tight", "spaced", "line", "dashes"])
def test_values_on_dots_and_lines(way: str, colon: str) -> None:
    def draw(canvas: Canvas) -> None:
        for number, (label, value, _, _) in enumerate(LINES):
            y = 60 + number * 18
            say(canvas, 50, y, label + colon)
            if way == "line":
                say(canvas, 160, y, "_" * 40)
                say(canvas, 165, y - 1, value)
            elif way == "dashes":
                say(canvas, 160, y, f"______{value}" + "_" * 20)
            else:
                gap = " " if way == "spaced" and value else ""
                say(canvas, 160, y, f"......{gap}{value}{gap}" + "." * 20)

    assert values(draw) == EXPECTED


@pytest.mark.parametrize("brackets", [True, False], ids=["brackets", "bare"])
def test_values_on_lines_above_their_small_labels(brackets: bool) -> None:
    def draw(canvas: Canvas) -> None:
        for number, (label, value, _, _) in enumerate(LINES):
            y = 60 + number * 36
            say(canvas, 50, y, value)
            canvas.line(50, 792 - y - 3, 300, 792 - y - 3)
            say(canvas, 50, y + 12, f"({label})" if brackets else label, size=7)

    assert values(draw) == EXPECTED


@pytest.mark.parametrize("between", [" | ", "; "], ids=["bar", "semicolon"])
def test_two_labels_of_a_line_with_a_sign_between_them(between: str) -> None:
    def draw(canvas: Canvas) -> None:
        say(canvas, 50, 60, f"Request code: RQ-1001{between}Organism: Danio rerio")
        say(canvas, 50, 75, f"Buffer: TE{between}Coverage: 30x")

    expected = {"quote_id": "RQ-1001", "organism": "Danio rerio", "buffer": "TE", "coverage": "30x"}
    assert values(draw) == expected


def test_the_address_of_the_facility_at_the_foot_of_a_page_is_nobodys() -> None:
    def draw(canvas: Canvas) -> None:
        for number, (label, value, _, _) in enumerate(LINES[:1] + LINES[3:]):
            say(canvas, 50, 60 + number * 18, f"{label}:")
            say(canvas, 160, 60 + number * 18, value)
        say(canvas, 50, 770, "Contact: Dr. Kit Ostrander, core@example.org, Tel. 555 0188", size=7)

    found = values(draw)
    assert {name for name in found if name.startswith("submitter")} == set()
    assert found["quote_id"] == "RQ-1001"


def test_a_label_of_the_usual_print_counts_at_the_foot_too() -> None:
    assert values(lambda canvas: say(canvas, 60, 770, "Contact: Robin Vantage")) == {"submitter_name": "Robin Vantage"}


@pytest.mark.parametrize("number", ["{}.", "{})", "1.{}", "Q{}."])
def test_labels_that_are_numbered(number: str) -> None:
    def draw(canvas: Canvas) -> None:
        for place, (label, value, _, _) in enumerate(LINES):
            say(canvas, 50, 60 + place * 18, f"{number.format(place + 1)} {label}:")
            say(canvas, 220, 60 + place * 18, value)

    assert values(draw) == EXPECTED


def test_a_label_in_two_languages_is_no_value() -> None:
    def draw(canvas: Canvas) -> None:
        say(canvas, 50, 60, "Anything else? / Remarques:")
        say(canvas, 250, 60, "Store at 4 C on arrival; it is urgent.")

    assert values(draw) == {"comments": "Store at 4 C on arrival; it is urgent."}


def test_labels_flush_right_have_one_line_each_however_close_these_are() -> None:
    lines = (("Research group", "Vantage Lab"), ("Faculty / Department", "University of Norrland"), ("Taxon", "Mus"))

    def draw(canvas: Canvas) -> None:
        for number, (label, value) in enumerate(lines):
            wide = canvas.stringWidth(label, "Helvetica", 10)
            say(canvas, 210 - wide, 100 + 11.5 * number, label)
            say(canvas, 222, 100 + 11.5 * number, value)

    assert values(draw) == {"lab_name": "Vantage Lab", "institution": "University of Norrland", "organism": "Mus"}


def test_dots_before_a_value_are_no_part_of_it() -> None:
    def draw(canvas: Canvas) -> None:
        say(canvas, 60, 100, "Research group", bold=True)
        say(canvas, 160, 100, ". .. Vantage Lab")

    assert values(draw) == {"lab_name": "Vantage Lab"}
