"""Bars as a server draws them: rectangles with attributes only, and a sentence for those who do not see them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 520, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 6, 8, 24
_CLASSES = ("", "second", "third", "fourth")
_STEPS = (1, 2, 5)
_LABELS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle; title: what a pointer is told."""

    x: float
    y: float
    width: float
    height: float
    cls: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A text beside an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Groups of bars from zero; series: their names with their classes; sentence: all of it in words."""

    bars: list[Bar]
    across: list[Mark]
    up: list[Mark]
    series: list[tuple[str, str]]
    sentence: str
    width: int = WIDTH
    height: int = HEIGHT


def bars(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], *, what: str) -> Chart:
    """Return a chart of one group of bars for each label. what: what is counted, for the sentence."""
    highest = max((value for _, values in series for value in values), default=0)
    top = _round(highest)
    inner, tall = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    group = inner / max(1, len(labels))
    wide = group * 0.8 / max(1, len(series))
    found = []
    for n, label in enumerate(labels):
        for k, (name, values) in enumerate(series):
            high = tall * values[n] / top
            x = _LEFT + n * group + group * 0.1 + k * wide
            title = f"{label}, {name}: {values[n]}"
            y = _TOP + tall - high
            found.append(Bar(round(x, 1), round(y, 1), round(wide * 0.92, 1), round(high, 1), _CLASSES[k], title))
    every = -(-len(labels) // _LABELS) if labels else 1
    across = [
        Mark(round(_LEFT + (n + 0.5) * group, 1), HEIGHT - 8, label) for n, label in enumerate(labels) if n % every == 0
    ]
    up = [Mark(_LEFT - 6, round(_TOP + tall - tall * step / 2, 1), f"{top * step / 2:g}") for step in range(3)]
    totals = ", ".join(f"{sum(values)} {name}" for name, values in series)
    span = f" from {labels[0]} to {labels[-1]}" if labels else ""
    names = [(name, _CLASSES[k]) for k, (name, _) in enumerate(series)]
    return Chart(found, across, up, names, f"{what}{span}: {totals}; at most {highest} at once.")


@dataclass(frozen=True, slots=True)
class Level:
    """All squares of one shade, as one path; name: what it stands for; count: how many squares."""

    cls: str
    path: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Squares in the order of their numbers, row by row; sentence: all of it in words."""

    levels: list[Level]
    width: int
    height: int
    sentence: str


_SHADES = 5
_SIDE = 10


def heat(values: Sequence[int], *, what: str, unit: str) -> HeatMap:
    """Return a map of one square for each value: shades by fifths of the highest value, nothing on its own."""
    columns = 32 if len(values) <= 512 else 100
    highest = max(values, default=0)
    paths: list[list[str]] = [[] for _ in range(_SHADES + 1)]
    for n, value in enumerate(values):
        shade = -(-value * _SHADES // highest) if value else 0
        paths[shade].append(f"M{n % columns * _SIDE} {n // columns * _SIDE}h9v9h-9z")
    names = ["nothing", *(f"up to {highest * shade / _SHADES:,.3g} {unit}" for shade in range(1, _SHADES + 1))]
    levels = [Level(f"h{n}", "".join(path), names[n], len(path)) for n, path in enumerate(paths)]
    busy = sum(1 for value in values if value)
    sentence = f"{what}: {busy:,} of {len(values):,} have something, at most {highest:,.4g} {unit}."
    return HeatMap(levels, columns * _SIDE, -(-len(values) // columns) * _SIDE, sentence)


def _round(highest: int) -> int:
    """Return a round number that is at least so high."""
    unit = 1
    while True:
        for step in _STEPS:
            if step * unit >= max(2, highest):
                return step * unit
        unit *= 10
