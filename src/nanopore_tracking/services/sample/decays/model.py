"""Gigabases within the next hours if nothing is done: a decay that is fitted to the course since the last reload.

Pure functions over arrays: minutes (of the run, rising), gb (cumulated gigabases until each of them, never falling) and
reloads (minutes at which something was loaded or washed). Whoever has these arrays can ask, of a finished run or live.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from nanopore_tracking.contracts.api.sample.forecasts import YieldHorizon

#: Hours that are looked ahead.
HORIZONS_H = (6, 12)
#: The half-life of a flow cell that nothing else is known of, in hours: the median of 125 windows of published runs.
HALF_LIFE_H = 14.0
#: How sure that is: the decay of flow cells, per hour, is spread by so much around it.
_SPREAD_PER_H = 0.03
#: A rate of one hour differs from the fitted one by at least so much (of its logarithm): pores come and go.
_LEAST_NOISE = 0.08
#: Rates of the first hour after a load rise still; they count where there are no others.
_RISING_MIN = 60
_SLOT_MIN = 60
#: A course shorter than this says nothing.
LEAST_MIN = 120
#: A load within this is the one that the run begins with.
_AT_START_MIN = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What a run has given so far. minutes, gb: see above; reloads: minutes; `course` leaves those at the start out."""

    minutes: Sequence[float]
    gb: Sequence[float]
    reloads: Sequence[float] = ()

    @property
    def end(self) -> float:
        """The last minute that is known."""
        return self.minutes[-1] if self.minutes else 0.0

    def until(self, minute: float) -> float:
        """Return the gigabases until a minute, on a straight line between the points that are known."""
        after = bisect_right(self.minutes, minute)
        if after == len(self.minutes):
            return self.gb[-1] if self.gb else 0.0
        left, low = (self.minutes[after - 1], self.gb[after - 1]) if after else (0.0, 0.0)
        right, high = self.minutes[after], self.gb[after]
        return low + (high - low) * (minute - left) / (right - left) if right > left else high

    def began(self, at: float) -> float:
        """Return the minute of the last reload before a minute, 0 where there was none."""
        return max((each for each in self.reloads if each < at), default=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decay:
    """A fitted decay. rate: gigabases an hour at the minute that is looked ahead from; per_h: what is lost of it."""

    rate: float
    per_h: float

    @property
    def half_life_h(self) -> float | None:
        """After how many hours the rate is half; None where it does not fall."""
        return math.log(2) / self.per_h if self.per_h > 0 else None

    def ahead(self, hours: float) -> float:
        """Return the gigabases of the next hours: the integral of rate · exp(-per_h · t)."""
        lost = self.per_h * hours
        return self.rate * hours if abs(lost) < 1e-9 else self.rate * -math.expm1(-lost) / self.per_h


def course(minutes: Sequence[float], gb: Sequence[float], reloads: Sequence[float] = ()) -> Course:
    """Return a course of arrays of one length; what is not later or is less than before is passed over."""
    kept: list[tuple[float, float]] = []
    for minute, so_far in zip(minutes, gb, strict=True):
        if minute > (kept[-1][0] if kept else 0.0) and so_far >= (kept[-1][1] if kept else 0.0):
            kept.append((minute, so_far))
    later = sorted(each for each in reloads if each > _AT_START_MIN)
    return Course(minutes=[each for each, _ in kept], gb=[each for _, each in kept], reloads=later)


def enough(known: Course, at: float | None = None) -> bool:
    """Tell whether a course says anything at a minute: two hours since its start or its last reload, and some reads."""
    end = known.end if at is None else at
    began = known.began(end)
    return end - began >= LEAST_MIN and known.until(end) > known.until(max(began, end - _SLOT_MIN))


def persistence(known: Course, at: float, hours: float) -> float:
    """Return the baseline: gigabases of the next hours if the rate of the last hour goes on."""
    begin = max(known.began(at), at - _SLOT_MIN)
    return (known.until(at) - known.until(begin)) / (at - begin) * 60 * hours


def decay(known: Course, at: float) -> Decay:
    """Return the decay that a course shows at a minute, since the last reload.

    The logarithms of the hourly rates are fitted by a straight line, least squares; its slope is pulled towards that of
    the prior half-life by as much as its own error is larger than the spread of decays (a normal prior on the slope).
    """
    began = known.began(at)
    first = began + (_RISING_MIN if at - began >= LEAST_MIN + _RISING_MIN else 0)
    slots = max(1, int((at - first) // _SLOT_MIN))
    points = []
    for k in range(slots):
        end = at - k * _SLOT_MIN
        rate = known.until(end) - known.until(end - _SLOT_MIN)
        if rate > 0:
            points.append((-(k + 0.5), math.log(rate)))
    return _fitted(points)


def _fitted(points: Sequence[tuple[float, float]]) -> Decay:
    """Return the decay of points: hours before now (negative), and the logarithm of the rate."""
    prior = -math.log(2) / HALF_LIFE_H
    if not points:
        return Decay(rate=0.0, per_h=-prior)
    many = len(points)
    middle, level = sum(x for x, _ in points) / many, sum(y for _, y in points) / many
    wide = sum((x - middle) ** 2 for x, _ in points)
    slope = prior
    if wide > 0:
        own = sum((x - middle) * (y - level) for x, y in points) / wide
        left = sum((y - level - own * (x - middle)) ** 2 for x, y in points) / max(1, many - 2)
        error = max(_LEAST_NOISE**2, left) / wide
        weight = _SPREAD_PER_H**2 / (_SPREAD_PER_H**2 + error)
        slope = weight * own + (1 - weight) * prior
    return Decay(rate=math.exp(level - slope * middle), per_h=-slope)


def ahead(known: Course, hours: float, *, at: float | None = None) -> float:
    """Return the gigabases of the next hours by the decay. at: from which minute on, the last that is known if None."""
    return decay(known, known.end if at is None else at).ahead(hours)


def horizon(known: Course, hours: int, errors: Sequence[float]) -> YieldHorizon:
    """Return what is said of the next hours. errors: of the backtest, empty for persistence without a band."""
    at = known.end
    if not errors:
        gb = persistence(known, at, hours)
        return YieldHorizon(hours=hours, gb=round(gb, 4), low_gb=None, high_gb=None)
    gb = ahead(known, hours)
    low, middle, high = (shifted(gb, quantile(errors, share)) for share in (0.1, 0.5, 0.9))
    return YieldHorizon(hours=hours, gb=round(middle, 4), low_gb=round(low, 4), high_gb=round(high, 4))


def log_error(came: float, made: float) -> float:
    """Return the error that bands are made of: the logarithm of what came over what was forecast."""
    return math.log(came / made)


def shifted(gb: float, error: float) -> float:
    """Return a forecast as it would have been with an error."""
    return gb * math.exp(error)


def quantile(errors: Sequence[float], share: float) -> float:
    """Return the split-conformal quantile of rising errors: the ⌈share · (n + 1)⌉-th, ⌊…⌋ - 1 for shares under a half.

    Angelopoulos and Bates, A gentle introduction to conformal prediction (2021), section 1.
    """
    many = len(errors)
    if share < 0.5:
        return errors[max(0, math.floor(share * (many + 1)) - 1)]
    return errors[min(many - 1, math.ceil(share * (many + 1)) - 1)]
