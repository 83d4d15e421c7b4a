"""The decay of a run: found again where it is known, drawn to that of many runs while there is little, else silence."""

import math
import random

import pytest

from nanopore_tracking.services.sample.decays.model import Decay
from nanopore_tracking.services.sample.projections import model
from tests.services.sample.telling import bases_until


def _curve(hours: float, *, half_life_h: float, noise: float = 0.0, step_min: int = 15) -> list[tuple[float, int]]:
    rng = random.Random(7)
    found, total, before = [(0.0, 0)], 0.0, 0
    for minute in range(step_min, int(hours * 60) + 1, step_min):
        now = bases_until(minute, half_life_h=half_life_h)
        total += (now - before) * (1 + rng.uniform(-noise, noise))
        before = now
        found.append((minute / 60, int(total)))
    return found


@pytest.mark.parametrize("half_life_h", [7.4, 14.0, 29.5])
def test_the_next_twelve_hours_are_found(half_life_h: float) -> None:
    decay = model.projection(_curve(24, half_life_h=half_life_h))
    assert decay is not None
    assert decay.decay.half_life_h == pytest.approx(half_life_h, rel=0.15)
    truth = bases_until(36 * 60, half_life_h=half_life_h) - bases_until(24 * 60, half_life_h=half_life_h)
    assert decay.bases_at(36) - decay.bases == pytest.approx(truth, rel=0.1)


def test_with_little_the_half_life_is_near_that_of_many_runs() -> None:
    decay = model.projection(_curve(4, half_life_h=100, noise=0.1))
    assert decay is not None
    assert decay.decay.half_life_h is not None
    assert 10 < decay.decay.half_life_h < 40


@pytest.mark.parametrize("points", [[], [(0.0, 0)], _curve(1.5, half_life_h=14), [(n / 4, 0) for n in range(60)]])
def test_where_too_little_is_known_nothing_is_said(points: list[tuple[float, int]]) -> None:
    assert model.projection(points) is None


def test_only_what_came_since_the_last_load_counts() -> None:
    first = _curve(24, half_life_h=10)
    again = [(24 + hour, first[-1][1] + bases) for hour, bases in _curve(8, half_life_h=14)[1:]]
    decay = model.projection([*first, *again])
    assert decay is not None
    assert decay.from_h == pytest.approx(24, abs=1)
    assert model.reloads([*first, *again]) == [pytest.approx(24, abs=1)]
    assert model.reloads(first) == []
    truth = bases_until(14 * 60) - bases_until(8 * 60)
    assert decay.bases_at(38) - decay.bases == pytest.approx(truth, rel=0.15)


def test_a_load_that_was_recorded_is_where_it_begins() -> None:
    curve = _curve(24, half_life_h=14)
    decay = model.projection(curve, since_h=20)
    assert decay is not None
    assert decay.from_h >= 20
    assert model.projection(curve, since_h=22.5) is None


@pytest.mark.parametrize("per_h", [math.log(2) / 14, 0.0, -0.02])
def test_when_a_number_of_bases_is_reached_and_that_it_never_is(per_h: float) -> None:
    found = model.Projection(decay=Decay(rate=1.0, per_h=per_h), at_h=10, bases=9_000_000_000, from_h=0)
    hour = found.hour_of(15_000_000_000)
    assert hour is not None
    assert found.bases_at(hour) == pytest.approx(15e9, rel=1e-6)
    assert found.hour_of(8_000_000_000) == 10
    assert (found.hour_of(10**12) is None) == (per_h > 0)
    assert model.Projection(decay=Decay(rate=0.0, per_h=per_h), at_h=10, bases=9, from_h=0).hour_of(10) is None
