"""Rows: which values count, and what corrections do to them."""

from datetime import UTC, datetime

import pytest

from nanopore_tracking.contracts.api.sample.rows import Correction
from nanopore_tracking.contracts.events.ai import Cell
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.rows import model

WHO = Correction(value=None, by="alice", at=datetime(2026, 3, 1, tzinfo=UTC), reason="read the tube")
CELLS = {
    "sample_name": Cell(raw=" QX 1 ", value=" QX 1 "),
    "kind": Cell(raw="Test sample", value="Test sample"),
    "material": Cell(raw="High Molecular Weight DNA / gDNA", value="High Molecular Weight DNA / gDNA"),
    "volume_ul": Cell(raw="5O", value=5.0, state="needs_review", note="the letter O"),
    "qubit_ng_per_ul": Cell(raw="", value=None, state="blank"),
    "a260_a280": Cell(raw="1.8", value=1.8),
}


def stored(corrections: dict[str, Correction] | None = None) -> model.StoredRow:
    return model.StoredRow(
        id=uuid7(), submission_id=uuid7(), row_number=4, submitted=CELLS, corrections=corrections or {}, version=1
    )


def test_the_values_that_count_are_clean_and_the_blank_ones_left_out() -> None:
    assert stored().row().values == {
        "sample_name": "QX 1",
        "kind": "test_sample",
        "material": "HMW gDNA",
        "a260_a280": 1.8,
    }


@pytest.mark.parametrize(("typed", "raw"), [(99999.25, "99999.25"), (1234567.0, "1234567"), (0.00001, "0.00001")])
def test_what_is_typed_is_kept_with_all_of_its_digits(typed: float, raw: str) -> None:
    assert model.cells_of({"volume_ul": typed})["volume_ul"].raw == raw
    assert model.row_of(1, {"comment": Cell(raw=raw, value=typed)}, {}).values == {"comment": raw}


def test_a_correction_counts_and_what_was_submitted_stays() -> None:
    after = model.corrected(stored(), {"a260_a280": 1.9, "volume_ul": 50.0}, WHO)
    assert {name: correction.value for name, correction in after.items()} == {"a260_a280": 1.9, "volume_ul": 50.0}
    assert after["volume_ul"].by == "alice"
    row = stored(after).row()
    assert (row.values["a260_a280"], row.values["volume_ul"], row.unread) == (1.9, 50.0, {})
    assert stored(after).submitted["a260_a280"].value == 1.8


def test_a_value_that_counts_already_is_no_correction() -> None:
    assert model.corrected(stored(), {"a260_a280": 1.8, "sample_name": "QX 1", "buffer": None}, WHO) == {}


def test_a_value_that_needed_review_is_confirmed_by_sending_it() -> None:
    after = model.corrected(stored(), {"volume_ul": None}, WHO)
    assert after["volume_ul"].value is None
    assert stored(after).row().unread == {}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Positive control", "positive_control"),
        ("NTC", "no_template_control"),
        ("TEST-SAMPLE", "test_sample"),
        ("x", None),
    ],
)
def test_kinds_are_understood_however_they_are_written(written: str, meant: str | None) -> None:
    assert model.choice("kind", written) == meant


def test_typed_values_become_cells_without_the_blank_ones() -> None:
    cells = model.cells_of({"sample_name": "A", "volume_ul": 2.5, "buffer": None, "comment": ""})
    assert cells == {"sample_name": Cell(raw="A", value="A"), "volume_ul": Cell(raw="2.5", value=2.5)}
