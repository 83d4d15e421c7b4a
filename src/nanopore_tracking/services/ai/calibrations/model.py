"""Turns how sure a reader says it is into how often it is right, and says where that may be trusted; pure.

Sources: isotonic regression by adjacent violators (Ayer et al. 1955); expected calibration error (Guo et al. 2017); the
Brier score (1950); the bound of an error rate by Clopper and Pearson (1934).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

#: A field of a form is one reading; a column of its table is one too, as one misread heading spoils all of its cells.
Unit = Literal["field", "column"]
#: Readings that a calibration needs: below, it stays silent.
ENOUGH = 100
#: Readings of one step of a calibration, so that no step stands on a handful.
_STEP = 20
_BINS = 10
#: How often the bound of an error rate is above the true one.
CERTAINTY = 0.95
_FOLDS = 5
_HALVINGS = 60


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One reading that a person looked at. document: readings of one are never judged by each other."""

    document: str
    unit: Unit
    field: str
    method: str
    confidence: float
    right: bool


class Curve(msgspec.Struct, frozen=True):
    """A step function that never falls: from each start on, readings are right with that probability."""

    starts: list[float]
    values: list[float]
    count: int

    def at(self, confidence: float) -> float:
        """Return the probability for a confidence."""
        index = sum(start <= confidence for start in self.starts) - 1
        return self.values[max(0, index)]


class Calibration(msgspec.Struct, frozen=True):
    """Curves by what they are for: of a field and a method, of a method, of a unit; the first that there is counts."""

    curves: dict[str, Curve] = {}

    def of(self, unit: Unit, field: str, method: str) -> Curve | None:
        """Return the curve for a reading, None where too few were looked at."""
        return next((self.curves[key] for key in _keys(unit, field, method) if key in self.curves), None)

    def probability(self, unit: Unit, field: str, method: str, *, confidence: float) -> float | None:
        """Return how probably a reading is right, None where too few were looked at."""
        curve = self.of(unit, field, method)
        return None if curve is None else curve.at(confidence)


class Bin(msgspec.Struct, frozen=True):
    """Readings that said about the same: how many, what they said in the mean, and which share was right."""

    low: float
    high: float
    count: int
    said: float
    right: float


class Quality(msgspec.Struct, frozen=True):
    """How well probabilities fit: bins, the expected calibration error and the Brier score, both 0 at best."""

    count: int
    bins: list[Bin]
    ece: float
    brier: float


class Threshold(msgspec.Struct, frozen=True):
    """From which probability on readings are wrong seldom enough.

    least: None where that cannot be said; count and errors: of the readings from there on; bound: of their error rate,
    with a certainty of 95 %; missing: how many more without an error would do, where there are too few.
    """

    least: float | None
    count: int
    errors: int
    bound: float
    missing: int = 0


def _keys(unit: Unit, field: str, method: str) -> tuple[str, str, str]:
    return f"{unit}/{field}/{method}", f"{unit}//{method}", f"{unit}//"


def calibrate(seen: Iterable[Seen]) -> Calibration:
    """Return what confidences mean, wherever enough readings were looked at."""
    groups: dict[str, list[tuple[float, bool]]] = {}
    for each in seen:
        for key in _keys(each.unit, each.field, each.method):
            groups.setdefault(key, []).append((each.confidence, each.right))
    return Calibration({key: fit(points) for key, points in groups.items() if len(points) >= ENOUGH})


def missing(seen: Iterable[Seen]) -> dict[tuple[Unit, str, str], int]:
    """Return how many readings each unit, field and method lacks until it has a calibration of its own."""
    counts: dict[tuple[Unit, str, str], int] = {}
    for each in seen:
        key = (each.unit, each.field, each.method)
        counts[key] = counts.get(key, 0) + 1
    return {key: max(0, ENOUGH - count) for key, count in counts.items()}


def fit(points: Sequence[tuple[float, bool]]) -> Curve:
    """Return the curve through readings by isotonic regression, its steps drawn a little towards the common rate."""
    base = sum(right for _, right in points) / len(points)
    blocks: list[tuple[float, int, int]] = []  # where it starts, how many, how many of them right
    for start, count, right in _steps(points):
        at, many, good = start, count, right
        while blocks and blocks[-1][2] * many >= good * blocks[-1][1]:
            before = blocks.pop()
            at, many, good = before[0], before[1] + many, before[2] + good
        blocks.append((at, many, good))
    values, least = [], 0.0
    for _, many, good in blocks:
        least = max(least, (good + base) / (many + 1))
        values.append(min(1.0, least))
    return Curve([at for at, _, _ in blocks], values, len(points))


def _steps(points: Sequence[tuple[float, bool]]) -> list[tuple[float, int, int]]:
    """Return readings in steps of at least so many, those of the same confidence together."""
    steps: list[tuple[float, int, int]] = []
    last = None
    for confidence, right in sorted(points):
        if steps and (steps[-1][1] < _STEP or confidence == last):
            at, count, good = steps.pop()
            steps.append((at, count + 1, good + right))
        else:
            steps.append((confidence, 1, int(right)))
        last = confidence
    if len(steps) > 1 and steps[-1][1] < _STEP:
        (_, count, good), (at, many, well) = steps.pop(), steps.pop()
        steps.append((at, many + count, well + good))
    return steps


def tried(seen: Sequence[Seen]) -> list[tuple[Seen, float]]:
    """Return readings with probabilities from the documents that they are not of; without those that have none."""
    names = sorted({each.document for each in seen})
    fold_of = {name: number % _FOLDS for number, name in enumerate(names)}
    found = []
    for fold in range(_FOLDS):
        others = calibrate(each for each in seen if fold_of[each.document] != fold)
        for each in seen:
            if fold_of[each.document] == fold:
                chance = others.probability(each.unit, each.field, each.method, confidence=each.confidence)
                if chance is not None:
                    found.append((each, chance))
    return found


def quality(points: Sequence[tuple[float, bool]]) -> Quality:
    """Return how well probabilities fit what happened."""
    bins = []
    for number in range(_BINS):
        there = [(said, right) for said, right in points if min(int(said * _BINS), _BINS - 1) == number]
        if there:
            said, good = sum(s for s, _ in there) / len(there), sum(r for _, r in there) / len(there)
            bins.append(Bin(number / _BINS, (number + 1) / _BINS, len(there), said, good))
    count = max(1, len(points))
    ece = sum(each.count * abs(each.right - each.said) for each in bins) / count
    brier = sum((said - right) ** 2 for said, right in points) / count
    return Quality(len(points), bins, ece, brier)


def bound(errors: int, count: int) -> float:
    """Return what an error rate is at most, with a certainty of 95 %: one-sided, by Clopper and Pearson."""
    if errors >= count:
        return 1.0
    low, high = errors / count, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(errors, count, middle) > 1 - CERTAINTY else (low, middle)
    return high


def _at_most(errors: int, count: int, rate: float) -> float:
    """Return how probable so few errors are at a rate between 0 and 1, both excluded."""
    if rate <= 0.0:
        return 1.0
    if rate >= 1.0:
        return 0.0
    whole = math.lgamma(count + 1)
    return sum(
        math.exp(
            whole
            - math.lgamma(k + 1)
            - math.lgamma(count - k + 1)
            + k * math.log(rate)
            + (count - k) * math.log1p(-rate)
        )
        for k in range(errors + 1)
    )


def needed(error_rate: float) -> int:
    """Return how many readings without an error show that the rate is no higher."""
    return math.ceil(math.log(1 - CERTAINTY) / math.log1p(-error_rate))


def threshold(points: Sequence[tuple[float, bool]], error_rate: float) -> Threshold:
    """Return from which probability on the bound of the error rate is no higher than asked."""
    best: Threshold | None = None
    count = errors = 0
    ordered = sorted(points, reverse=True)
    for number, (chance, right) in enumerate(ordered):
        count, errors = count + 1, errors + (not right)
        last = number + 1 == len(ordered) or ordered[number + 1][0] < chance
        # The bound is never below the rate itself, and takes longer.
        if last and errors <= error_rate * count and (most := bound(errors, count)) <= error_rate:
            best = Threshold(chance, count, errors, most)
    if best is not None:
        return best
    return Threshold(None, count, errors, bound(errors, count) if count else 1.0, max(0, needed(error_rate) - count))
