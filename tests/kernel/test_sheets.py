"""Tables as files: no text in them is taken for a formula."""

import pytest

from nanopore_tracking.kernel import sheets


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1", "\uff20SUM(A1)", "\t=1"])
def test_a_text_that_spreadsheets_would_compute_is_a_text(said: str) -> None:
    assert sheets.csv_text([[said]]).startswith(("'", "\"'"))


def test_numbers_and_other_texts_stay_as_they_are() -> None:
    assert sheets.csv_text([[-1.5, "QX_01", None]]) == "-1.5,QX_01,\r\n"
