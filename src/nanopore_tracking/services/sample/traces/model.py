"""What is kept of the course of an acquisition, of all that was read of its folder."""

from dataclasses import dataclass

from nanopore_tracking.runfolders.figures import BIN_S, RunFigures
from nanopore_tracking.runfolders.readings import Reading

#: Minutes between two points of a course; so many points are three weeks.
STEP_MIN = BIN_S // 60
_MOST_POINTS = 3000
#: A point beyond them is of a clock or a counter that was wrong; one such reading must not stop the courses of others.
_LAST_MINUTE, _MOST_BASES = 366 * 24 * 60, 10**15
#: Sizes of flow cells, in channels.
_CHANNELS = (126, 512, 3000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """The course of an acquisition.

    minutes and bases: all bases that were read until each minute of the run, rising; ended: the folder is complete;
    bases_per_pore_hour: bases over the hours that its pores were healthy (strand, adapter, pore), together; occupancy:
    0 to 1; None where the folder does not say it.
    """

    ended: bool
    minutes: list[int]
    bases: list[int]
    bases_per_pore_hour: float | None
    occupancy: float | None
    speed_bases_per_s: float | None
    mean_q: float | None


def trace(reading: Reading) -> Trace:
    """Return the course of what was read of a run folder, of the run id in it that has the most bases.

    What cannot be is not known: whoever sends a reading may say anything in it.
    """
    runs = reading.summary.runs if reading.summary else []
    run = max(runs, key=lambda each: each.whole.bases, default=None)
    points = [
        (minute, so_far)
        for minute, so_far in _of_throughput(reading) or (_of_bins(run) if run else [])
        if 0 <= minute <= _LAST_MINUTE and 0 <= so_far <= _MOST_BASES
    ]
    bases = run.whole.bases if run else points[-1][1] if points else 0
    pore_hours = _pore_hours(reading, run)
    return Trace(
        ended=reading.state == "complete",
        minutes=[minute for minute, _ in points],
        bases=[so_far for _, so_far in points],
        bases_per_pore_hour=bases / pore_hours if pore_hours and pore_hours > 0 and bases else None,
        occupancy=_at_most(reading.pores.occupancy if reading.pores else None, 1),
        speed_bases_per_s=_at_most(run.speed_bases_per_s if run else None, _MOST_BASES),
        mean_q=run.whole.mean_q if run else None,
    )


def _at_most(value: float | None, most: float) -> float | None:
    return value if value is not None and 0 <= value <= most else None


def _of_throughput(reading: Reading) -> list[tuple[int, int]]:
    """Return the points of the throughput table. It is cumulated; where an estimate was higher, it stays at that."""
    points: list[tuple[int, int]] = []
    highest, last = 0, len(reading.minutes) - 1
    for place, each in enumerate(sorted(reading.minutes, key=lambda each: each.minute)):
        highest = max(highest, each.bases)
        if each.minute % STEP_MIN == 0 or place == last:
            points.append((each.minute, highest))
    return points[:_MOST_POINTS] if highest else []


def _of_bins(run: RunFigures) -> list[tuple[int, int]]:
    points: list[tuple[int, int]] = []
    so_far = 0
    for each in sorted(run.times, key=lambda each: each.bin):
        so_far += each.bases
        if each.bin >= 0:
            points.append(((each.bin + 1) * STEP_MIN, so_far))
    return points[:_MOST_POINTS]


def _pore_hours(reading: Reading, run: RunFigures | None) -> float | None:
    """Return the hours of healthy pores together; the size of the flow cell follows from its highest channel."""
    highest = max((each.channel for each in run.channels), default=0) if run else 0
    if not highest or reading.pores is None:
        return None
    channels = next((size for size in _CHANNELS if highest <= size), highest)
    return channels * sum(each.strand + each.adapter + each.pore for each in reading.pores.hours)
