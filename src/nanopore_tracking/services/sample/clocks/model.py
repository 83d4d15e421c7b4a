"""When something is due: targets by priority and service, counted in hours or on the facility's working days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from nanopore_tracking.kernel import errors

Basis = Literal["priority", "service"]
PauseReason = Literal["customer_question", "waiting_for_reagent", "instrument_down", "on_hold"]

#: Stages that no clock runs at: the customer sends, or the work is done.
UNCLOCKED = ("expected", "delivered", "archived")
#: What the clock of a submission is for.
REVIEW = "review"
_DAY_S = 86_400.0
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The days that the facility works on, in its own time zone: Monday to Friday without holidays."""

    zone: tzinfo = UTC
    holidays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Tell whether it is a working day."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def after(self, at: datetime, work_s: float) -> datetime:
        """Return when so much working time has passed; a working day has 24 hours of it, any other day none."""
        now, left = self._local(at), timedelta(seconds=work_s)
        while True:
            end = _midnight_after(now)
            if self.works(now.date()):
                if left <= end - now:
                    return (now + left).replace(tzinfo=self.zone).astimezone(UTC)
                left -= end - now
            now = end

    def between(self, begin: datetime, end: datetime) -> float:
        """Return how much working time lies between two moments, in seconds; negative where the end is the earlier."""
        if end < begin:
            return -self.between(end, begin)
        now, last, found = self._local(begin), self._local(end), timedelta()
        while now < last:
            midnight = _midnight_after(now)
            if self.works(now.date()):
                found += min(midnight, last) - now
            now = midnight
        return found.total_seconds()

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(tzinfo=None)


def _midnight_after(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time())


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """How long something may take: hours of the day and night, or working days."""

    basis: Basis = "priority"
    hours: int | None = None
    days: int | None = None

    def due(self, at: datetime, calendar: Calendar) -> datetime:
        """Return when something is due that begins at a moment."""
        return self.later(at, self.seconds, calendar)

    @property
    def seconds(self) -> float:
        """How long that is, in seconds of the day or of work."""
        return self.hours * 3600.0 if self.hours is not None else (self.days or 0) * _DAY_S

    def later(self, at: datetime, seconds: float, calendar: Calendar) -> datetime:
        """Return the moment that lies so many seconds after another one, as this target counts them."""
        return at + timedelta(seconds=seconds) if self.hours is not None else calendar.after(at, seconds)

    def apart(self, begin: datetime, end: datetime, calendar: Calendar) -> float:
        """Return the seconds between two moments, as this target counts them."""
        return (end - begin).total_seconds() if self.hours is not None else calendar.between(begin, end)


#: What each priority promises for every single stage.
PRIORITY_TARGETS: Mapping[str, Target] = {
    "urgent": Target(hours=24),
    "high": Target(hours=48),
    "normal": Target(days=5),
    "low": Target(days=10),
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What targets are counted by. sla_days: working days by service and stage."""

    calendar: Calendar = field(default_factory=Calendar)
    sla_days: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """A clock that is not stopped. left_s: None while it runs; paused: reason and since when; over: ended pauses."""

    id: UUID
    stage: str
    priority: str
    target: Target
    started_at: datetime
    due_at: datetime
    left_s: float | None = None
    paused: tuple[PauseReason, datetime] | None = None
    over: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Wound:
    """What a clock is wound to."""

    target: Target
    due_at: datetime


def wind(stage: str, priority: str, service_type: str, *, at: datetime, terms: Terms) -> Wound | None:
    """Return until when a stage should be done that begins now: the sooner of what priority and service promise."""
    if stage in UNCLOCKED:
        return None
    targets = [PRIORITY_TARGETS[priority]]
    days = terms.sla_days.get(service_type, {}).get(stage)
    if days is not None:
        targets.append(Target(basis="service", days=days))
    return min(
        (Wound(target=target, due_at=target.due(at, terms.calendar)) for target in targets),
        key=lambda wound: wound.due_at,
    )


def paused(clock: Clock, reason: PauseReason, *, at: datetime, calendar: Calendar) -> Clock:
    """Return the clock as it stands still from now on; what it has left is kept."""
    left_s = clock.target.apart(at, clock.due_at, calendar) if clock.left_s is None else clock.left_s
    return replace(clock, left_s=left_s, paused=(reason, at))


def resumed(clock: Clock, *, at: datetime, calendar: Calendar) -> Clock:
    """Return the clock as it runs on; what was late when it was paused stays as late as it was."""
    if clock.left_s is None or clock.paused is None:
        return clock
    due_at = clock.target.later(at, clock.left_s, calendar) if clock.left_s > 0 else clock.due_at
    over = (*clock.over, (clock.paused[1], at))
    return replace(clock, due_at=due_at, left_s=None, paused=None, over=over)


def rewound(clock: Clock, wound: Wound, *, priority: str, calendar: Calendar) -> Clock:
    """Return the clock with another target, counted from the same start, its pauses left out."""
    due_at, target = wound.due_at, wound.target
    for begin, end in clock.over:
        if begin < due_at:
            due_at = target.later(due_at, target.apart(begin, end, calendar), calendar)
    left_s = target.apart(clock.paused[1], due_at, calendar) if clock.paused else None
    return replace(clock, priority=priority, target=target, due_at=due_at, left_s=left_s)


def pausable(clock: Clock | None, what: str) -> Clock:
    """Return the clock when it can be paused; Conflict where there is none or it stands still already."""
    if clock is None:
        raise errors.Conflict(f"No clock of {what} runs now. Nothing was changed.", type="no-clock")
    if clock.paused is not None:
        said = clock.paused[0].replace("_", " ")
        raise errors.Conflict(f"The clock of {what} stands still: {said}. Nothing was changed.", type="clock-paused")
    return clock


def resumable(clock: Clock | None, what: str) -> Clock:
    """Return the clock when a person can let it run on; Conflict where it runs or waits for something else."""
    if clock is None or clock.paused is None:
        raise errors.Conflict(f"The clock of {what} does not stand still. Nothing was changed.", type="clock-runs")
    if clock.paused[0] == "on_hold":
        message = f"The clock of {what} stands still as it is on hold. Nothing was changed; resume it by a transition."
        raise errors.Conflict(message, type="clock-on-hold")
    return clock


def zone(name: str) -> tzinfo:
    """Return a time zone by its name; UTC for one that is not known here."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
