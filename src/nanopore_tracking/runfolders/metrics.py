"""What the reads of a run amount to: questions to columns on a disk, each answered in memory that does not grow."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from nanopore_tracking.runfolders.figures import (
    BIN_S,
    LENGTH_BINS,
    QUALITY_BINS,
    OfBarcode,
    OfBin,
    OfChannel,
    OfEnd,
    OfTime,
    Part,
    RunFigures,
)
from nanopore_tracking.runfolders.remarks import NAMELESS

_KEYS = ["run", "barcode", "alias"]
#: A run of months has a clock that is wrong; more bins than this are one.
_MOST_BINS = 10_000
_LONGEST_NAME, _LOOKED_AT = 200, 20_000
_READ = pl.col("length").fill_null(0)
_LENGTH_BIN = (_READ.cast(pl.Float64).log10() * LENGTH_BINS + 1e-9).floor().cast(pl.Int32)
_JUDGED = ("pass", "fail", "unjudged")


def run_figures(parts: Sequence[Path]) -> tuple[Part, list[RunFigures]]:
    """Return the figures of all reads in the columns, and of each run id, by run id.

    A quality counts where the read has bases. Error probabilities are averaged, as bases are wrong one by one: the mean
    of 10 ** (-Q / 10), read by read, back as Q.
    """
    if not parts:
        return Part(), []
    reads = pl.scan_parquet(list(parts))
    answers = pl.collect_all(_questions(reads), engine="streaming")
    totals, lengths, qualities, times, channels, ends = (frame.rows(named=True) for frame in answers)
    exact = _exact(reads, lengths)
    passed = _exact(reads.filter(pl.col("passed")), [row for row in lengths if row["passed"]])
    exact.pass_n50 = passed.n50
    by_run: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    asked = {"totals": totals, "lengths": lengths, "qualities": qualities, "times": times}
    for name, rows in (asked | {"channels": channels, "ends": ends}).items():
        for row in rows:
            by_run[row["run"]][name].append(row)
    return _part(totals, qualities, exact=exact, key=()), [_of_run(run, by_run[run], exact) for run in sorted(by_run)]


def shared(some: Sequence[Path], others: Sequence[Path]) -> float:
    """Return which share of the first of some reads began in the same channel and second as one of the others."""
    began = (pl.col("channel"), pl.col("start_s").floor().cast(pl.Int32).alias("second"))
    few = pl.scan_parquet(list(some)).head(_LOOKED_AT).select(began).drop_nulls().unique().collect()
    if few.is_empty():
        return 1
    all_ = pl.scan_parquet(list(others)).select(began)
    both = all_.join(few.lazy(), on=["channel", "second"], how="semi").unique().collect(engine="streaming")
    return both.height / few.height


def _questions(reads: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Return what is asked of the columns."""
    has = _READ > 0
    error = pl.when(has).then(10 ** (-pl.col("q").cast(pl.Float64) / 10))
    bases = _READ.cast(pl.UInt64).sum()
    counts = {"reads": pl.len(), "bases": bases}
    passed = _READ.cast(pl.UInt64).filter(pl.col("passed")).sum()
    errors = {"errors": error.sum(), "judged": error.count()}
    timed = has & (pl.col("seconds") > 0)
    speed = {"timed_bases": _READ.cast(pl.UInt64).filter(timed).sum(), "seconds": pl.col("seconds").filter(timed).sum()}
    time = (pl.col("start_s").cast(pl.Float64) / BIN_S).floor().cast(pl.Int32).clip(0, _MOST_BINS)
    quality = (pl.col("q") * QUALITY_BINS + 1e-4).floor().cast(pl.Int32)
    longest = pl.col("length").max().alias("longest")
    return [
        reads.group_by([*_KEYS, "passed"]).agg(longest, empty=(~has).sum(), **counts, **errors),
        reads.filter(has).group_by([*_KEYS, "passed", _LENGTH_BIN.alias("bin")]).agg(**counts),
        reads.filter(has & pl.col("q").is_not_null()).group_by([*_KEYS, "passed", quality.alias("bin")]).agg(**counts),
        reads.filter(pl.col("start_s").is_not_null())
        .group_by("run", time.alias("bin"))
        .agg(
            channels=pl.col("channel").n_unique(),
            last=pl.col("start_s").max(),
            passed=passed,
            **counts,
            **errors,
            **speed,
        ),
        reads.filter(pl.col("channel").is_not_null()).group_by("run", "channel").agg(passed=passed, **counts),
        reads.filter(pl.col("end").cast(pl.String()) != "").group_by("run", "end").agg(**counts),
    ]


#: The key of a group, 0 for reads or 1 for bases, the bin where half is reached, what is above it, the half.
_Wanted = tuple[tuple[str, ...], int, int, int, float]


class _Exact:
    """The exact N50 and median length of groups: of one bin of lengths the reads are looked at one by one."""

    def __init__(self) -> None:
        self.n50: dict[tuple[str, ...], int] = {}
        self.median: dict[tuple[str, ...], int] = {}
        self.pass_n50: dict[tuple[str, ...], int] = {}


def _exact(reads: pl.LazyFrame, lengths: Iterable[dict[str, Any]]) -> _Exact:
    """Return N50 and median of each barcode, of each run (key: its run id alone) and of all (key: empty)."""
    bins: dict[tuple[str, ...], dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row in lengths:
        for key in ((), (row["run"],), tuple(row[name] for name in _KEYS)):
            count = bins[key][row["bin"]]
            count[0] += row["reads"]
            count[1] += row["bases"]
    found = _Exact()
    wanted: list[_Wanted] = []
    for key, of_bins in bins.items():
        for which in (0, 1):
            half, above = sum(count[which] for count in of_bins.values()) / 2, 0
            for number in sorted(of_bins, reverse=True):
                if above + of_bins[number][which] >= half:
                    wanted.append((key, which, number, above, half))
                    break
                above += of_bins[number][which]
    for many in (0, 1, 3):
        _look(reads, [each for each in wanted if len(each[0]) == many], keys=_KEYS[:many], found=found)
    return found


def _look(reads: pl.LazyFrame, wanted: list[_Wanted], *, keys: list[str], found: _Exact) -> None:
    """Count the lengths in the wanted bins, and say where half of the reads (0) or of the bases (1) is reached."""
    places = sorted({(*key, number) for key, _, number, _, _ in wanted})
    schema = {**dict.fromkeys(keys, pl.Categorical()), "bin": pl.Int32()}
    inside = pl.LazyFrame(places, schema=schema, orient="row")
    counted = (
        reads.filter(_READ > 0)
        .select(*keys, "length", _LENGTH_BIN.alias("bin"))
        .join(inside, on=[*keys, "bin"], how="semi")
        .group_by([*keys, "bin", "length"])
        .agg(reads=pl.len())
        .collect(engine="streaming")
    )
    lengths: dict[tuple[Any, ...], list[tuple[int, int]]] = defaultdict(list)
    for *place, length, count in counted.rows():
        lengths[tuple(place)].append((length, count))
    for key, which, number, above, half in wanted:
        reached = above
        for length, count in sorted(lengths[*key, number], reverse=True):
            reached += count * (length if which else 1)
            if reached >= half:
                (found.n50 if which else found.median)[key] = length
                break


def _part(
    totals: Sequence[dict[str, Any]], qualities: Sequence[dict[str, Any]], *, exact: _Exact, key: tuple[str, ...]
) -> Part:
    """Add up the rows of one run or barcode."""
    sums: dict[str, int] = defaultdict(int)
    for row in totals:
        name = "unjudged" if row["passed"] is None else "pass" if row["passed"] else "fail"
        sums[f"{name}_reads"] += row["reads"]
        sums[f"{name}_bases"] += row["bases"]
    passed = [row for row in totals if row["passed"]]
    return Part(
        reads=sum(row["reads"] for row in totals),
        empty_reads=sum(row["empty"] for row in totals),
        bases=sum(row["bases"] for row in totals),
        **sums,
        n50_bases=exact.n50.get(key),
        median_length_bases=exact.median.get(key),
        max_length_bases=max((row["longest"] for row in totals if row["longest"]), default=None),
        mean_q=_mean_q(totals),
        pass_n50_bases=exact.pass_n50.get(key),
        pass_mean_q=_mean_q(passed),
        median_q=_median_q(qualities),
    )


def _mean_q(rows: Sequence[dict[str, Any]]) -> float | None:
    return _as_q(sum(row["errors"] for row in rows), sum(row["judged"] for row in rows))


def _as_q(errors: float, count: int) -> float | None:
    return round(-10 * math.log10(errors / count), 3) if count and errors > 0 else None


def _median_q(rows: Sequence[dict[str, Any]]) -> float | None:
    half, seen = sum(row["reads"] for row in rows) / 2, 0
    for row in sorted(rows, key=lambda row: int(row["bin"])):
        seen += row["reads"]
        if seen >= half:
            return float(row["bin"] + 0.5) / QUALITY_BINS
    return None


def _of_run(run: str, rows: dict[str, list[Any]], exact: _Exact) -> RunFigures:
    groups: dict[tuple[str, ...], tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for which, name in enumerate(("totals", "qualities")):
        for row in rows[name]:
            groups[tuple(row[key] for key in _KEYS)][which].append(row)
    barcodes = [
        OfBarcode(
            barcode=key[1][:_LONGEST_NAME], alias=key[2][:_LONGEST_NAME], part=_part(*of_group, exact=exact, key=key)
        )
        for key, of_group in sorted(groups.items())
    ]
    barcoded = any(each.barcode for each in barcodes)
    times = sorted(rows["times"], key=lambda row: int(row["bin"]))
    seconds = sum(row["seconds"] for row in times)
    whole = _part(rows["totals"], rows["qualities"], exact=exact, key=(run,))
    return RunFigures(
        run_id=run[:_LONGEST_NAME],
        whole=whole,
        channels_seen=len(rows["channels"]),
        t90_h=_t90_h(times),
        last_start_h=round(max(row["last"] for row in times) / 3600, 3) if times else None,
        speed_bases_per_s=round(sum(row["timed_bases"] for row in times) / seconds, 1)
        if seconds and whole.bases
        else None,
        **(_shares(barcodes, whole.bases) if barcoded else {}),
        barcodes=barcodes if barcoded else [],
        times=[_of_time(row) for row in times],
        channels=[
            OfChannel(channel=row["channel"], reads=row["reads"], bases=row["bases"], pass_bases=row["passed"])
            for row in sorted(rows["channels"], key=lambda row: int(row["channel"]))
        ],
        lengths=_bins(rows["lengths"]),
        qualities=_bins(rows["qualities"]),
        ends=[
            OfEnd(reason=row["end"], reads=row["reads"], bases=row["bases"])
            for row in sorted(rows["ends"], key=lambda row: -int(row["reads"]))
        ],
    )


def _shares(barcodes: Sequence[OfBarcode], bases: int) -> dict[str, Any]:
    """Return how even the barcodes are, and what is none's: an alias names a sample even where the barcode does not."""
    sure = [each.part.bases for each in barcodes if {each.barcode, each.alias} - NAMELESS]
    mean = sum(sure) / len(sure) if sure else 0
    spread = math.sqrt(sum((each - mean) ** 2 for each in sure) / len(sure)) if sure else 0
    odd = [each for each in barcodes if each.barcode in NAMELESS and each.alias not in NAMELESS]
    return {
        "unclassified_share": round(1 - sum(sure) / bases, 6) if bases else None,
        "barcode_cv": round(spread / mean, 4) if mean else None,
        "contradictions": sum(each.part.reads for each in odd),
    }


def _t90_h(times: Sequence[dict[str, Any]]) -> float | None:
    total, seen = sum(row["bases"] for row in times), 0
    for row in times:
        seen += row["bases"]
        if total and seen >= 0.9 * total:
            return round(float(row["bin"] + 1) * BIN_S / 3600, 2)
    return None


def _of_time(row: dict[str, Any]) -> OfTime:
    return OfTime(
        bin=row["bin"],
        reads=row["reads"],
        bases=row["bases"],
        pass_bases=row["passed"],
        channels=row["channels"],
        mean_q=_as_q(row["errors"], row["judged"]),
        speed_bases_per_s=round(row["timed_bases"] / row["seconds"], 1) if row["seconds"] and row["bases"] else None,
    )


def _bins(rows: Iterable[dict[str, Any]]) -> list[OfBin]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        counts, offset = sums[row["bin"]], 0 if row["passed"] else 2
        counts[offset] += row["reads"]
        counts[offset + 1] += row["bases"]
    return [
        OfBin(bin=number, pass_reads=one, pass_bases=two, other_reads=three, other_bases=four)
        for number, (one, two, three, four) in sorted(sums.items())
    ]
