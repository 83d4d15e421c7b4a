"""What confidences mean: probabilities that never fall, honest bounds of error rates, and silence without data."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanopore_tracking.services.ai.calibrations import model
from nanopore_tracking.services.ai.calibrations.model import Seen

#: What a reader says, and how often that is right: too sure in the middle, not sure enough at the top.
WORLD = {0.99: 0.9995, 0.97: 0.999, 0.95: 0.995, 0.88: 0.95, 0.7: 0.6, 0.5: 0.2}
POINTS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200)


def forms(seed: int, documents: int) -> list[Seen]:
    """Readings of forms of that world."""
    chance = random.Random(seed)
    found = []
    for document in range(documents):
        for field in range(25):
            said = chance.choice(list(WORLD))
            right = chance.random() < WORLD[said]
            found.append(
                Seen(
                    document=str(document),
                    unit="field",
                    field=f"f{field}",
                    method="label",
                    confidence=said,
                    right=right,
                )
            )
    return found


def chances(calibration: model.Calibration, seen: list[Seen]) -> list[tuple[float, bool]]:
    found = []
    for each in seen:
        chance = calibration.probability(each.unit, each.field, each.method, confidence=each.confidence)
        assert chance is not None
        found.append((chance, each.right))
    return found


@given(POINTS)
def test_a_curve_never_falls_and_stays_a_probability(points: list[tuple[float, bool]]) -> None:
    curve = model.fit(points)

    values = [curve.at(number / 50) for number in range(51)]
    assert values == sorted(values)
    assert all(0 <= value <= 1 for value in values)
    assert curve.starts == sorted(set(curve.starts))


@given(POINTS)
def test_bins_hold_every_reading_and_errors_are_between_0_and_1(points: list[tuple[float, bool]]) -> None:
    found = model.quality(points)

    assert sum(each.count for each in found.bins) == found.count == len(points)
    assert 0 <= found.ece <= 1
    assert 0 <= found.brier <= 1
    assert all(each.low <= each.said + 1e-9 and each.said <= each.high + 1e-9 for each in found.bins)


def test_the_errors_of_a_calibration_are_those_of_its_definition() -> None:
    found = model.quality([(0.95, True), (0.95, False), (0.15, False), (0.15, True)])

    assert found.ece == pytest.approx(0.5 * 0.45 + 0.5 * 0.35)
    assert found.brier == pytest.approx((0.05**2 + 0.95**2 + 0.15**2 + 0.85**2) / 4)


@pytest.mark.parametrize(
    ("errors", "count", "at_most"),
    [(0, 299, 0.00997), (0, 10, 0.2589), (3, 100, 0.07571), (10, 10, 1.0), (5, 10, 0.7776)],
)
def test_bounds_are_those_of_clopper_and_pearson(errors: int, count: int, at_most: float) -> None:
    assert model.bound(errors, count) == pytest.approx(at_most, abs=1e-4)


@given(st.integers(1, 400), st.data())
def test_a_bound_is_above_the_rate_and_grows_with_errors(count: int, data: st.DataObject) -> None:
    errors = data.draw(st.integers(0, count - 1))

    assert errors / count < model.bound(errors, count) <= model.bound(errors + 1, count)


def test_twenty_forms_make_confidences_fit_on_others() -> None:
    other = forms(99, 150)
    said = model.quality([(each.confidence, each.right) for each in other])
    calibrated = model.quality(chances(model.calibrate(forms(1, 20)), other))

    assert calibrated.ece <= 0.03 < said.ece
    assert calibrated.brier < said.brier


def test_below_the_least_number_of_readings_nothing_is_said() -> None:
    few = forms(1, 4)[: model.ENOUGH - 1]

    assert model.calibrate(few).of("field", "f1", "label") is None
    assert model.missing(few)["field", "f1", "label"] == model.ENOUGH - 4
    assert model.calibrate(forms(1, 4)).of("field", "f1", "label") is not None, "from all fields together"
    assert model.calibrate(forms(1, 4)).of("column", "f1", "label") is None


def test_what_is_accepted_at_one_percent_is_wrong_less_often() -> None:
    over = []
    for seed in range(20):
        seen, calibration = forms(seed, 60), model.calibrate(forms(seed, 60))
        limit = model.threshold([(chance, each.right) for each, chance in model.tried(seen)], 0.01)
        assert limit.least is not None
        said = {each.confidence for each in seen}
        taken = [
            WORLD[each]
            for each in said
            if (calibration.probability("field", "f1", "label", confidence=each) or 0) >= limit.least
        ]
        over.append(sum(1 - right for right in taken) > 0.01 * len(taken))
    assert sum(over) <= 1


def test_a_threshold_without_enough_readings_says_how_many_are_missing() -> None:
    assert model.threshold([(0.9, True)] * 100, 0.01) == model.Threshold(None, 100, 0, model.bound(0, 100), 199)
    assert model.threshold([(0.9, True)] * 299, 0.01).least == 0.9
    bad = model.threshold([(0.9, True)] * 200 + [(0.9, False)] * 100, 0.01)
    assert (bad.least, bad.missing) == (None, 0)
