"""Clocks: until when a stage or a review should be done, why a clock stands still, and how long the stages took."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked, LooseLine
from nanopore_tracking.contracts.api.sample.samples import Priority

PauseReason = Literal["customer_question", "waiting_for_reagent", "instrument_down", "on_hold"]


class NewPause(Asked, frozen=True, kw_only=True):
    """Let the clock of a sample stand still. note: which reagent or instrument."""

    reason: Annotated[
        Literal["waiting_for_reagent", "instrument_down"], Meta(description="Why nothing can be done now.")
    ]
    note: LooseLine = ""


class Resumption(Asked, frozen=True, kw_only=True):
    """Let the clock of a sample run on."""


class Pause(Answer, frozen=True, kw_only=True):
    """A time in which a clock stood still; resumed_at: None while it does."""

    reason: PauseReason
    note: str
    paused_by: str
    paused_at: datetime
    resumed_by: str | None
    resumed_at: datetime | None


class Clock(Answer, frozen=True, kw_only=True):
    """A clock. basis: whether the priority or the service promised it, the sooner of which counts.

    stage: `review` for that of a submission; target_hours or target_days: hours of day and night, or working days;
    left_s: what it has left while it stands still; stopped_at: None while the work goes on; breached: it was, or is,
    late.
    """

    id: UUID
    stage: str
    priority: Priority
    basis: Literal["priority", "service"]
    target_hours: int | None
    target_days: int | None
    started_at: datetime
    due_at: datetime
    left_s: float | None
    stopped_at: datetime | None
    breached: bool
    pauses: list[Pause]


class StageTurnaround(Answer, frozen=True, kw_only=True):
    """How long one stage took, of the clocks that stopped within the days asked for.

    median_h, p90_h, p95_h: hours by the clock on the wall that half, 90 % and 95 % of them took no longer than, pauses
    left out; paused_h: hours that all of them stood still together; breached: how many were late.
    """

    stage: str
    count: int
    median_h: float
    p90_h: float
    p95_h: float
    paused_h: float
    breached: int


class BreachCause(Answer, frozen=True, kw_only=True):
    """Late clocks of one stage by what they stood still for the longest; cause: `no_pause` where they never did."""

    stage: str
    cause: str
    count: int


class Turnaround(Answer, frozen=True, kw_only=True):
    """How long the stages took. first_day, last_day: of the clocks that stopped (UTC), both included."""

    first_day: date
    last_day: date
    stages: list[StageTurnaround]
    causes: list[BreachCause]
