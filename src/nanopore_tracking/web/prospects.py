"""Charts of what will probably come: bands over time, and how far figures lie, each in words too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nanopore_tracking.contracts.api.sample.forecasts import RunTrait, YieldForecast, YieldHorizon
from nanopore_tracking.contracts.api.sample.outlooks import Outlook
from nanopore_tracking.web.timelines import Curve, Mark, Scale, Timeline, nice

#: Minutes by which a band is wide.
_HALF_BAND_MIN = 20.0
#: Narrow, with each label above its row: a strip stands beside a page's main part too.
_LEFT, _RIGHT, _TOP, _ROW, _FOOT = 16, 20, 4, 40, 22
_WIDTH, _TALL = 360, 12
#: Robust deviations that are shown at the most, and beyond which a figure is far.
_MOST_Z, _FAR_Z = 8.0, 3.5
_TICKS_H = (1, 3, 6, 12, 24, 48, 96, 168, 336, 672, 1344, 2688, 5376)
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a row; title: what a pointer is told."""

    x: float
    width: float
    cls: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A label with what stands below it. y: the middle of that; dot: a place, None for none."""

    y: float
    label: str
    spans: Sequence[Span] = ()
    dot: float | None = None
    cls: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """Rows over one axis. line: a place that counts, such as now; series: names with their classes."""

    rows: list[Row]
    across: list[Mark]
    line: float
    series: list[tuple[str, str]]
    sentence: str
    width: int = _WIDTH
    tall: int = _TALL

    @property
    def height(self) -> int:
        """Of rows and axis together."""
        return _TOP + _ROW * len(self.rows) + _FOOT


def yields(found: YieldForecast) -> Timeline | None:
    """Return what a run gave and will give, with the bands of its horizons; None where nothing is said."""
    if not found.horizons or found.minute is None or found.given_gb is None:
        return None
    now, given = found.minute, found.given_gb
    ends = [(now + each.hours * 60, given + each.gb) for each in found.horizons]
    highest = max([gb for _, gb in ends] + [given + (each.high_gb or 0) for each in found.horizons])
    scale = Scale(ends[-1][0] + round(_HALF_BAND_MIN), nice(max(highest, 0.001)))
    past = [(point.minute, point.gb) for point in found.course]
    bands = "".join(_band(scale, now + each.hours * 60, given, each=each) for each in found.horizons)
    curves = [
        Curve("area", scale.area(past), ""),
        Curve("line", scale.line(past), "given so far", f"{given:.2f} Gb"),
        Curve(
            "ahead", scale.line([(now, given), *ends]), "if nothing is done", f"{given + found.horizons[-1].gb:.2f} Gb"
        ),
        Curve("band", bands, "eight of ten between" if bands else ""),
    ]
    said = "; ".join(_said(each) for each in found.horizons)
    sentence = f"{given:.2f} Gb until {now / 60:.1f} h. {said}."
    return Timeline(sentence=sentence, curves=curves, across=scale.across(), up=scale.up())


def _band(scale: Scale, minute: float, given: float, *, each: YieldHorizon) -> str:
    if each.low_gb is None or each.high_gb is None:
        return ""
    ends = (minute - _HALF_BAND_MIN, minute + _HALF_BAND_MIN)
    return scale.between([(at, given + each.low_gb) for at in ends], [(at, given + each.high_gb) for at in ends])


def _said(each: YieldHorizon) -> str:
    band = "" if each.low_gb is None else f", eight of ten between {each.low_gb:.2f} and {each.high_gb:.2f}"
    return f"{each.gb:.2f} Gb more within {each.hours} h{band}"


def dates(found: Sequence[tuple[str, Outlook]], now: datetime) -> Strip | None:
    """Return until when samples will probably be delivered, a row for each label; None where nothing is said."""
    told = [(label, each.half_at, each.most_at) for label, each in found if each.half_at and each.most_at]
    if not told:
        return None
    whole = max(most for _, _, most in told) - now
    axis = _Axis(0.0, max(whole / timedelta(hours=1), 1.0))
    rows, said = [], []
    for n, (label, half, most) in enumerate(told):
        first, last = ((each - now) / timedelta(hours=1) for each in (half, most))
        spans = [
            axis.span(0.0, first, "", title=f"Half by {half:%Y-%m-%d}"),
            axis.span(first, last, "second", title=f"Eight of ten by {most:%Y-%m-%d}"),
        ]
        rows.append(Row(_TOP + _ROW * (n + 0.66), label, spans))
        said.append(f"{label}: half of those like it by {half:%Y-%m-%d}, eight of ten by {most:%Y-%m-%d}")
    return Strip(
        rows=rows,
        across=_days(axis, now, rows=len(rows)),
        line=axis.x(0.0),
        series=[("until half were delivered", ""), ("until eight of ten were", "second")],
        sentence=f"From {now:%Y-%m-%d} on. {'; '.join(said)}.",
    )


def _days(axis: "_Axis", now: datetime, *, rows: int) -> list[Mark]:
    """Return the marks of days, or of hours where they are few."""
    step = next((each for each in _TICKS_H if axis.high / each <= _TICKS), _TICKS_H[-1])
    y = _TOP + _ROW * rows + _FOOT - 8
    form = "%H:%M" if step < 24 else "%d %b"
    marks = []
    for n in range(int(axis.high // step) + 1):
        at = now + timedelta(hours=n * step)
        marks.append(Mark(axis.x(n * step), y, "now" if n == 0 else at.astimezone(UTC).strftime(form)))
    return marks


def deviations(found: Sequence[RunTrait]) -> Strip | None:
    """Return how far the figures of a run lie from those before it; None where none can be compared."""
    told = [(each, each.z) for each in found if each.z is not None]
    if not told:
        return None
    axis = _Axis(-_MOST_Z, _MOST_Z)
    rows = []
    for n, (each, z) in enumerate(told):
        near = axis.span(-_FAR_Z, _FAR_Z, "near", title=f"Within {_FAR_Z} robust deviations")
        place = axis.x(min(max(z, -_MOST_Z), _MOST_Z))
        rows.append(
            Row(_TOP + _ROW * (n + 0.66), each.title, [near], place, "third" if each.odd else "", each.sentence)
        )
    y = _TOP + _ROW * len(rows) + _FOOT - 8
    ends = {-_MOST_Z: f"≤ {-_MOST_Z:g}", _MOST_Z: f"≥ {_MOST_Z:g}"}
    across = [Mark(axis.x(z), y, ends.get(z, f"{z:g}")) for z in (-_MOST_Z, -_FAR_Z, 0.0, _FAR_Z, _MOST_Z)]
    return Strip(
        rows=rows,
        across=across,
        line=axis.x(0.0),
        series=[("this run", ""), ("far", "third"), (f"within {_FAR_Z} robust deviations", "near")],
        sentence="Robust deviations from the median. " + " ".join(each.sentence for each, _ in told),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    low: float
    high: float

    def x(self, value: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * (value - self.low) / (self.high - self.low), 1)

    def span(self, first: float, last: float, cls: str, *, title: str) -> Span:
        left = self.x(max(first, self.low))
        return Span(left, round(max(self.x(last) - left, 1.0), 1), cls, title)
