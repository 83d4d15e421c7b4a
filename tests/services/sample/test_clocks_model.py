"""Targets, working days and pauses, without anything around them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.clocks import model
from nanopore_tracking.services.sample.clocks.model import Calendar, Clock, Target, Terms

BERLIN = Calendar(zone=ZoneInfo("Europe/Berlin"), holidays=frozenset({date(2026, 12, 25)}))
TERMS = Terms(calendar=BERLIN, sla_days={"ont-dna": {"sample_qc": 3, "library_prep": 5}})
FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("priority", "due"),
    [
        ("urgent", datetime(2026, 11, 28, 15, 0, tzinfo=UTC)),
        ("high", datetime(2026, 11, 29, 15, 0, tzinfo=UTC)),
        ("normal", datetime(2026, 12, 4, 15, 0, tzinfo=UTC)),
        ("low", datetime(2026, 12, 11, 15, 0, tzinfo=UTC)),
    ],
)
def test_capability_15_each_priority_has_its_target(priority: str, due: datetime) -> None:
    wound = model.wind("received", priority, "", at=FRIDAY, terms=TERMS)
    assert wound is not None
    assert (wound.due_at, wound.target.basis) == (due, "priority")


def test_the_service_counts_where_it_is_the_sooner_and_is_named() -> None:
    wound = model.wind("sample_qc", "normal", "ont-dna", at=FRIDAY, terms=TERMS)
    assert wound is not None
    assert (wound.due_at, wound.target.basis) == (datetime(2026, 12, 2, 15, 0, tzinfo=UTC), "service")
    urgent = model.wind("sample_qc", "urgent", "ont-dna", at=FRIDAY, terms=TERMS)
    assert urgent is not None
    assert urgent.target.basis == "priority"


@pytest.mark.parametrize("stage", model.UNCLOCKED)
def test_no_clock_runs_before_the_receipt_and_after_the_delivery(stage: str) -> None:
    assert model.wind(stage, "normal", "", at=FRIDAY, terms=TERMS) is None


def test_weekends_and_holidays_are_left_out_in_the_time_zone_of_the_facility() -> None:
    christmas_eve = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
    assert BERLIN.after(christmas_eve, 86_400) == datetime(2026, 12, 28, 12, 0, tzinfo=UTC)
    saturday_there = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    assert not BERLIN.works(saturday_there.astimezone(BERLIN.zone).date())
    assert BERLIN.after(saturday_there, 3600) == datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(at=moments, work_s=st.floats(60, 30 * 86_400))
def test_working_time_after_a_moment_is_the_working_time_between(at: datetime, work_s: float) -> None:
    assert Calendar().between(at, Calendar().after(at, work_s)) == pytest.approx(work_s, abs=1e-3)


def clock(**said: Any) -> Clock:
    due_at = Target(days=5).due(FRIDAY, BERLIN)
    plain = {"id": uuid7(), "stage": "received", "priority": "normal", "target": Target(days=5)}
    return Clock(**{**plain, "started_at": FRIDAY, "due_at": due_at, **said})


def test_a_pause_puts_the_due_off_by_its_working_time() -> None:
    monday, tuesday = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=4)
    paused = model.paused(clock(), "waiting_for_reagent", at=monday, calendar=BERLIN)
    assert paused.left_s == 4 * 86_400
    after = model.resumed(paused, at=tuesday, calendar=BERLIN)
    assert (after.due_at, after.left_s, after.paused) == (datetime(2026, 12, 7, 15, 0, tzinfo=UTC), None, None)


def test_a_pause_does_not_undo_that_it_was_late() -> None:
    late = FRIDAY + timedelta(days=30)
    paused = model.paused(clock(), "on_hold", at=late, calendar=BERLIN)
    assert model.resumed(paused, at=late + timedelta(days=9), calendar=BERLIN).due_at == clock().due_at


def test_another_priority_counts_from_the_same_start_without_the_pauses() -> None:
    monday, tuesday = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=4)
    went_on = model.resumed(
        model.paused(clock(), "instrument_down", at=monday, calendar=BERLIN), at=tuesday, calendar=BERLIN
    )
    wound = model.wind("received", "low", "", at=FRIDAY, terms=TERMS)
    assert wound is not None
    low = model.rewound(went_on, wound, priority="low", calendar=BERLIN)
    assert low.due_at == datetime(2026, 12, 14, 15, 0, tzinfo=UTC)


def test_a_time_zone_that_is_not_known_is_utc() -> None:
    assert model.zone("Nowhere/Land") is UTC
    assert model.zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")
