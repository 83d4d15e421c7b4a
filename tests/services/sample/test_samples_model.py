"""What a sample is: its code, its words, what it is searched with, which values are out of range."""

from dataclasses import replace
from typing import Any

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.catalogue.model import Threshold
from nanopore_tracking.services.sample.samples import model
from tests.harness.samples import NOW, sample

VOLUME = Threshold(code="v", name="Volume", gate="sample_qc", quantity="volume_ul", min=10)
PURITY = Threshold(code="p", name="A260/280", gate="sample_qc", quantity="a260_a280", min=1.75, max=2.0)


def test_codes_have_six_digits_and_grow_beyond() -> None:
    assert model.code(2026, 123) == "S26-000123"
    assert model.code(2030, 1_234_567) == "S30-1234567"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("HB27_gDNA 03", "HB27_gDNA_03"), "hb27 gdna 03"),
        (("Größe-µ", "Gr_e"), "grosse μ gr e"),
        (("--",), "∅"),
    ],
)
def test_words_are_told_apart_by_everything_but_letters_and_digits(texts: tuple[str, ...], words: str) -> None:
    assert model.words(*texts) == words


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("S26-0001", ["S26-0001", "S26-0001~", "'s26':* & '0001':*", "S26-0001"]),
        (" s26 ", ["S26", "S26~", "'s26':*", "s26"]),
        ("HB27 gD", ["", "", "'hb27':* & 'gd':*", "HB27 gD"]),
        ("it's & (odd) | !x", ["", "", "'it':* & 's':* & 'odd':* & 'x':*", "it's & (odd) | !x"]),
        ("Café", ["", "", "'cafe':*", "Café"]),
        ("'", ["", "", "'∅'", "'"]),
    ],
)
def test_what_is_typed_becomes_a_search(said: str, wanted: list[str]) -> None:
    assert model.search(said) == wanted


def test_values_outside_a_limit_are_named() -> None:
    values = {"volume_ul": 9.9, "a260_a280": 2.0, "qubit_ng_per_ul": 0.0, "a260_a230": None}

    assert model.out_of_range(values, [VOLUME, PURITY]) == ["volume_ul"]
    assert model.out_of_range(values, []) == []


@pytest.mark.parametrize(("material", "substance"), [("total RNA", "RNA"), ("HMW gDNA", "DNA"), ("", "DNA")])
def test_the_substance_follows_from_the_material(material: str, substance: str) -> None:
    assert model.substance(material) == substance


@pytest.mark.parametrize(
    ("kind", "there"),
    [("test_sample", True), ("positive_control", True), ("negative_control", False), ("no_template_control", False)],
)
def test_only_negative_controls_have_no_material(kind: Any, there: bool) -> None:
    assert sample(kind=kind).has_material is there


@pytest.mark.parametrize("status", ["on_hold", "done", "failed", "cancelled"])
def test_a_status_that_is_no_work_is_left_by_a_transition_only(status: Any) -> None:
    with pytest.raises(errors.Conflict) as refused:
        model.changed(sample(status=status), {"status": "active"}, person=True)

    assert refused.value.type == "not-allowed"
    assert model.changed(sample(status=status), {"assignee": "bob"}, person=True)["assignee"] == "bob"


def test_recorded_work_makes_a_queued_sample_active() -> None:
    assert model.worked(sample(status="queued")) == "active"
    assert model.worked(sample(status="on_hold")) == "on_hold"


@pytest.mark.parametrize(
    ("microsecond", "text"),
    [(0, "09:00:00+00:00"), (120_300, "09:00:00.1203+00:00"), (1, "09:00:00.000001+00:00")],
)
def test_times_are_written_as_the_database_does(microsecond: int, text: str) -> None:
    assert model.stamp(NOW.replace(microsecond=microsecond)) == f"2026-11-24T{text}"


def test_events_say_everything_of_a_sample() -> None:
    told = model.facts(replace(sample(), measured=("volume_ul",)))

    assert told["measured"] == ["volume_ul"]
    assert {"code", "stage", "status", "location", "volume_ul", "lab_id"} <= told.keys()
