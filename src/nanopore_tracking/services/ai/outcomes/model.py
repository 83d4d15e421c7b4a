"""The numbers by which readers are measured, and whether the last forms were read worse than those before; pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

#: What numbers can be told apart by.
By = Literal["week", "method", "field", "template", "version"]
#: How many of the last forms are compared with how many before them, and how many at least.
LAST, BEFORE, LEAST = 20, 200, 20
#: The last forms are read worse where chance explains it so seldom, and where it is so much more.
_CHANCE, _MORE = 0.01, 0.03


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What came of readings of one kind; counts of values, automatic and escaped of fields and columns."""

    week: date | None
    method: str | None
    field: str | None
    template: str | None
    version: str | None
    unit: str
    documents: int
    right_count: int
    wrong_count: int
    extra_count: int
    missing_count: int
    automatic_count: int
    escaped_count: int

    @property
    def precision(self) -> float | None:
        """The share of what was read that is right; None where nothing was."""
        return _share(self.right_count, self.right_count + self.wrong_count + self.extra_count)

    @property
    def recall(self) -> float | None:
        """The share of what is there that was read right; None where nothing is."""
        return _share(self.right_count, self.right_count + self.wrong_count + self.missing_count)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both: twice the right ones among all that was read and all that is there."""
        read = self.right_count + self.wrong_count + self.extra_count
        return _share(2 * self.right_count, read + self.right_count + self.wrong_count + self.missing_count)

    @property
    def correction_rate(self) -> float | None:
        """The share of values that a person had to change, add or clear; None without any."""
        changed = self.wrong_count + self.extra_count + self.missing_count
        return _share(changed, changed + self.right_count)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Whether the last forms needed more corrections. last, before: mean shares; chance: of seeing that by accident.

    missing: how many more forms are needed before it can be said; chance is None until then.
    """

    worse: bool
    last: float
    before: float
    last_count: int
    before_count: int
    chance: float | None
    missing: int


def drift(shares: Sequence[float]) -> Drift:
    """Compare the last forms with those before. shares: of corrected values, the newest form first.

    One-sided rank test of Mann and Whitney (1947) with its correction for ties: forms are compared, not values, as the
    values of one form are wrong together.
    """
    last, before = shares[:LAST], shares[LAST : LAST + BEFORE]
    means = [sum(part) / len(part) if part else 0.0 for part in (last, before)]
    lacking = max(0, LAST + LEAST - len(shares))
    chance = None if lacking else _larger_by_chance(last, before)
    return Drift(
        worse=chance is not None and chance < _CHANCE and means[0] - means[1] >= _MORE,
        last=means[0],
        before=means[1],
        last_count=len(last),
        before_count=len(before),
        chance=chance,
        missing=lacking,
    )


def _larger_by_chance(last: Sequence[float], before: Sequence[float]) -> float:
    """Return how probable it is that the first numbers rank so high among all of them, if both are of one kind."""
    ordered = sorted([*last, *before])
    rank_of: dict[float, float] = {}
    tied = at = 0
    while at < len(ordered):
        count = ordered.count(ordered[at])
        rank_of[ordered[at]] = at + (count + 1) / 2
        tied += count**3 - count
        at += count
    n, m = len(last), len(before)
    whole = n + m
    above = sum(rank_of[each] for each in last) - n * (n + 1) / 2
    variance = n * m / 12 * (whole + 1 - tied / (whole * (whole - 1)))
    if variance <= 0:
        return 1.0
    z = (above - n * m / 2 - 0.5) / math.sqrt(variance)
    return 0.5 * math.erfc(z / math.sqrt(2))
