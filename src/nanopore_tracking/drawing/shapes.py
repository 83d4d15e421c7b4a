"""A chart or a map as plain shapes with colours of their own, so that a file of it looks the same everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from nanopore_tracking.drawing.charts import Chart, HeatMap

PAPER, INK, LINE = "#ffffff", "#1d2733", "#c3ccd6"
#: Of the series of a chart, in their order; told apart by lightness too.
_SERIES = {"": "#20609f", "second": "#c98a2b", "third": "#3f8f6b", "fourth": "#8b6fb3"}
#: Of the levels of a map, from nothing to the most.
_LEVELS = {"h0": "#e9edf1", "h1": "#c3d9ee", "h2": "#8fb8de", "h3": "#5692c7", "h4": "#20609f", "h5": "#0c3863"}
_LEGEND, _TITLE, _GAP = 22, 22, 10
_SIDE = 9


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle from its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text at its base line. anchor: `start`, `middle` or `end`, as SVG names it."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    size: float = 11


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a page of a width and a height, from its upper left corner; sentence: what they say."""

    width: float
    height: float
    shapes: list[Box | Words]
    title: str
    sentence: str


def drawing(title: str, found: Chart | HeatMap) -> Drawing:
    """Return a chart or a map with its title and its legend."""
    width = max(found.width, 520)
    shapes = list(_chart(found) if isinstance(found, Chart) else _map(found))
    names = found.series if isinstance(found, Chart) else [(level.name, level.cls) for level in found.levels]
    legend = list(_legend(names, width, _TITLE + found.height + _GAP))
    height = max((shape.y for shape in legend), default=_TITLE + found.height) + _LEGEND
    head = Words(0, 14, title, size=13)
    return Drawing(width, height, [Box(0, 0, width, height, PAPER), head, *shapes, *legend], title, found.sentence)


def _chart(chart: Chart) -> Iterator[Box | Words]:
    for mark in chart.up:
        yield Box(chart.left, _TITLE + mark.y, chart.width - chart.left - 6, 0.7, LINE)
        yield Words(mark.x, _TITLE + mark.y + 4, mark.text, "end")
    for bar in chart.bars:
        yield Box(bar.x, _TITLE + bar.y, bar.width, bar.height, _SERIES[bar.cls])
    for mark in chart.across:
        yield Words(mark.x, _TITLE + mark.y, mark.text, "middle")


def _map(found: HeatMap) -> Iterator[Box | Words]:
    """The squares of a level are one path of `Mx yh9v9h-9z`."""
    for level in found.levels:
        for square in level.path.split("z"):
            if square:
                x, y = square[1:].partition("h")[0].split(" ")
                yield Box(float(x), _TITLE + float(y), _SIDE, _SIDE, _LEVELS[level.cls])


def _legend(names: list[tuple[str, str]], width: float, y: float) -> Iterator[Box | Words]:
    x = 0.0
    for name, cls in names:
        needed = 18 + 6.2 * len(name) + 12
        if x and x + needed > width:
            x, y = 0.0, y + 16
        yield Box(x, y, 10, 10, (_SERIES | _LEVELS)[cls])
        yield Words(x + 15, y + 9, name)
        x += needed
