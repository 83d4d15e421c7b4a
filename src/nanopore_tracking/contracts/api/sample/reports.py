"""Reports over some weeks, and what needs attention now; each says what it counts."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.base import Answer
from nanopore_tracking.contracts.api.sample.samples import Exit, Stage, Status


class ThroughputWeek(Answer, frozen=True, kw_only=True):
    """One week, which begins on a Monday at 00:00 UTC.

    received, delivered: samples that came to that stage in it; left: samples that left the way; reworked: transitions
    back.
    """

    week: date
    received: int
    delivered: int
    left: int
    reworked: int


class Throughput(Answer, frozen=True, kw_only=True):
    """The weeks of a period in their order, those without anything too."""

    definition: str
    since: date
    until: date
    items: list[ThroughputWeek]


class StageLoad(Answer, frozen=True, kw_only=True):
    """How many samples came to a stage in a week; of them how many by going back."""

    week: date
    stage: Stage
    entered: int
    reworked: int


class WeeklyLoad(Answer, frozen=True, kw_only=True):
    """Weeks and stages to which any sample came."""

    definition: str
    since: date
    until: date
    items: list[StageLoad]


class FailureCause(Answer, frozen=True, kw_only=True):
    """Samples that left the way from a stage for a reason, as it was written."""

    stage: Stage
    exit: Exit
    reason: str
    samples: int


class Failures(Answer, frozen=True, kw_only=True):
    """The most frequent causes first, at most 100; total: all samples that left the way in the period."""

    definition: str
    since: date
    until: date
    total: int
    items: list[FailureCause]


class Attention(Answer, frozen=True, kw_only=True):
    """A sample that somebody has to look at.

    cause: on hold for long, failed lately, late at its stage, or basecalled with less than its submission asks for;
    reason: in words; since: when that began.
    """

    id: UUID
    code: str
    name: str
    lab_name: str
    stage: Stage
    status: Status
    cause: Literal["on_hold", "failed", "late", "low_yield"]
    reason: str
    assignee: str
    since: datetime
