"""What is accepted unseen: nothing without data, nothing from pictures, never a blank that forms require."""

from functools import cache
from uuid import UUID

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.ai.acceptances import model
from nanopore_tracking.services.ai.acceptances.model import Judged, Rule
from nanopore_tracking.services.ai.calibrations.model import Seen
from nanopore_tracking.services.ai.outcomes.model import drift
from nanopore_tracking.services.ai.readings.model import Read

FORM = UUID(int=7)


def seen(wrong: int = 0) -> list[Seen]:
    """Forms that people looked at: sure readings, some of them wrong, and unsure ones that often are."""
    found = []
    for number in range(600):
        about = {"document": str(number % 60), "field": "organism", "method": "label"}
        found.append(Seen(**about, unit="field", confidence=0.97, right=number >= wrong))
        found.append(Seen(**about, unit="field", confidence=0.6, right=number % 3 > 0))
        found.append(Seen(**{**about, "field": "volume_ul"}, unit="column", confidence=0.97, right=True))
    return found


@cache
def rule(error_rate: float | None = 0.01, wrong: int = 0) -> Rule:
    return Rule(error_rate=error_rate, made=model.make(seen(wrong), error_rate))


def read(field: str = "organism", confidence: float = 0.97, state: str = "read", page: int = 1) -> Read:
    return Read(field=field, raw="x", method="label", confidence=confidence, state=state, page=page)  # type: ignore[arg-type]


def judged(each: Read, asked: Rule, *, row: int | None = None, form: UUID = FORM, scanned: int = 0) -> Judged:
    (found,) = model.judge([(row, each)], asked, extraction_id=form, scanned=frozenset({scanned}))
    return found


def test_nothing_is_accepted_unseen_until_somebody_asks_for_it() -> None:
    found = judged(read(), rule(None))

    assert (found.automatic, found.read.state) == ("", "read")
    assert found.calibrated is not None
    assert found.calibrated > 0.98


def test_a_sure_reading_is_accepted_and_says_what_that_stands_on() -> None:
    found = judged(read(), rule())

    assert found.read.state == "read"
    assert "0 of 600 readings were wrong (at most 0.50%)" in found.automatic


@pytest.mark.parametrize(
    ("each", "asked", "doubt"),
    [
        (read(confidence=0.6), rule(), "of the time"),
        (read(), rule(wrong=30), "Too few readings"),
        (read(), Rule(error_rate=0.01), "Too few readings"),
        (read("library_kit", state="blank"), rule(), "forms require it"),
    ],
)
def test_what_is_not_sure_enough_goes_to_a_person(each: Read, asked: Rule, doubt: str) -> None:
    found = judged(each, asked)

    assert (found.automatic, found.read.state) == ("", "needs_review")
    assert doubt in found.read.doubt


def test_a_blank_that_no_form_requires_and_a_doubt_stay_as_they_are() -> None:
    assert judged(read("comments", state="blank"), rule()).read.state == "blank"
    doubt = read(state="needs_review")
    assert judged(doubt, rule()).read is doubt


def test_numbers_of_a_picture_are_never_accepted_unseen() -> None:
    volume = read("volume_ul")

    assert judged(volume, rule(), row=1).automatic
    found = judged(volume, rule(), row=1, scanned=1)
    assert (found.automatic, found.read.state) == ("", "needs_review")
    assert "picture" in found.read.doubt


def test_some_are_drawn_by_lot_and_it_is_always_the_same_ones() -> None:
    found = [judged(read(), rule(), form=UUID(int=number)) for number in range(600)]

    drawn = [each for each in found if each.audited]
    assert 10 <= len(drawn) <= 55
    assert all(each.automatic == "" and each.read.state == "needs_review" for each in drawn)
    assert drawn == [each for each in (judged(read(), rule(), form=UUID(int=n)) for n in range(600)) if each.audited]


def test_one_cell_stands_for_a_column_that_is_not_sure_enough() -> None:
    cells = [(number, read("qubit_ng_per_ul", 0.97)) for number in range(1, 9)]
    low = Rule(error_rate=0.01)

    states = [each.read.state for each in model.judge(cells, low, extraction_id=FORM)]
    assert states == ["needs_review", *["read"] * 7]


def test_an_error_rate_that_no_number_of_readings_could_show_yet_is_refused() -> None:
    with pytest.raises(errors.Conflict, match="179 more"):
        model.refuse_unfounded(120, 0.01)
    model.refuse_unfounded(299, 0.01)
    model.refuse_unfounded(0, None)


def test_calibrations_are_made_when_enough_is_new() -> None:
    assert [model.due(0, None), model.due(1, None)] == [False, True]
    assert [model.due(119, 100), model.due(120, 100)] == [False, True]
    assert [model.due(5199, 5000), model.due(5200, 5000)] == [False, True]


def test_drift_is_told_from_chance_by_forms_and_not_by_values() -> None:
    steady = [0.0, 0.05, 0.0, 0.1] * 30

    assert not drift(steady).worse
    assert drift([0.3, 0.2, 0.4, 0.25] * 5 + steady).worse
    one_bad_form = drift([1.0, *steady[:19], *steady])
    assert (one_bad_form.worse, one_bad_form.last > one_bad_form.before + 0.03) == (False, True)
    assert not drift([0.06] * 20 + [0.05] * 100).worse, "certain, and too little to matter"
    few = drift([0.5] * 20 + [0.0] * 5)
    assert (few.worse, few.chance, few.missing) == (False, None, 15)
