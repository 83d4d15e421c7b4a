"""The charts of what was read of a run, each with what it means and its table."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nanopore_tracking.drawing import charts
from nanopore_tracking.drawing.charts import Chart, HeatMap
from nanopore_tracking.runfolders.figures import BIN_S, LENGTH_BINS, QUALITY_BINS, OfBin, RunFigures
from nanopore_tracking.runfolders.readings import Reading

_HOUR_BINS = 3600 // BIN_S
_BY_DECADE = 10
_DISTRIBUTIONS = {
    "lengths": ("Read lengths", "length, from the one"),
    "qualities": ("Qualities", "mean Q, from the one"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """What bases are counted in."""

    word: str
    short: str
    bases: int


#: From how many bases on a run is told in which unit, so that what is read in an hour is not rounded to nothing.
_UNITS = (
    (5_000_000_000, Unit("megabases", "Mb", 10**6)),
    (5_000_000, Unit("kilobases", "kb", 10**3)),
    (0, Unit("bases", "b", 1)),
)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A chart or a map. definition: what its numbers are; head and rows: its table; timed: of the hours of the run.

    alone: its title where it stands without its definition, as a picture of its own, with the unit.
    """

    name: str
    title: str
    definition: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    chart: Chart | None = None
    map: HeatMap | None = None
    timed: bool = False
    alone: str = ""


def figures(reading: Reading) -> list[Figure]:
    """Return the charts of the largest run id of a reading; empty where nothing was read."""
    runs = reading.summary.runs if reading.summary else []
    if not runs:
        return [each for each in _counted(reading) if each.rows]
    run = max(runs, key=lambda each: each.whole.bases)
    unit = next(unit for least, unit in _UNITS if run.whole.bases >= least)
    made = [
        *_over_time(run, unit),
        *_distributions(run, unit),
        *_barcodes(run, unit),
        *_channels(run),
        *_pores(reading),
        *_speed(run, reading),
        *_counted(reading),
    ]
    return [each for each in made if each.rows]


def _over_time(run: RunFigures, unit: Unit) -> Iterator[Figure]:
    hours: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in run.times:
        hour = hours[each.bin // _HOUR_BINS]
        hour[0] += each.pass_bases
        hour[1] += each.bases - each.pass_bases
        hour[2] = max(hour[2], each.channels)
    labels = [f"{hour} h" for hour in sorted(hours)]
    found = [hours[hour] for hour in sorted(hours)]
    series = [
        ("passed", [each[0] // unit.bases for each in found]),
        ("other", [each[1] // unit.bases for each in found]),
    ]
    yield Figure(
        name="yield",
        title="Yield by hour",
        definition=f"{unit.word.title()} of the reads that began in each hour; other: failed, or not judged.",
        head=("hour", f"passed, {unit.short}", f"other, {unit.short}"),
        rows=[(label, each[0] // unit.bases, each[1] // unit.bases) for label, each in zip(labels, found, strict=True)],
        chart=charts.bars(labels, series, what=f"{unit.word.title()} in an hour"),
        alone=f"Yield by hour, in {unit.word}",
        timed=True,
    )
    busiest = [("channels", [each[2] for each in found])]
    yield Figure(
        name="active",
        title="Active channels",
        definition="Channels in which a read began, in the busiest ten minutes of each hour.",
        head=("hour", "channels"),
        rows=[(label, each[2]) for label, each in zip(labels, found, strict=True)],
        chart=charts.bars(labels, busiest, what="Active channels, the busiest ten minutes of an hour"),
        timed=True,
    )


def _distributions(run: RunFigures, unit: Unit) -> Iterator[Figure]:
    lengths = _merged(run.lengths, LENGTH_BINS // _BY_DECADE)
    labels = [_bases(10 ** (number / _BY_DECADE)) for number in sorted(lengths)]
    yield _distribution("lengths", labels, [lengths[number] for number in sorted(lengths)], unit=unit)
    qualities = _merged(run.qualities, QUALITY_BINS)
    labels = [f"Q{number}" for number in sorted(qualities)]
    yield _distribution("qualities", labels, [qualities[number] for number in sorted(qualities)], unit=unit)


def _merged(bins: Sequence[OfBin], wide: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for each in bins:
        found[each.bin // wide][0] += each.pass_bases
        found[each.bin // wide][1] += each.other_bases
    return found


def _distribution(name: str, labels: Sequence[str], values: Sequence[Sequence[int]], *, unit: Unit) -> Figure:
    series = [
        ("passed", [each[0] // unit.bases for each in values]),
        ("other", [each[1] // unit.bases for each in values]),
    ]
    title, of = _DISTRIBUTIONS[name]
    return Figure(
        name=name,
        title=title,
        definition=f"{unit.word.title()} of the reads of each {of} that is named.",
        head=("from", f"passed, {unit.short}", f"other, {unit.short}"),
        rows=[
            (label, each[0] // unit.bases, each[1] // unit.bases) for label, each in zip(labels, values, strict=True)
        ],
        chart=charts.bars(labels, series, what=f"{title}, {unit.word}"),
        alone=f"{title}: bases of the reads, in {unit.word}",
    )


def _barcodes(run: RunFigures, unit: Unit) -> Iterator[Figure]:
    share = "" if run.unclassified_share is None else f" Unclassified are {run.unclassified_share:.1%} of the bases."
    spread = "" if run.barcode_cv is None else f" Standard deviation over mean of the others: {run.barcode_cv:.2f}."
    labels = [
        each.barcode if each.alias in ("", each.barcode) else f"{each.barcode} {each.alias}" for each in run.barcodes
    ]
    passed = [each.part.pass_bases // unit.bases for each in run.barcodes]
    other = [(each.part.bases - each.part.pass_bases) // unit.bases for each in run.barcodes]
    rows = [
        (label, each.part.reads, mine, theirs, each.part.n50_bases or "–", each.part.mean_q or "–")
        for label, each, mine, theirs in zip(labels, run.barcodes, passed, other, strict=True)
    ]
    yield Figure(
        name="barcodes",
        title="Barcodes",
        definition=f"{unit.word.title()} of each barcode.{share}{spread}",
        head=("barcode", "reads", f"passed, {unit.short}", f"other, {unit.short}", "N50", "mean Q"),
        rows=rows,
        chart=charts.bars(labels, [("passed", passed), ("other", other)], what=f"{unit.word.title()} of barcodes"),
        alone=f"Barcodes, in {unit.word}",
    )


def _channels(run: RunFigures) -> Iterator[Figure]:
    last = max((each.channel for each in run.channels), default=0)
    size = next((many for many in (126, 512, 3000) if last <= many), last)
    bases = [0] * size
    for each in run.channels:
        if each.channel:
            bases[each.channel - 1] = each.bases
    found = charts.heat(bases, what="Bases of each channel", unit="bases")
    yield Figure(
        name="channels",
        title="Channels",
        definition="Bases of each channel, in the order of their numbers, not as they lie on the chip.",
        head=("bases", "channels"),
        rows=[(level.name, level.count) for level in found.levels] if last else [],
        map=found,
    )


def _pores(reading: Reading) -> Iterator[Figure]:
    pores = reading.pores
    if pores is None or not pores.hours:
        return
    labels = [f"{each.hour} h" for each in pores.hours]
    states = ("strand", "adapter", "pore", "others")
    percents = {name: [round(100 * getattr(each, name)) for each in pores.hours] for name in states}
    told = [
        ("Occupancy", pores.occupancy),
        ("of the first hour", pores.efficacy),
        ("highest share of healthy", pores.peak_health),
    ]
    shares = ", ".join(f"{name} {value:.0%}" for name, value in told if value is not None)
    yield Figure(
        name="pores",
        title="Pores",
        definition=f"Percent of the time of all channels. {shares}. Occupancy: strand and adapter of what is healthy.",
        head=("hour", *states),
        rows=[(label, *(percents[name][n] for name in states)) for n, label in enumerate(labels)],
        chart=charts.bars(labels, [(name, percents[name]) for name in states[:3]], what="Percent of channels"),
        alone="Pores, in percent of the time of all channels",
        timed=True,
    )


def _speed(run: RunFigures, reading: Reading) -> Iterator[Figure]:
    """The speed of the strands by hour, as bases over the time that they took; and what MinKNOW set for it."""
    hours: dict[int, list[float]] = defaultdict(lambda: [0, 0])
    for each in run.times:
        if each.speed_bases_per_s:
            hours[each.bin // _HOUR_BINS][0] += each.bases
            hours[each.bin // _HOUR_BINS][1] += each.bases / each.speed_bases_per_s
    labels = [f"{hour} h" for hour in sorted(hours)]
    speeds = [round(hours[hour][0] / hours[hour][1]) for hour in sorted(hours)]
    yield Figure(
        name="speed",
        title="Translocation speed",
        definition="Bases a second of the strands that began in each hour: all bases over all the time that they took.",
        head=("hour", "bases a second"),
        rows=list(zip(labels, speeds, strict=True)),
        chart=charts.bars(labels, [("bases a second", speeds)], what="Bases a second") if labels else None,
        alone="Translocation speed, in bases a second",
        timed=True,
    )
    yield Figure(
        name="temperature",
        title="Temperature",
        definition="The temperature that MinKNOW aimed at, the speed that it saw, and what it set then.",
        head=("hour", "aimed at, °C", "bases a second", "set, °C"),
        rows=[
            (f"{each.hour:g}", each.target_c, _known(each.speed_bases_per_s), _known(each.new_c))
            for each in reading.temperatures
        ],
    )


def _counted(reading: Reading) -> Iterator[Figure]:
    yield Figure(
        name="counted",
        title="Barcodes as MinKNOW counted them",
        definition="Of MinKNOW's own table, which it does not describe: reads and bases of whichever kind it counts.",
        head=("barcode", "alias", "reads", "bases"),
        rows=[(each.barcode, each.alias, _known(each.reads), _known(each.bases)) for each in reading.counted],
    )


def _known(value: float | None) -> Any:
    return "–" if value is None else value


def _bases(length: float) -> str:
    return f"{length / 1000:,.3g} kb" if length >= 1000 else f"{length:.3g} b"
