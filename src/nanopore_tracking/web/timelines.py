"""Curves over the time of a run as a server draws them: paths with attributes only, and a sentence for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nanopore_tracking.contracts.api.sample.live import LivePoint, LiveRun
from nanopore_tracking.counting import counted

WIDTH, HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 20, 10, 26
_GB = 1e9
#: Hours between two marks below a curve, of a run that is longer.
_TICKS = ((96, 24), (36, 12), (12, 6), (0, 1))
_NICE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_PORES = (("strand", "p1"), ("adapter", "p2"), ("pore", "p3"))


@dataclass(frozen=True, slots=True)
class Curve:
    """One path; name: what it is, value: the latest, both for the legend."""

    cls: str
    path: str
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the time; title: what a pointer is told."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Spot(Band):
    """An hour, of which the last minute is told."""

    hour: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A text beside an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """Curves over the hours of a run. gaps: without numbers, hatched; spots: what a pointer is told of each hour."""

    sentence: str
    curves: list[Curve]
    across: list[Mark]
    up: list[Mark]
    gaps: list[Band] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    width: int = WIDTH
    height: int = HEIGHT
    top: int = _TOP
    tall: int = HEIGHT - _TOP - _BOTTOM


def gb(bases: float | None) -> str:
    """Write bases as gigabases."""
    return "–" if bases is None else f"{bases / _GB:,.3g} Gb"


def output(live: LiveRun) -> Timeline:
    """Return the yield of a run: what passed, the pace that its target needs, and where it goes."""
    span = _span(live)
    ends = [live.pass_bases, live.target_bases or 0, live.projection.at_end_bases if live.projection else 0]
    top = nice(max([*ends, 1]) / _GB)
    scale = Scale(span, top)
    line = [(point.minute, point.pass_bases / _GB) for point in live.points]
    curves = [
        Curve("area", scale.area(line), ""),
        Curve("line", scale.line(line), "passed", gb(live.pass_bases)),
    ]
    if live.target_bases:
        wanted = live.target_bases / _GB
        pace = [(0, 0.0), (live.run_minutes, wanted)]
        curves += [
            Curve("pace", scale.line(pace), "pace for the target"),
            Curve("goal", scale.line([(0, wanted), (span, wanted)]), "target of its samples", gb(live.target_bases)),
        ]
    if live.projection:
        ahead = [(point.minute, point.pass_bases / _GB) for point in live.projection.points]
        curves.append(
            Curve("ahead", scale.line(ahead), "projection, if nothing is done", gb(live.projection.at_end_bases))
        )
    return Timeline(
        sentence=_sentence(live),
        curves=curves,
        across=scale.across(),
        up=scale.up(),
        gaps=_gaps(live, scale, span),
        spots=_spots(live.points, scale, lambda point: f"{gb(point.pass_bases)} passed, {gb(point.bases)} in all"),
        head=("hour", "passed, Gb", "all, Gb"),
        rows=[(f"{p.minute / 60:.1f}", f"{p.pass_bases / _GB:.3f}", f"{p.bases / _GB:.3f}") for p in _hourly(live)],
    )


def pores(live: LiveRun) -> Timeline | None:
    """Return what the channels did, stacked, over the same hours; None where MinKNOW did not say it."""
    points = [point for point in live.points if point.strand is not None or point.pore is not None]
    if not points:
        return None
    span = _span(live)
    scale = Scale(span, 100.0)
    below = [0.0] * len(points)
    curves = []
    for name, cls in _PORES:
        shares = [100 * (getattr(point, name) or 0.0) for point in points]
        above = [low + share for low, share in zip(below, shares, strict=True)]
        minutes = [point.minute for point in points]
        path = scale.between(list(zip(minutes, below, strict=True)), list(zip(minutes, above, strict=True)))
        curves.append(Curve(cls, path, name, f"{shares[-1]:.0f} %"))
        below = above
    latest = ", ".join(f"{curve.name} {curve.value}" for curve in curves)
    return Timeline(
        sentence=f"Pore activity over {_hours(points[-1].minute)}, percent of the time of all channels. Now: {latest}.",
        curves=curves,
        across=scale.across(),
        up=[Mark(_LEFT - 6, scale.y(part), f"{part} %") for part in (0, 50, 100)],
        gaps=_gaps(live, scale, span),
        spots=_spots(points, scale, _shares),
        head=("hour", *(name for name, _ in _PORES)),
        rows=[
            (f"{p.minute / 60:.1f}", *(f"{100 * (getattr(p, name) or 0):.0f} %" for name, _ in _PORES))
            for p in _hourly(live)
            if p in points
        ],
    )


def _shares(point: LivePoint) -> str:
    return ", ".join(f"{name} {100 * (getattr(point, name) or 0.0):.0f} %" for name, _ in _PORES)


class Scale:
    """Turns minutes and values into places. span: minutes; top: the highest value."""

    def __init__(self, span: int, top: float) -> None:
        self._span, self._top = span, top

    def x(self, minute: float) -> float:
        """Return where a minute is, from the left."""
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * minute / self._span, 1)

    def y(self, value: float) -> float:
        """Return where a value is, from above."""
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / self._top), 1)

    def line(self, points: Sequence[tuple[float, float]]) -> str:
        """Return the path through points of a minute and a value."""
        return "".join(f"{'L' if n else 'M'}{self.x(m)} {self.y(v)}" for n, (m, v) in enumerate(points))

    def area(self, points: Sequence[tuple[float, float]]) -> str:
        """Return the path around what is below points."""
        return self.between([(minute, 0.0) for minute, _ in points], points)

    def between(self, below: Sequence[tuple[float, float]], above: Sequence[tuple[float, float]]) -> str:
        """Return the path around what is between points and others above them."""
        if not above:
            return ""
        back = "".join(f"L{self.x(m)} {self.y(v)}" for m, v in reversed(below))
        return f"{self.line(above)}{back}z"

    def across(self) -> list[Mark]:
        """Return the marks of hours below it."""
        hours = self._span / 60
        wide = next(each for least, each in _TICKS if hours > least or not least)
        marks = [Mark(self.x(hour * 60), HEIGHT - 8, f"{hour} h") for hour in range(0, int(hours) + 1, wide)]
        return marks or [Mark(self.x(0), HEIGHT - 8, "0 h")]

    def up(self) -> list[Mark]:
        """Return the marks of values beside it."""
        return [Mark(_LEFT - 6, self.y(self._top * part / 2), f"{self._top * part / 2:g}") for part in range(3)]


def _span(live: LiveRun) -> int:
    return max(live.run_minutes, live.minute or 0, 60)


def _gaps(live: LiveRun, scale: Scale, span: int) -> list[Band]:
    bands = [(first, last, f"No numbers for {counted(last - first, 'minute')}") for first, last in live.gaps]
    if live.state in ("no_data", "silent", "unreachable") and live.minute is not None:
        bands.append((live.minute, span, "No data since"))
    return [Band(scale.x(first), round(scale.x(last) - scale.x(first), 1), title) for first, last, title in bands]


def _hourly(live: LiveRun) -> list[Any]:
    """Return the last point of each hour."""
    by_hour = {point.minute // 60: point for point in live.points}
    return list(by_hour.values())


def _spots(points: Sequence[LivePoint], scale: Scale, say: Callable[[LivePoint], str]) -> list[Spot]:
    found = []
    for hour, point in {point.minute // 60: point for point in points}.items():
        left = scale.x(hour * 60)
        found.append(Spot(left, round(scale.x(hour * 60 + 60) - left, 1), say(point), hour))
    return found


def _sentence(live: LiveRun) -> str:
    said = f"Yield after {_hours(live.minute or 0)}: {gb(live.pass_bases)} passed"
    if live.target_bases:
        said += f" of {gb(live.target_bases)}"
    return f"{said}. {live.projection.sentence}" if live.projection else f"{said}."


def _hours(minute: int) -> str:
    return f"{minute / 60:.3g} h"


def nice(value: float) -> float:
    """Return a round number that is at least so high."""
    unit = 10.0**-3
    while True:
        for step in _NICE:
            if step * unit >= value:
                return float(f"{step * unit:.6g}")
        unit *= 10
