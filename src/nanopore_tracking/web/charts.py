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


def _round(highest: int) -> int:
    """Return a round number that is at least so high."""
    unit = 1
    while True:
        for step in _STEPS:
            if step * unit >= max(2, highest):
                return step * unit
        unit *= 10
