"""Forecasts of a yield keep their promises on worlds of known truth, and say nothing where there is too little."""

from datetime import UTC, datetime
from statistics import fmean

import pytest

from nanopore_tracking.services.sample.decays import model as decays
from nanopore_tracking.services.sample.forecasts import model
from nanopore_tracking.services.sample.forecasts.model import Known
from tests.services.sample import worlds

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SEEDS = range(6)


@pytest.mark.parametrize("hours", decays.HORIZONS_H)
def test_bands_hold_on_runs_that_they_were_not_made_of_and_beat_the_last_hour_going_on(hours: int) -> None:
    coverages, gains = [], []
    for seed in SEEDS:
        errors = model.backtest(worlds.runs(seed)).errors[hours]
        low, middle, high = (decays.quantile(errors, share) for share in (0.1, 0.5, 0.9))
        fresh = model.windows(worlds.runs(1000 + seed), hours)
        coverages.append(fmean(low <= each.error <= high for each in fresh))
        loss = fmean(abs(each.came - decays.shifted(each.decay, middle)) for each in fresh)
        gains.append(1 - loss / fmean(abs(each.came - each.persistence) for each in fresh))
    assert 0.75 <= fmean(coverages) <= 0.85
    assert min(gains) >= 0.3


def test_the_backtest_says_of_itself_what_fresh_runs_show() -> None:
    found = model.backtest(worlds.runs(7))
    assert found.runs == 60
    assert found.better()
    for each in found.horizons:
        assert 0.75 <= each.coverage <= 0.85
        assert each.loss_gb <= 0.7 * each.baseline_loss_gb
        assert each.error < each.baseline_error
        assert each.windows > 400


def test_a_run_that_only_decays_is_forecast_as_it_comes() -> None:
    per_h = 0.6931 / 10
    minutes = list(range(10, 30 * 60 + 1, 10))
    gb = [20 * (1 - 2.718281828 ** (-per_h * minute / 60)) for minute in minutes]
    known = decays.course(minutes, gb)
    fitted = decays.decay(known, 24 * 60)
    assert fitted.half_life_h == pytest.approx(10, rel=0.05)
    came = known.until(30 * 60) - known.until(24 * 60)
    assert decays.ahead(known, 6, at=24 * 60) == pytest.approx(came, rel=0.03)
    assert decays.persistence(known, 24 * 60, 6) > 1.15 * came


def test_after_a_reload_only_what_came_since_counts() -> None:
    minutes = list(range(10, 30 * 60 + 1, 10))
    rates = [0.2 if minute <= 24 * 60 else 1.0 for minute in minutes]
    gb = [sum(rates[: n + 1]) for n in range(len(rates))]
    told = decays.decay(decays.course(minutes, gb, [24 * 60 + 1]), 30 * 60)
    untold = decays.decay(decays.course(minutes, gb), 30 * 60)
    assert told.rate == pytest.approx(6, rel=0.15)
    assert untold.half_life_h is None, "without the reload it looks as if the flow cell grew"


@pytest.mark.parametrize(("minutes", "method"), [(110, "none"), (130, "persistence")])
def test_little_of_a_run_says_nothing_and_no_history_says_that_the_last_hour_goes_on(minutes: int, method: str) -> None:
    course = decays.course(list(range(10, minutes + 1, 10)), [0.1 * n for n in range(1, minutes // 10 + 1)])
    run = Known(code="R26-000001", product_code="FLO-MIN114", known=course, ended=False)
    said = model.forecast(run, None, made_at=None)
    assert said.method == method
    assert [(each.low_gb, each.high_gb) for each in said.horizons] == ([(None, None)] * 2 if minutes > 110 else [])
    assert said.backtest is None
    assert (said.runs_known, said.runs_needed) == (0, 20)


def test_bands_are_shown_from_twenty_finished_runs_on() -> None:
    world = worlds.runs(3, 21)
    run = Known(code="R26-000001", product_code="FLO-PRO114M", known=world[20], ended=True)
    few, enough = (model.forecast(run, model.backtest(world[:many]), made_at=NOW) for many in (19, 20))
    assert (few.method, few.backtest, few.runs_known) == ("persistence", None, 19)
    assert "there are 19" in few.sentence
    assert enough.method == "decay"
    assert enough.backtest is not None
    assert enough.backtest.runs == 20
    assert "had it gone on" in enough.sentence
    for each in enough.horizons:
        assert each.low_gb is not None
        assert each.high_gb is not None
        assert each.low_gb < each.gb < each.high_gb


def test_a_decay_that_is_no_better_is_not_shown() -> None:
    flat = [decays.course(list(range(10, 40 * 60 + 1, 10)), [0.1 * n for n in range(1, 241)]) for _ in range(25)]
    found = model.backtest(flat)
    run = Known(code="R26-000001", product_code="FLO-MIN114", known=flat[0], ended=False)
    said = model.forecast(run, found, made_at=NOW)
    assert not found.better()
    assert said.method == "persistence"
    assert "no better" in said.sentence
    assert said.horizons[0].gb == pytest.approx(3.6)


def test_what_is_not_a_course_is_passed_over() -> None:
    known = decays.course([10, 10, 5, 20, 30, 40], [1.0, 2.0, 3.0, 0.5, 2.0, 2.0], [3.0, 25.0])
    assert (list(known.minutes), list(known.gb), list(known.reloads)) == ([10, 30, 40], [1.0, 2.0, 2.0], [25.0])
    assert known.until(20) == pytest.approx(1.5)
    assert not decays.enough(decays.course([], []))
