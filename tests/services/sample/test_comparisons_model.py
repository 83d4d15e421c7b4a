"""A run is odd where it lies far from the runs before it, and nowhere where those are few or all alike."""

import random

from nanopore_tracking.services.sample.comparisons import model
from nanopore_tracking.services.sample.comparisons.model import Compared

USUAL = [random.Random(4).gauss(82, 4) for _ in range(1)] + [82 + (n % 9) - 4 for n in range(39)]


def _compared(value: float, others: list[float]) -> Compared:
    return Compared(
        code="R26-000009",
        kits=["SQK-LSK114"],
        product_code="FLO-PRO114M",
        figures={"occupancy": value},
        others={"occupancy": others},
    )


def test_a_value_far_from_the_median_is_odd_and_one_beside_it_is_not() -> None:
    odd, plain = (model.compare(_compared(value, USUAL)) for value in (40.0, 80.0))
    assert [(each.name, each.odd, each.n) for each in odd.traits] == [("occupancy", True, 40)]
    assert odd.sentence.startswith("One figure lies far from the finished runs with SQK-LSK114 on FLO-PRO114M")
    assert "robust deviations below the 82.0 %" in odd.traits[0].sentence
    assert not plain.traits[0].odd
    assert plain.sentence.startswith("No figure lies far")


def test_few_runs_and_runs_that_are_all_alike_say_nothing() -> None:
    few = model.compare(_compared(40.0, USUAL[: model.LEAST_RUNS - 1]))
    alike = model.compare(_compared(40.0, [80.0] * 30))
    assert (few.traits[0].median, few.traits[0].z, few.traits[0].odd) == (None, None, False)
    assert "15 are needed" in few.traits[0].sentence
    assert "too few" in few.sentence
    assert (alike.traits[0].z, alike.traits[0].odd) == (None, False)
    assert "cannot be said" in alike.traits[0].sentence


def test_of_ordinary_runs_few_are_called_odd() -> None:
    chance = random.Random(11)
    values = [chance.gauss(400, 12) for _ in range(2000)]
    odd = sum(model.trait("speed", value, values[:200]).odd for value in values)
    assert odd / len(values) < 0.01
