"""The check of sample rows, without anything around it."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanopore_tracking.contracts.api.sample.rows import RowProblem
from nanopore_tracking.contracts.events.ai import Cell
from nanopore_tracking.services.sample.catalogue.model import Catalogue, Kit, Threshold
from nanopore_tracking.services.sample.checks import model
from nanopore_tracking.services.sample.names.model import LONGEST_ALIAS, alias
from nanopore_tracking.services.sample.rows.model import Row, row_of

GOOD: dict[str, Any] = {
    "sample_name": "QX_01",
    "volume_ul": 50.0,
    "qubit_ng_per_ul": 48.0,
    "nanodrop_ng_per_ul": 50.0,
    "a260_a280": 1.85,
    "a260_a230": 2.1,
    "fragment_bp": 20_000.0,
    "material": "HMW gDNA",
}
RAPID = Kit(code="SQK-RBK114-24", material="DNA", capacity=24, fragmentation="transposase", input_ng=200)


def row(number: int = 1, **values: Any) -> Row:
    return Row(row_number=number, values={name: v for name, v in {**GOOD, **values}.items() if v is not None})


def check(*rows: Row, rules: model.Rules | None = None) -> dict[int, list[RowProblem]]:
    return model.check_rows(rows, rules or model.Rules())


def codes(*rows: Row, rules: model.Rules | None = None) -> set[str]:
    return {problem.code for problems in check(*rows, rules=rules).values() for problem in problems}


def test_a_value_out_of_range_is_told_with_all_of_its_digits() -> None:
    (found,) = check(row(volume_ul=1_234_567.5))[1]
    assert found.message.startswith("Volume is 1234567.5 µL; it must be between 0 and 100,000 µL")


def test_a_question_about_a_cell_ends_as_a_question() -> None:
    asked = Row(row_number=1, values=GOOD, unread={"volume_ul": "Is a comma not quoted?"})
    (found,) = check(asked)[1]
    assert found.message.endswith("Is a comma not quoted?")


def test_a_good_row_has_no_problems() -> None:
    assert check(row()) == {1: []}


@pytest.mark.parametrize(
    ("values", "code", "level", "field"),
    [
        ({"sample_name": None}, "NAME_MISSING", "error", "sample_name"),
        ({"sample_name": "barcode07"}, "NAME_RESERVED", "error", "sample_name"),
        ({"sample_name": "Unclassified"}, "NAME_RESERVED", "error", "sample_name"),
        ({"sample_name": "EXAMPLE_01"}, "EXAMPLE_ROW", "error", "sample_name"),
        ({"sample_name": "liver 3 (µ)"}, "ALIAS_DERIVED", "warning", "sample_name"),
        ({"sample_name": "x" * 41}, "ALIAS_DERIVED", "warning", "sample_name"),
        ({"sample_name": "x" * 201}, "TOO_LONG", "error", "sample_name"),
        ({"volume_ul": -1.0}, "OUT_OF_RANGE", "error", "volume_ul"),
        ({"a260_a280": 18.5}, "OUT_OF_RANGE", "error", "a260_a280"),
        ({"volume_ul": None}, "VOLUME_MISSING", "finding", "volume_ul"),
        ({"volume_ul": 2.0}, "LOW_VOLUME", "finding", "volume_ul"),
        ({"qubit_ng_per_ul": None}, "FLUOROMETRIC_MISSING", "finding", "qubit_ng_per_ul"),
        ({"a260_a230": None}, "PURITY_MISSING", "finding", "a260_a230"),
        ({"a260_a280": 1.5}, "PURITY_OUT_OF_RANGE", "warning", "a260_a280"),
        ({"nanodrop_ng_per_ul": 80.0}, "QUBIT_NANODROP_APART", "warning", "qubit_ng_per_ul"),
        ({"kind": "spike-in"}, "KIND_UNKNOWN", "error", "kind"),
        ({"material": "soil"}, "MATERIAL_UNKNOWN", "warning", "material"),
        ({"sample_name": "Positive control"}, "CONTROL_NOT_DECLARED", "finding", "kind"),
        ({"sample_name": "BLANK"}, "CONTROL_NOT_DECLARED", "finding", "kind"),
        ({"sample_name": "NTC_2"}, "CONTROL_NOT_DECLARED", "finding", "kind"),
    ],
)
def test_each_fault_is_named_with_its_field_and_level(values: Any, code: str, level: str, field: str) -> None:
    found = [problem for problem in check(row(**values))[1] if problem.code == code]
    assert [(problem.level, problem.field) for problem in found] == [(level, field)]
    assert found[0].message.endswith(".")


def test_a_name_that_only_contains_the_letters_of_a_control_is_a_sample() -> None:
    assert check(row(sample_name="Blanket_3"), row(2, sample_name="compos_controlled")) == {1: [], 2: []}


def test_a_declared_control_needs_neither_qubit_nor_purity() -> None:
    said: Any = {"sample_name": "BLANK", "kind": "no_template_control", "volume_ul": 20.0}
    assert check(Row(row_number=1, values=said)) == {1: []}


def test_all_rows_with_the_same_name_are_named() -> None:
    found = check(row(3), row(7), row(12), row(13, sample_name="other"))
    assert [found[number][0].code for number in (3, 7, 12)] == ["DUPLICATE_NAME"] * 3
    assert "rows 3, 7 and 12" in found[3][0].message
    assert found[13] == []


def test_names_that_become_the_same_alias_are_duplicates_too() -> None:
    found = check(row(1, sample_name="liver 1"), row(2, sample_name="liver_1"))
    assert [problem.code for problem in found[2]] == ["DUPLICATE_NAME"]
    assert "liver_1 in MinKNOW" in found[2][0].message


def test_names_that_differ_in_capitals_are_only_warned_of() -> None:
    found = check(row(1, sample_name="Liver"), row(2, sample_name="liver"))
    assert {(problem.code, problem.level) for problem in found[1]} == {("NAMES_DIFFER_IN_CASE", "warning")}


def test_errors_come_before_findings_and_findings_before_warnings() -> None:
    levels = [p.level for p in check(row(sample_name="BLANK 1", volume_ul=2.0, a260_a280=18.0, a260_a230=1.0))[1]]
    assert levels == sorted(levels, key=("error", "finding", "warning").index)
    assert set(levels) == {"error", "finding", "warning"}


def test_a_rapid_kit_does_not_suit_short_amplicons() -> None:
    rules = model.Rules(kit=RAPID)
    assert "KIT_SAMPLE_TYPE_MISMATCH" in codes(row(fragment_bp=600.0, material="amplicon"), rules=rules)
    assert "KIT_SAMPLE_TYPE_MISMATCH" in codes(row(fragment_bp=None, material="amplicon"), rules=rules)
    assert codes(row(fragment_bp=1500.0, material="amplicon"), rules=rules) == set()


def test_rna_does_not_go_into_a_dna_kit() -> None:
    found = codes(row(material="total RNA", a260_a280=2.05), rules=model.Rules(kit=RAPID))
    assert found == {"KIT_SAMPLE_TYPE_MISMATCH"}


def test_too_little_mass_for_the_kit_is_found() -> None:
    assert "LOW_MASS" in codes(
        row(volume_ul=10.0, qubit_ng_per_ul=5.0, nanodrop_ng_per_ul=5.5), rules=model.Rules(kit=RAPID)
    )


def test_the_limits_come_from_the_catalogue() -> None:
    catalogue = Catalogue(
        kits=[RAPID],
        thresholds=[
            Threshold(code="v", name="Volume", gate="sample_qc", quantity="volume_ul", min=60),
            Threshold(
                code="r", name="A260/280 of RNA", gate="sample_qc", quantity="a260_a280", min=1.95, material="RNA"
            ),
        ],
    )
    header = {"kit_requested": "SQK-RBK114.24", "material": "PCR Amplicons", "service_type": ""}
    rules = model.rules(header, catalogue)
    assert rules.kit == RAPID
    assert rules.material == "amplicon"
    assert (rules.dna.least_volume_ul, rules.dna.least_a260_a280, rules.rna.least_a260_a280) == (60, 1.75, 1.95)
    assert "LOW_VOLUME" in codes(row(volume_ul=55.0), rules=rules)


def test_a_cell_that_needs_review_blocks_and_is_never_taken_for_a_value() -> None:
    cells = {
        "sample_name": Cell(raw="A1", value="A1"),
        "volume_ul": Cell(raw="5O", value=5.0, state="needs_review", note="the letter O"),
        "a260_a280": Cell(raw="1,8.5", value="1,8.5"),
    }
    read = row_of(1, cells, {})
    assert "volume_ul" not in read.values
    found = {problem.field: problem for problem in check(read)[1] if problem.code == "NEEDS_REVIEW"}
    assert set(found) == {"volume_ul", "a260_a280"}
    assert "the letter O" in found["volume_ul"].message


def test_ten_thousand_rows_are_checked_within_a_second() -> None:
    rows = [row(n, sample_name=f"S {n % 9000}", volume_ul=2.0, a260_a230=None) for n in range(1, 10_001)]
    start = time.process_time()
    found = check(*rows, rules=model.Rules(kit=RAPID))
    assert time.process_time() - start < 1.0
    assert len(found) == 10_000
    assert all(found.values())


def test_ten_thousand_rows_of_one_name_are_checked_within_a_second_and_the_message_stays_short() -> None:
    rows = [row(n) for n in range(1, 10_001)]
    start = time.process_time()
    found = check(*rows)
    assert time.process_time() - start < 1.0
    assert found[10_000][0].message.endswith("and 9,990 more. Every sample needs a name of its own.")


@given(st.text(max_size=80), st.integers(1, 10_000))
def test_every_name_has_an_alias_that_minknow_and_dorado_take(name: str, number: int) -> None:
    made = alias(name, number)
    assert 1 <= len(made) <= LONGEST_ALIAS
    assert made.isascii()
    assert all(character.isalnum() or character in "_-" for character in made)
    assert not made.lower().startswith("barcode")
    assert made.lower() != "unclassified"


@given(st.from_regex(r"\A[A-Za-z0-9_-]{1,40}\Z"))
def test_a_name_that_is_safe_already_is_its_own_alias(name: str) -> None:
    if not name.lower().startswith("barcode") and name.strip("_-") and name.lower() not in ("unclassified", "mixed"):
        assert alias(name, 1) == name
