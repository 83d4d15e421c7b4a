"""The gates at the bench, rule by rule."""

from datetime import date
from typing import Any

import pytest

from nanopore_tracking.contracts.api.sample.records import NewDecision
from nanopore_tracking.services.sample.bench_gates import model as bench
from nanopore_tracking.services.sample.chain.model import amount_fmol
from nanopore_tracking.services.sample.facts.model import Facts
from tests.harness.samples import facts, present, sample

MEASURED: dict[Any, float] = {
    ("sample", "volume"): 48.0,
    ("sample", "concentration"): 42.0,
    ("sample", "a260_a280"): 1.85,
    ("sample", "a260_a230"): 2.1,
    ("sample", "fragment_mean_bp"): 25_000.0,
}
CONDITIONAL = NewDecision(verdict="conditional", reason="The customer agreed on the phone.")


PASSED = present(state="qc_passed")


def missing(gate: Any, told: Facts) -> list[str]:
    return [found.code for found in gate(told) if not found.met and found.severity == "fail"]


def warned(gate: Any, told: Facts) -> list[str]:
    return [found.code for found in gate(told) if not found.met and found.severity == "warn"]


def test_an_expected_tube_is_received_with_its_condition() -> None:
    assert missing(bench.expected, facts()) == ["received"]
    assert missing(bench.expected, facts(received=True)) == ["received"]
    assert missing(bench.expected, facts(received=True, condition="leaking")) == []


@pytest.mark.parametrize(
    ("location", "condition", "decision", "wanted"),
    [
        ("", "intact", None, ["stored"]),
        ("R1/F1", "intact", None, []),
        ("R1/F1", "leaking", None, ["condition"]),
        ("R1/F1", "leaking", CONDITIONAL, []),
        ("R1/F1", None, CONDITIONAL, ["condition"]),
        ("R1/F1", "intact", NewDecision(verdict="fail", reason="Contaminated."), ["decision"]),
    ],
)
def test_a_received_tube_is_stored_and_in_good_condition_or_accepted(
    location: str, condition: Any, decision: NewDecision | None, wanted: list[str]
) -> None:
    told = facts(sample(stage="received", location=location), condition=condition, decision=decision)

    assert missing(bench.received, told) == wanted


@pytest.mark.parametrize(
    ("without", "wanted"),
    [
        ("volume", "volume"),
        ("concentration", "concentration"),
        ("a260_a280", "purity-260-280"),
        ("a260_a230", "purity-260-230"),
        ("fragment_mean_bp", "fragment"),
    ],
)
def test_every_measurement_of_the_sample_is_required(without: str, wanted: str) -> None:
    readings = {key: value for key, value in MEASURED.items() if key != ("sample", without)}

    assert missing(bench.sample_qc, facts(readings=readings)) == [wanted]
    assert missing(bench.sample_qc, facts(readings=MEASURED)) == []


def test_what_was_measured_is_told_in_words_and_figures_as_people_write_them() -> None:
    told = [*bench.sample_qc(facts(readings=MEASURED | {("sample", "a260_a280"): 1.6}))]
    texts = [found.message for found in told]
    assert "The fragment length (mean or mode) was measured: 25,000." in texts
    assert "A260/280 is 1.60; 1.75 to 2.00 is wanted." in texts
    asked = " ".join(found.how for found in bench.sample_qc(facts()))
    assert not any(code in asked for code in ("a260_", "fragment_mean"))


def test_what_was_submitted_does_not_pass_the_gate() -> None:
    told = facts(sample(volume_ul=50.0, qubit_ng_per_ul=40.0, a260_a280=1.8, a260_a230=2.1, fragment_bp=9000.0))

    assert len(missing(bench.sample_qc, told)) == 5


@pytest.mark.parametrize("kind", ["negative_control", "no_template_control"])
def test_a_control_without_material_needs_its_volume_only(kind: Any) -> None:
    control = sample(kind=kind)

    assert missing(bench.sample_qc, facts(control)) == ["volume"]
    assert missing(bench.library_qc, facts(control, library=PASSED)) == []


def test_rna_is_judged_by_its_integrity() -> None:
    rna = sample(material="total RNA")
    readings = {key: value for key, value in MEASURED.items() if key[1] != "fragment_mean_bp"}

    assert missing(bench.sample_qc, facts(rna, readings=readings)) == ["integrity"]
    assert missing(bench.sample_qc, facts(rna, readings={**readings, ("sample", "rin"): 9.1})) == []


def test_a_limit_stops_unless_a_person_goes_on_and_a_warning_does_not() -> None:
    impure = {**MEASURED, ("sample", "a260_a280"): 1.6, ("sample", "a260_a230"): 1.2}

    assert missing(bench.sample_qc, facts(readings=impure)) == ["limit-purity"]
    assert warned(bench.sample_qc, facts(readings=impure)) == ["limit-ratio"]
    assert missing(bench.sample_qc, facts(readings=impure, decision=CONDITIONAL)) == []
    stopped = NewDecision(verdict="fail", reason="Too impure.")
    assert missing(bench.sample_qc, facts(readings=MEASURED, decision=stopped)) == ["decision"]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, []),
        ({"kit": "LSK114"}, []),
        ({"kit": "SQK-LSK114-XL"}, ["kit-known"]),
        ({"kit": "SQK-LSK1140"}, ["kit-known"]),
        ({"lot_expires_on": date(2026, 11, 24)}, []),
        ({"lot_expires_on": date(2026, 11, 23)}, ["lot-in-date"]),
        ({"lot_expires_on": None}, ["lot-in-date"]),
        ({"kit": "SQK-NBD114.24"}, ["barcode"]),
        ({"kit": "SQK-NBD114.24", "barcodes": ["barcode24"]}, []),
        ({"state": "planned"}, ["library-prepared"]),
        ({"state": "qc_failed"}, ["library-prepared"]),
        ({"state": "qc_passed"}, []),
    ],
)
def test_a_library_is_prepared_with_a_known_kit_in_date(said: dict[str, Any], wanted: list[str]) -> None:
    assert missing(bench.library_prep, facts(library=present(**said))) == wanted


def test_a_library_is_required() -> None:
    assert missing(bench.library_prep, facts()) == ["library"]
    assert missing(bench.library_qc, facts(sample(kind="no_template_control"))) == ["library-passed"]
    assert date(2026, 11, 24) == facts().now.date()


def _library(ng_per_ul: float, ul: float, bp: float) -> dict[Any, float]:
    return {
        ("library", "concentration"): ng_per_ul,
        ("library", "volume"): ul,
        ("library", "fragment_mean_bp"): bp,
    }


@pytest.mark.parametrize(
    ("readings", "wanted"),
    [
        ({}, ["library-concentration", "library-volume", "library-fragment"]),
        (_library(10, 12, 5000), []),  # 36.4 fmol
        (_library(9, 12, 5000), ["limit-load"]),  # 32.7 fmol
        (_library(25, 12, 25_000), []),  # 300 ng
        (_library(24, 12, 25_000), ["limit-load-long"]),
    ],
)
def test_a_library_holds_what_is_to_be_loaded(readings: dict[Any, float], wanted: list[str]) -> None:
    assert missing(bench.library_qc, facts(library=PASSED, readings=readings)) == wanted
    if wanted and wanted[0].startswith("limit"):
        assert missing(bench.library_qc, facts(library=PASSED, readings=readings, decision=CONDITIONAL)) == []


def test_the_libraries_of_a_pool_share_the_amount() -> None:
    pooled = present(state="pooled", pool="P26-000001", pool_libraries=4)
    quarter = _library(10, 3, 5000)

    assert missing(bench.library_qc, facts(library=PASSED, readings=quarter)) == ["limit-load"]
    assert missing(bench.library_qc, facts(library=pooled, readings=quarter)) == []


def test_the_amount_says_how_it_was_computed() -> None:
    told = bench.figures(facts(readings=_library(10, 12, 1000)))

    assert amount_fmol(132, 1000) == pytest.approx(200)
    assert told == {
        "library_mass_ng": 120.0,
        "library_amount_fmol": 181.818,
        "library_length_bp": 1000,
        "amount_formula": "fmol = ng × 1,000,000 / (660 × bp)",
    }
    assert bench.figures(facts()) == {}
