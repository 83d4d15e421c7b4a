"""What becomes of a field that rules and a language model read, each in every state."""

from typing import Any

import pytest

from nanopore_tracking.services.ai.blends.model import blend, wanted
from nanopore_tracking.services.ai.labels.model import Labels
from nanopore_tracking.services.ai.prompts.model import Answer, Said, SaidSample
from nanopore_tracking.services.ai.readings.model import FormReading, Line, Read, Row
from nanopore_tracking.services.ai.templates.model import shipped

TEXTS = ("Source organism: Exampella testii", "Quote number: RQ-1001", "Priority: High or Normal", "X1 has 12,5 ng/µL")
LINES = [
    Line(1, text, [(0, (0.0, 9.0 * at, 90.0, 9.0 * at + 8))], [(0, "")], False, False) for at, text in enumerate(TEXTS)
]


def read(name: str, raw: str | None, **more: Any) -> Read:
    told: dict[str, Any] = {"value": raw, "method": "label", "confidence": 0.97, "state": "read"}
    return Read(field=name, raw=raw, **(told | more))


def blended(rules: list[Read], said: dict[str, str | None], way: str = "hybrid") -> dict[str, Read]:
    answer = Answer({name: Said(text, 1) for name, text in said.items()})
    reading = FormReading(version=1, fields=rules, lines=LINES)
    found = blend(reading, way, answer, labels=Labels({}, None), model="tiny")
    return {each.field: each for each in found.fields}


def test_agreement_makes_surer_and_settles_a_sentence_but_no_other_doubt() -> None:
    sentence = read("organism", "Exampella testii", method="prose", confidence=0.7, state="needs_review", doubt="prose")
    other = read("quote_id", "RQ-1001", confidence=0.7, state="needs_review", doubt="The form says something else too.")
    found = blended([sentence, other], {"organism": "exampella  testii", "quote_id": "RQ-1001"})

    organism, quote = found["organism"], found["quote_id"]
    assert (organism.state, organism.model, organism.doubt, organism.method) == ("read", "tiny", "", "prose")
    assert organism.confidence > 0.9
    assert (quote.state, quote.model, quote.doubt) == ("needs_review", "tiny", other.doubt)


@pytest.mark.parametrize("way", ["hybrid", "llm"])
def test_a_difference_keeps_the_rules_value_and_says_both(way: str) -> None:
    organism = blended([read("organism", "Mus musculus")], {"organism": "Exampella testii"}, way)["organism"]

    assert (organism.value, organism.state, organism.unconfirmed) == ("Mus musculus", "needs_review", True)
    assert "“Mus musculus”" in organism.doubt
    assert "“Exampella testii” on page 1" in organism.doubt


def test_a_label_with_nothing_beside_it_and_a_choice_are_for_a_person() -> None:
    blank = Read(field="organism", method="label", confidence=0.97)
    found = blended([blank], {"organism": "Exampella testii", "priority": "High"})

    assert (found["organism"].state, found["organism"].unconfirmed) == ("needs_review", True)
    assert "with nothing beside it" in found["organism"].doubt
    assert (found["priority"].state, "cannot see" in found["priority"].doubt) == ("needs_review", True)


def test_what_the_model_invents_changes_nothing_that_the_rules_read() -> None:
    rules = read("organism", "Exampella testii", confidence=0.7)
    found = blended([rules], {"organism": "Mus musculus"})

    assert found["organism"] == rules


def test_by_the_model_alone_what_it_does_not_bear_out_has_no_value() -> None:
    found = blended([read("organism", "Exampella testii")], {"organism": "Mus musculus"}, "llm")["organism"]

    assert (found.value, found.raw, found.state, found.unconfirmed) == (None, None, "needs_review", True)


def test_samples_that_do_not_stand_in_the_document_are_left_out_and_told() -> None:
    cells: dict[str, str | None] = {"sample_name": "X1", "qubit_ng_per_ul": "12.5 ng/uL", "volume_ul": "30"}
    samples = [SaidSample(4, cells), SaidSample(4, {"sample_name": "X2"}), SaidSample(1, cells)]
    reading = FormReading(version=1, lines=LINES)
    found = blend(reading, "hybrid", Answer({}, samples), labels=Labels({}, None), model="tiny")

    (row,) = found.rows
    assert {name: each.value for name, each in row.cells.items()} == {"sample_name": "X1", "qubit_ng_per_ul": 12.5}
    assert "named 2 samples that do not stand" in found.warnings[0]
    kept = FormReading(version=1, lines=LINES, rows=[Row(cells={"sample_name": read("sample_name", "X9")})])
    assert blend(kept, "llm", Answer({}, samples), labels=Labels({}, None), model="tiny").rows == kept.rows


def test_the_model_is_asked_for_what_is_open_and_never_for_what_is_drawn() -> None:
    mark = Read(field="library_kit", method="mark", state="needs_review")
    rules = [
        mark,
        read("organism", "Mus musculus"),
        read("coverage", "50x", confidence=0.7),
        read("buffer", "N/A", value=None, state="blank"),
    ]
    reading = FormReading(version=1, fields=rules)

    hybrid, alone = wanted(reading, "hybrid", None), wanted(reading, "llm", None)
    assert not {"library_kit", "organism", "buffer"} & set(hybrid.fields)
    assert {"coverage", "quote_id"} < set(hybrid.fields)
    assert {"organism", "buffer"} < set(alone.fields)
    assert "library_kit" not in alone.fields
    (template,) = [each for each in shipped() if each.groups]
    known = set(wanted(reading, "hybrid", template).fields)
    assert known < set(template.labels)
    assert not known & {group.field for group in template.groups}
