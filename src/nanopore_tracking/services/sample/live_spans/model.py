"""Several acquisitions of one run as one course: when each begins, what they have together, how each stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from nanopore_tracking.contracts.api.sample.live import LiveAcquisition, LivePoint, LiveState

#: Minutes without numbers that are a break.
LONGEST_PAUSE = 10
_SUMS = ("reads", "bases", "pass_reads", "pass_bases")
_LATEST = ("host", "position", "core_version", "phase", "model", "ended_at", "data_at")
SENTENCES: dict[LiveState, str] = {
    "none": "No instrument has told of it.",
    "running": "Its instrument tells of it.",
    "no_data": "Its instrument answers and says nothing new of it; what is shown is as it was then.",
    "silent": "The agent beside its instrument is not heard; the run may go on, and what is missing comes when it is.",
    "ended": "MinKNOW says that it has ended.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """The course of a run. begins: the minute in which each acquisition begins; scans: minute and pores of each."""

    begins: list[int]
    points: list[LivePoint]
    gaps: list[tuple[int, int]]
    scans: list[Mapping[str, int]]

    @property
    def hours(self) -> list[tuple[float, int]]:
        """Hours and passed bases."""
        return [(point.minute / 60, point.pass_bases) for point in self.points]


def stands(row: Mapping[str, Any], *, at: datetime, quiet_s: float) -> tuple[LiveState, datetime | None, str]:
    """Return how an acquisition stands, since when nothing new comes, and what that means."""
    quiet_at = at - timedelta(seconds=quiet_s)
    last = row["data_at"] or row["created_at"]
    if row["ended_at"] is not None:
        return "ended", row["ended_at"], SENTENCES["ended"]
    if row["heard_at"] < quiet_at:
        return "silent", row["heard_at"], SENTENCES["silent"]
    if not row["reached"] or row["position_state"] == "unreachable":
        return "unreachable", row["reached_at"] if not row["reached"] else last, row["trouble"]
    if last < quiet_at:
        return "no_data", last, SENTENCES["no_data"]
    return "running", None, SENTENCES["running"]


def begins(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return in which minute each acquisition begins, counted from the start of the first; none begins in another."""
    found: list[int] = []
    end, first = 0, _began(rows[0])
    for row in rows:
        minute = max(end, round((_began(row) - first).total_seconds() / 60)) if found else 0
        found.append(minute)
        end = minute + (row["minute"] or 0) + 1
    return found


def _began(row: Mapping[str, Any]) -> datetime:
    began: datetime = row["started_at"] or row["created_at"]
    return began


def curve(
    rows: Sequence[Mapping[str, Any]],
    begins: Sequence[int],
    *,
    points: Sequence[Sequence[LivePoint]],
    gaps: Sequence[Sequence[tuple[int, int]]],
) -> Curve:
    """Return the course of acquisitions: each goes on from the bases of those before it, after a break where one is."""
    found: list[LivePoint] = []
    breaks: list[tuple[int, int]] = []
    scans: list[Mapping[str, int]] = []
    bases = passed = end = 0
    for row, begin, part, pauses in zip(rows, begins, points, gaps, strict=True):
        if found and begin - end > LONGEST_PAUSE:
            breaks.append((end, begin))
        found += [
            msgspec.structs.replace(
                each, minute=each.minute + begin, bases=each.bases + bases, pass_bases=each.pass_bases + passed
            )
            for each in part
        ]
        breaks += [(first + begin, last + begin) for first, last in pauses]
        scans += [scan | {"minute": scan["minute"] + begin} for scan in msgspec.json.decode(row["scans"])]
        bases, passed, end = bases + row["bases"], passed + row["pass_bases"], begin + (row["minute"] or 0)
    return Curve(begins=list(begins), points=found, gaps=breaks, scans=scans)


def whole(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what acquisitions say together: sums, bins of histograms added up, and what only the last one says.

    N50 cannot be added up, so it is that of one acquisition alone.
    """
    last, minutes = rows[-1], [row["minute"] for row in rows]
    many = len(rows) > 1
    return {
        **{name: sum(row[name] for row in rows) for name in _SUMS},
        **{name: last[name] for name in _LATEST},
        "acquisition_run_id": "" if many else last["acquisition_run_id"],
        "started_at": rows[0]["started_at"],
        "minute": None if set(minutes) == {None} else begins(rows)[-1] + (minutes[-1] or 0),
        "n50_bases": None if many else last["n50_bases"],
        "lengths": _added(rows, "lengths"),
        "qualities": _added(rows, "qualities"),
        "counts": any(row["counts"] for row in rows),
        "together": f"The sum of {len(rows)} acquisitions; hours are counted from the start of the first."
        if many
        else "",
    }


def _added(rows: Sequence[Mapping[str, Any]], name: str) -> list[tuple[float, int]]:
    found: dict[float, int] = {}
    for row in rows:
        for begin, bases in msgspec.json.decode(row[name]):
            found[begin] = found.get(begin, 0) + bases
    return sorted(found.items())


def told(rows: Sequence[Mapping[str, Any]], *, at: datetime, quiet_s: float) -> list[LiveAcquisition]:
    """Return how each acquisition stands, in the order in which they began."""
    names = ("acquisition_run_id", "protocol_run_id", "started_at", "ended_at", "minute", "n50_bases", "counts", *_SUMS)
    shown = []
    for row, begin in zip(rows, begins(rows) if rows else (), strict=True):
        state, _, sentence = stands(row, at=at, quiet_s=quiet_s)
        said = {name: row[name] for name in names}
        shown.append(
            LiveAcquisition(
                folder_id=row["acquisition_id"], state=state, sentence=sentence, begins_minute=begin, **said
            )
        )
    return shown
