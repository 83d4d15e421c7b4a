"""Where a live run goes until its planned end, by the decay that forecasts are made of and their backtest judges."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from nanopore_tracking.services.sample.decays import model as decays
from nanopore_tracking.services.sample.decays.model import Decay

_GB = 1e9
#: A rate that is this many times that of the hour before is another load.
_RELOAD = 1.3


@dataclass(frozen=True, kw_only=True, slots=True)
class Projection:
    """A decay looked ahead by. at_h: from which hour on; bases: there are then; from_h: since when it is fitted."""

    decay: Decay
    at_h: float
    bases: int
    from_h: float

    def bases_at(self, hour: float) -> int:
        """Return the bases at a later hour: what is there, and what the decaying rate gives until then."""
        return self.bases + round(_GB * self.decay.ahead(max(0.0, hour - self.at_h)))

    def hour_of(self, bases: int) -> float | None:
        """Return at which hour there will be so many bases; None if never."""
        missing, rate, lost = (bases - self.bases) / _GB, self.decay.rate, self.decay.per_h
        if missing <= 0:
            return self.at_h
        if rate <= 0:
            return None
        if abs(lost) < 1e-9:
            return self.at_h + missing / rate
        left = 1.0 - missing * lost / rate
        return self.at_h - math.log(left) / lost if left > 0 else None


def projection(points: Sequence[tuple[float, int]], *, since_h: float = 0.0) -> Projection | None:
    """Return where a run goes; None where too little is known. points: hours and cumulative bases, in order.

    since_h: when the run was last loaded, where that is known; a jump of the rate says it as well.
    """
    jumps = [60 * hour for hour in (since_h, *reloads(points)) if hour > 0]
    known = decays.course([60 * hour for hour, _ in points], [bases / _GB for _, bases in points], jumps)
    if not decays.enough(known):
        return None
    found, (at_h, bases) = decays.decay(known, known.end), points[-1]
    return Projection(decay=found, at_h=at_h, bases=bases, from_h=known.began(known.end) / 60)


def reloads(points: Sequence[tuple[float, int]]) -> list[float]:
    """Return the hours at which the rate jumped up, as it does after a wash and another load."""
    pairs = itertools.pairwise(_hourly(points))
    return [after[0] - 0.5 for before, after in pairs if after[1] > _RELOAD * before[1]]


def _hourly(points: Sequence[tuple[float, int]]) -> list[tuple[float, float]]:
    """Return the middle and the rate of each whole hour that has bases and no break; the first one is of the start."""
    if not points:
        return []
    by_hour: list[tuple[float, float]] = []
    begin = points[0]
    for point in points[1:]:
        wide = point[0] - begin[0]
        if wide >= 1.0:
            if wide < 1.5 and point[1] > begin[1]:
                by_hour.append((begin[0] + wide / 2, (point[1] - begin[1]) / wide))
            begin = point
    return by_hour
