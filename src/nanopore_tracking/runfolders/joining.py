"""Several acquisitions of one run as one reading, to be shown together; what cannot be added up is left out."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from nanopore_tracking.runfolders.figures import (
    BIN_S,
    OfBarcode,
    OfBin,
    OfChannel,
    OfTime,
    Part,
    RunFigures,
    SummaryFigures,
)
from nanopore_tracking.runfolders.readings import Reading

_COUNTS = (
    "reads",
    "empty_reads",
    "bases",
    "pass_reads",
    "pass_bases",
    "fail_reads",
    "fail_bases",
    "unjudged_reads",
    "unjudged_bases",
)
#: Where an acquisition stands that does not say when it began.
_NEVER = datetime.max.replace(tzinfo=UTC)


def joined(readings: Sequence[Reading]) -> Reading:
    """Return what acquisitions have read together: sums of reads and bases, and distributions added bin by bin.

    readings: of one run id each, at least two, with a summary. N50, mean Q, T90, the speed of a time, channels at
    work and what MinKNOW counted itself are of one acquisition alone and are not in it. Times are on one axis, from the
    start of the first, where all of them say when they began; else there are none.
    """
    ordered = sorted(
        readings, key=lambda each: (_began(each) is None, _began(each) or datetime.max.replace(tzinfo=UTC))
    )
    runs = [_largest(each) for each in ordered]
    whole = _part([run.whole for run in runs])
    made = RunFigures(
        run_id="",
        whole=whole,
        channels_seen=len({each.channel for run in runs for each in run.channels}),
        contradictions=sum(run.contradictions for run in runs),
        barcodes=_barcodes(runs),
        times=_times(runs, [_began(each) for each in ordered]),
        channels=_channels(runs),
        lengths=_bins(run.lengths for run in runs),
        qualities=_bins(run.qualities for run in runs),
    )
    first = ordered[0]
    told = first.summary.told if first.summary else None
    if told is None:
        raise ValueError("what is joined has a summary")
    return Reading(
        folder=first.folder,
        state=first.state,
        sentence=f"{len(ordered)} acquisitions together.",
        ids=first.ids,
        problems=[],
        files=[],
        summary=SummaryFigures(told=told, whole=whole, runs=[made]),
    )


def kinds(readings: Sequence[Reading]) -> list[str]:
    """Return the models and limits that acquisitions were called with; blank for one that is not known."""
    return sorted({_kind(each) for each in readings})


def _kind(reading: Reading) -> str:
    report = reading.report
    if report is None or not report.model or report.min_q is None:
        return ""
    return f"{report.model} from Q{report.min_q:g}"


def _largest(reading: Reading) -> RunFigures:
    runs = reading.summary.runs if reading.summary else []
    return max(runs, key=lambda each: each.whole.bases)


def _began(reading: Reading) -> datetime | None:
    return reading.final.started_at if reading.final else None


def _part(parts: Sequence[Part]) -> Part:
    return Part(**{name: sum(getattr(part, name) for part in parts) for name in _COUNTS})


def _barcodes(runs: Sequence[RunFigures]) -> list[OfBarcode]:
    found: dict[tuple[str, str], list[Part]] = {}
    for run in runs:
        for each in run.barcodes:
            found.setdefault((each.barcode, each.alias), []).append(each.part)
    return [OfBarcode(barcode=name, alias=alias, part=_part(found[name, alias])) for name, alias in sorted(found)]


def _times(runs: Sequence[RunFigures], began: Sequence[datetime | None]) -> list[OfTime]:
    starts = [each for each in began if each is not None]
    if len(starts) < len(runs):
        return []
    found: dict[int, list[int]] = {}
    for run, start in zip(runs, starts, strict=True):
        offset = round((start - starts[0]).total_seconds() / BIN_S)
        for each in run.times:
            sums = found.setdefault(each.bin + offset, [0, 0, 0, 0])
            for place, value in enumerate((each.reads, each.bases, each.pass_bases, each.channels)):
                sums[place] += value
    return [
        OfTime(bin=number, reads=reads, bases=bases, pass_bases=passed, channels=channels)
        for number, (reads, bases, passed, channels) in sorted(found.items())
    ]


def _channels(runs: Sequence[RunFigures]) -> list[OfChannel]:
    sums = _summed((each.channel, (each.reads, each.bases, each.pass_bases)) for run in runs for each in run.channels)
    return [
        OfChannel(channel=channel, reads=reads, bases=bases, pass_bases=passed)
        for channel, (reads, bases, passed) in sums
    ]


def _bins(many: Iterable[Sequence[OfBin]]) -> list[OfBin]:
    names = tuple(name for name in OfBin.__struct_fields__ if name != "bin")
    sums = _summed((each.bin, tuple(getattr(each, name) for name in names)) for bins in many for each in bins)
    return [OfBin(bin=number, **dict(zip(names, values, strict=True))) for number, values in sums]


def _summed(pairs: Iterable[tuple[int, tuple[int, ...]]]) -> list[tuple[int, tuple[Any, ...]]]:
    found: dict[int, tuple[int, ...]] = {}
    for key, values in pairs:
        before = found.get(key, (0,) * len(values))
        found[key] = tuple(one + other for one, other in zip(before, values, strict=True))
    return sorted(found.items())
