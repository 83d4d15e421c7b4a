"""Dates of deliveries hold on a laboratory whose truth is known; where the past says too little, none is said."""

from datetime import timedelta
from statistics import fmean

import pytest

from nanopore_tracking.services.sample.outlooks import model
from nanopore_tracking.services.sample.outlooks.model import Move, Pace, Stay, Waiting
from tests.services.sample import worlds

H = timedelta(hours=1)


@pytest.mark.parametrize("stage", ["received", "library_prep", "basecalling"])
def test_eight_of_ten_come_by_the_second_date_and_it_beats_what_the_last_one_took(stage: str) -> None:
    told = [model.pace(model.stays(worlds.moves(seed))["ont-dna", stage]).backtest for seed in range(5)]
    tests = [each for each in told if each is not None]
    assert len(tests) == 5
    assert 0.75 <= fmean(each.by_most for each in tests) <= 0.85
    assert 0.45 <= fmean(each.by_half for each in tests) <= 0.55
    assert fmean(each.loss_h for each in tests) <= 0.7 * fmean(each.baseline_loss_h for each in tests)


def test_a_queue_counts_where_it_tells_something_and_not_elsewhere() -> None:
    past = [
        Stay(entered_at=worlds.START + n * 5 * H, delivered_at=worlds.START + n * 5 * H + took * H, queue=queue)
        for n in range(200)
        for took, queue in [(20 + n % 7, 1) if n % 2 else (90 + n % 7, 12)]
    ]
    kept = model.pace(past)
    assert kept.busy_from is not None
    assert max(kept.times(1)) < min(kept.times(12))
    same = [Stay(entered_at=each.entered_at, delivered_at=each.entered_at + 20 * H, queue=each.queue) for each in past]
    assert model.pace(same).busy_from is None


def test_the_longer_a_sample_stays_the_fewer_are_like_it_until_nothing_is_said() -> None:
    past = [
        Stay(entered_at=worlds.START + n * H * 9, delivered_at=worlds.START + (n * 9 + 10 + n * 17 % 40) * H, queue=0)
        for n in range(120)
    ]
    paces = {("ont-dna", "received"): (model.pace(past), worlds.START)}
    one = Waiting(service_type="ont-dna", stage="received", entered_at=worlds.START, queue=0)
    at_once, later, too_long = (model.outlook(one, paces, worlds.START + hours * H) for hours in (0, 20, 46))
    assert at_once.half_at is not None
    assert later.half_at is not None
    assert at_once.half_at < later.half_at
    assert (at_once.n, later.n) == (120, 87)
    assert (too_long.half_at, too_long.most_at) == (None, None)
    assert "were in this stage as long" in too_long.sentence


@pytest.mark.parametrize(
    ("stage", "standing", "past", "why"),
    [
        ("received", "", 19, "19 samples like it were delivered"),
        ("received", "it is on hold", 100, "while it is on hold"),
        ("expected", "", 100, "not being worked on"),
        ("sample_qc", "", 100, "0 samples like it"),
    ],
    ids=["few", "held", "unworked", "other stage"],
)
def test_nothing_is_said_without_a_past(stage: str, standing: str, past: int, why: str) -> None:
    stays = [
        Stay(entered_at=worlds.START + n * 30 * H, delivered_at=worlds.START + (n * 30 + 9 + n % 5) * H, queue=0)
        for n in range(past)
    ]
    paces = {("", "received"): (model.pace(stays), worlds.START)}
    one = Waiting(service_type="", stage=stage, entered_at=worlds.START, queue=0, standing=standing)  # type: ignore[arg-type]
    said = model.outlook(one, paces, worlds.START)
    assert (said.half_at, said.most_at) == (None, None)
    assert why in said.sentence


def test_a_forecast_that_the_last_one_beats_is_not_shown() -> None:
    steady = [
        Stay(entered_at=worlds.START + n * 30 * H, delivered_at=worlds.START + (n * 30 + 10 + n) * H, queue=0)
        for n in range(60)
    ]
    kept = model.pace(steady)
    assert kept.backtest is not None
    assert not kept.backtest.better
    one = Waiting(service_type="", stage="received", entered_at=worlds.START, queue=0)
    said = model.outlook(one, {("", "received"): (kept, worlds.START)}, worlds.START)
    assert said.half_at is None
    assert "would have been better" in said.sentence


def test_who_came_back_counts_from_its_first_coming_and_queues_are_of_one_service() -> None:
    came = [
        ("a", "s", "received", 0),
        ("x", "other", "received", 1),
        ("a", "s", "sample_qc", 2),
        ("b", "s", "received", 3),
    ]
    back = [
        ("a", "s", "received", 4),
        ("c", "s", "received", 5),
        ("a", "s", "sample_qc", 6),
        ("a", "s", "delivered", 9),
    ]
    found = model.stays(
        Move(who, service, stage, worlds.START + hours * H) for who, service, stage, hours in came + back
    )
    (stay,) = found["s", "received"]
    assert (stay.took_h, stay.queue) == (9, 0)
    assert found["s", "sample_qc"][0].took_h == 7
    again = model.stays(
        Move(who, "s", stage, worlds.START + hours * H)
        for who, stage, hours in [("a", "received", 0), ("b", "received", 1), ("b", "delivered", 2)]
    )
    assert again["s", "received"][0].queue == 1
    assert Pace(short_h=[1.0]).times(10) == [1.0]
