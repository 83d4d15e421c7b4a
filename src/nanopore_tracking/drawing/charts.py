"""Bars as a server draws them: rectangles with attributes only, and a sentence for those who do not see them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 520, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 6, 8, 24
_CLASSES = ("", "second", "third", "fourth")
_STEPS = (1, 2, 5)
_LABELS = 6
#: How wide a sign of a label is, how many of them one may have, and what has to be free beside it, of its own width.
_SIGN, _LONGEST, _ROOM = 6.4, 20, 1.3


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
class Group:
    """The bars of one label, from top to bottom of the chart. title: all that they say."""

    x: float
    width: float
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Groups of bars from zero; series: their names with their classes; sentence: all of it in words.

    left: where the bars begin, behind the longest number of the axis.
    """

    bars: list[Bar]
    across: list[Mark]
    up: list[Mark]
    series: list[tuple[str, str]]
    sentence: str
    width: int = WIDTH
    height: int = HEIGHT
    groups: list[Group] = field(default_factory=list)
    left: float = _LEFT


def bars(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], *, what: str) -> Chart:
    """Return a chart of one group of bars for each label. what: what is counted, for the sentence."""
    highest = max((value for _, values in series for value in values), default=0)
    top = _round(highest)
    numbers = [f"{top * step / 2:,.10g}" for step in range(3)]
    left = max(_LEFT, round(_SIGN * len(numbers[-1]) + 8))
    inner, tall = WIDTH - left - _RIGHT, HEIGHT - _TOP - _BOTTOM
    group = inner / max(1, len(labels))
    wide = group * 0.8 / max(1, len(series))
    found = []
    for n, label in enumerate(labels):
        for k, (name, values) in enumerate(series):
            high = tall * values[n] / top
            x = left + n * group + group * 0.1 + k * wide
            title = f"{label}, {name}: {values[n]}"
            y = _TOP + tall - high
            found.append(Bar(round(x, 1), round(y, 1), round(wide * 0.92, 1), round(high, 1), _CLASSES[k], title))
    up = [Mark(left - 6, round(_TOP + tall - tall * step / 2, 1), text) for step, text in enumerate(numbers)]
    totals = ", ".join(f"{sum(values)} {name}" for name, values in series)
    span = f" from {labels[0]} to {labels[-1]}" if labels else ""
    names = [(name, _CLASSES[k]) for k, (name, _) in enumerate(series)]
    sentence = f"{what}{span}: {totals}; at most {highest} at once."
    groups = [
        Group(round(left + n * group, 1), round(group, 1), label, ", ".join(f"{k} {v[n]:,}" for k, v in series))
        for n, label in enumerate(labels)
    ]
    return Chart(found, _across(labels, left, group), up, names, sentence, groups=groups, left=left)


def _across(labels: Sequence[str], left: float, group: float) -> list[Mark]:
    """Return as many labels as have room below the axis, none of them over another or beyond the edge."""
    short = [label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…" for label in labels]
    widest = _SIGN * max((len(label) for label in short), default=1)
    most = max(1, min(_LABELS, int((WIDTH - left) // (widest * _ROOM + 8))))
    every = -(-len(labels) // most) or 1
    found = []
    for n, label in enumerate(short):
        half = _SIGN * len(label) / 2
        x = max(half, left + (n + 0.5) * group)
        if n % every == 0 and x + half <= WIDTH:
            found.append(Mark(round(x, 1), HEIGHT - 8, label))
    return found


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
    names = ["nothing", *(f"up to {highest * shade / _SHADES:,.0f} {unit}" for shade in range(1, _SHADES + 1))]
    levels = [Level(f"h{n}", "".join(path), names[n], len(path)) for n, path in enumerate(paths)]
    busy = sum(1 for value in values if value)
    sentence = f"{what}: {busy:,} of {len(values):,} have something, at most {highest:,.0f} {unit}."
    return HeatMap(levels, columns * _SIDE, -(-len(values) // columns) * _SIDE, sentence)


def _round(highest: int) -> int:
    """Return a round number that is at least so high."""
    unit = 1
    while True:
        for step in _STEPS:
            if step * unit >= max(2, highest):
                return step * unit
        unit *= 10
