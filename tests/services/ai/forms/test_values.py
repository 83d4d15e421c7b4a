"""Single values as people write them: decimal marks, units, dates, sizes, blanks, controls, examples and sums."""

from typing import Any

import pytest

from nanopore_tracking.services.ai.fields.model import BY_NAME
from nanopore_tracking.services.ai.forms.model import FormReading
from nanopore_tracking.services.ai.values.model import meaning
from tests.services.ai.forms.small_forms import LINES, fields, pdf, table, whole

HEADINGS = ("Sample Name", "Volume (µL)", "Qubit (ng/µL)", "260/280")


def rows(headings: tuple[str, ...], *body: tuple[str, ...]) -> FormReading:
    return whole(pdf(draw=table(headings, body)))


def csv(headings: str, *body: str) -> FormReading:
    return whole("\n".join(["Requester;Robin Vantage", "", headings, *body]).encode(), "csv")


def cells(found: FormReading, name: str) -> list[Any]:
    return [row.cells[name].value for row in found.rows]


def test_decimal_commas_are_read() -> None:
    found = rows(HEADINGS, ("A1", "20", "12,5", "1,82"), ("A2", "25", "0,75", "1,9"), ("A3", "30", "8,25", "2,01"))

    assert cells(found, "qubit_ng_per_ul") == [12.5, 0.75, 8.25]
    assert cells(found, "a260_a280") == [1.82, 1.9, 2.01]


@pytest.mark.parametrize("unit", ["µL", "\u03bcL", "uL", "µl", "\u03bcl", "ul", "microliters", "mcL"])
def test_every_spelling_of_the_micro_sign_is_the_same(unit: str) -> None:
    found = csv(f"Sample Name;Volume ({unit});Qubit (ng/{unit});260/280", "A1;20;12.5;1.8", "A2;25;10.1;1.9")

    assert cells(found, "volume_ul") == [20.0, 25.0]
    assert cells(found, "qubit_ng_per_ul") == [12.5, 10.1]


@pytest.mark.parametrize(
    ("unit", "written", "value"),
    [("ng/µL", "25.5", 25.5), ("µg/mL", "25.5", 25.5), ("mg/mL", "0.0255", 25.5), ("µg/µL", "0.0255", 25.5)],
)
def test_the_unit_of_a_heading_is_turned_into_ours(unit: str, written: str, value: float) -> None:
    found = rows(("Sample Name", "Volume (µL)", f"Qubit ({unit})", "260/280"), ("A1", "20", written, "1.8"))
    cell = found.rows[0].cells["qubit_ng_per_ul"]

    assert (cell.value, cell.unit, cell.raw) == (value, "ng/µL", written)


def test_units_in_cells_count_more_than_the_heading() -> None:
    found = rows(HEADINGS, ("A1", "0.02 mL", "0.0255 mg/mL", "1.8"), ("A2", "20 µL", "12 ng/µL", "1.8"))

    assert cells(found, "volume_ul") == [20.0, 20.0]
    assert cells(found, "qubit_ng_per_ul") == [25.5, 12.0]


def test_what_is_approximate_or_out_of_range_is_doubted() -> None:
    found = rows(HEADINGS, ("A1", "20", "~12.5", "1.8"), ("A2", "20", "<5", "314"))

    first, second = found.rows
    assert (first.cells["qubit_ng_per_ul"].value, first.cells["qubit_ng_per_ul"].state) == (12.5, "needs_review")
    assert (second.cells["qubit_ng_per_ul"].value, second.cells["qubit_ng_per_ul"].state) == (None, "needs_review")
    assert second.cells["a260_a280"].state == "needs_review"


def test_blank_cells_stay_blank_and_shift_nothing() -> None:
    found = rows(HEADINGS, ("A1", "", "12.5", ""), ("A2", "20", "N/A", "1.8"), ("A3", "-", "", "1.9"))

    assert cells(found, "volume_ul") == [None, 20.0, None]
    assert cells(found, "qubit_ng_per_ul") == [12.5, None, None]
    assert cells(found, "a260_a280") == [None, 1.8, 1.9]
    assert found.rows[0].cells["volume_ul"].state == "blank"


def test_controls_are_told_from_samples_and_sums_and_examples_left_out() -> None:
    found = rows(
        HEADINGS,
        ("Example_A1", "20", "10.0", "1.8"),
        ("A1", "20", "12.5", "1.8"),
        ("NTC", "20", "0.1", ""),
        ("Total", "40", "", ""),
    )

    assert [(row.cells["sample_name"].value, row.role) for row in found.rows] == [("A1", "sample"), ("NTC", "control")]
    assert sum("Example_A1" in warning or "Total" in warning for warning in found.warnings) == 2


def test_what_contradicts_itself_is_told() -> None:
    content = pdf([*LINES, ("Number of samples:", "5")], draw=table(HEADINGS, [("A1", "20", "12.5", "1.8")] * 2))
    warnings = whole(content).warnings

    assert any("says 5 samples, its table has 2" in warning for warning in warnings)
    assert any("more than once: A1" in warning for warning in warnings)


def test_a_concentration_that_does_not_say_how_it_was_measured_is_doubted() -> None:
    found = rows(("Sample Name", "Volume (µL)", "Conc. (ng/µL)", "260/280"), ("A1", "20", "12.5", "1.8"))
    cell = found.rows[0].cells["qubit_ng_per_ul"]

    assert (cell.value, cell.state) == (12.5, "needs_review")
    assert "does not say how" in cell.doubt


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("submission_date", "2031-03-04", "2031-03-04"),
        ("submission_date", "03/28/2031", "2031-03-28"),
        ("submission_date", "28.3.2031", "2031-03-28"),
        ("submission_date", "March 3rd, 2031", "2031-03-03"),
        ("submission_date", "3 Mar 2031", "2031-03-03"),
        ("submission_date", "31/02/2031", None),
        ("genome_size", "4.6 Mb", 4.6e6),
        ("genome_size", "3,1 Gbp", 3.1e9),
        ("genome_size", "4600000 bp", 4.6e6),
        ("genome_size", "600", None),
        ("genome_size", "4-5 Mb", None),
        ("flow_cell_count", "two", 2.0),
        ("flow_cell_count", "3 flow cells", 3.0),
        ("flow_cell_count", "many", None),
        ("submitter_phone", "+1 (555) 010-0199", "+1 (555) 010-0199"),
        ("submitter_phone", "see above", None),
        ("submitter_email", "write to a.b@example.org", "a.b@example.org"),
        ("submitter_email", "a.b at example.org", None),
        ("contains_human_dna", "No", False),
        ("projected_cost", "$1,234.50", 1234.5),
    ],
)
def test_values_mean_what_they_say_or_nothing(name: str, text: str, value: Any) -> None:
    assert meaning(text, BY_NAME[name]).value == value


def test_day_and_month_that_may_be_the_other_way_round_are_doubted() -> None:
    found = fields(pdf([*LINES, ("Date:", "03/04/2031")]))["submission_date"]

    assert (found.value, found.state) == ("2031-03-04", "needs_review")


def test_a_value_of_another_kind_is_no_value_but_shown() -> None:
    found = fields(pdf([*LINES[:2], ("E-mail:", "on request")]))["submitter_email"]

    assert (found.value, found.raw, found.state) == (None, "on request", "needs_review")
