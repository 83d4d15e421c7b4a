"""Which weeks a report covers, what its numbers mean, and what needs attention."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: Weeks that a report covers at the most.
MOST_WEEKS = 53
#: So long a sample may be on hold before somebody has to look, and so long a failed one is shown.
HELD, FAILED = timedelta(days=3), timedelta(days=7)
#: Causes that a report names.
CAUSES = 100

THROUGHPUT = (
    "Per week from Monday 00:00 UTC: received and delivered are samples that went on to that stage, each once in a "
    "week; left are samples that failed, were damaged, cancelled or never arrived; reworked are transitions back."
)
LOAD = (
    "Per week from Monday 00:00 UTC and stage: how many samples came to the stage, each once in a week; reworked are "
    "those that came back to it."
)
FAILURES = (
    "Samples that left the way in the period, by the stage that they left from, how the sample stands since, and the "
    "reason as it was written. What was resumed later is counted too."
)


#: A number with an optional end of its range after it; with a comma it may mean two things, and is not read.
_NUMBER = r"(?<![\d.,])(\d+(?:\.\d+)?)(?:\s*[-–]\s*\d+(?:\.\d+)?)?\s*"
_SIZES = {"bp": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_BASES = re.compile(_NUMBER + r"(bp|[kmgt]b)(?:ases?|p)?\b", re.IGNORECASE)
_FOLD = re.compile(_NUMBER + r"(?:x\b|×|fold\b)", re.IGNORECASE)
_READS = re.compile(_NUMBER + r"([kmg]?)(?:illions?)?\s*reads?\b", re.IGNORECASE)
_MANY = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


@dataclass(frozen=True, slots=True)
class Aim:
    """What is to be read of each sample: passed bases, or reads."""

    bases_bp: int | None = None
    reads: int | None = None


def aim(target: str, genome_size: str) -> Aim | None:
    """Return what a target asks for, of a range its least; None where that cannot be told.

    Coverage is of the genome size. What stands there without a unit, or with a comma in the number, is not guessed.
    """
    if found := _READS.search(target):
        return Aim(reads=round(float(found[1]) * _MANY[found[2].lower()]))
    if found := _FOLD.search(target):
        size = _BASES.search(genome_size)
        return Aim(bases_bp=round(float(found[1]) * float(size[1]) * _SIZES[size[2].lower()])) if size else None
    if found := _BASES.search(target):
        return Aim(bases_bp=round(float(found[1]) * _SIZES[found[2].lower()]))
    return None


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks: from a Monday up to, and not including, another one."""

    since: date
    until: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When it begins and ends."""
        since, until = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (self.since, self.until))
        return since, until


def period(weeks: int, now: datetime) -> Period:
    """Return the last so many weeks, the present one among them."""
    today = now.astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday())
    return Period(monday - timedelta(weeks=weeks - 1), monday + timedelta(weeks=1))
