"""Empirical quantiles of how long it took from a stage to the delivery, by service, stage and queue."""

import math
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import fmean, median

from nanopore_tracking.contracts.api.sample.outlooks import Outlook, OutlookBacktest
from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.counting import counted

#: Delivered samples below which nothing is said.
LEAST = 20
#: The latest delivered samples of a service and a stage that are looked at.
MOST = 300
HALF, MOSTLY = 0.5, 0.8
#: Stages from which a delivery is looked ahead to: those in which the facility works.
STAGES: tuple[Stage, ...] = (
    "received", "sample_qc", "library_prep", "library_qc", "sequencing_setup", "sequencing_run", "basecalling",
    "quality_assessment", "data_delivery",
)  # fmt: skip
_END = "delivered"


@dataclass(frozen=True, slots=True)
class Move:
    """That a sample came to a stage."""

    sample: str
    service: str
    stage: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """From a sample's first entry of a stage to its delivery. queue: samples of its service that were there then."""

    entered_at: datetime
    delivered_at: datetime
    queue: int

    @property
    def took_h(self) -> float:
        """Hours by the clock on the wall."""
        return (self.delivered_at - self.entered_at) / timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What is kept of a service and a stage. busy_from: from which queue on it is long, None where it tells nothing."""

    short_h: Sequence[float]
    long_h: Sequence[float] = field(default_factory=list)
    busy_from: int | None = None
    backtest: OutlookBacktest | None = None

    def times(self, queue: int) -> Sequence[float]:
        """Return how long it took those that found such a queue, in hours."""
        return self.long_h if self.busy_from is not None and queue >= self.busy_from else self.short_h


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A sample, or the last of several, that is on its way. queue: samples of its service in its stage now."""

    service_type: str
    stage: Stage
    entered_at: datetime
    queue: int
    standing: str = ""


def stays(moves: Iterable[Move]) -> dict[tuple[str, str], list[Stay]]:
    """Return the stays of delivered samples by service and stage, as they came. moves: in the order of time."""
    there: dict[tuple[str, str], set[str]] = defaultdict(set)
    where: dict[str, tuple[str, str]] = {}
    entered: dict[str, dict[str, tuple[datetime, int]]] = defaultdict(dict)
    found: dict[tuple[str, str], list[Stay]] = defaultdict(list)
    for move in moves:
        if move.sample in where:
            there[where[move.sample]].discard(move.sample)
        place = where[move.sample] = (move.service, move.stage)
        if move.stage == _END:
            for stage, (at, queue) in entered.pop(move.sample, {}).items():
                found[move.service, stage].append(Stay(entered_at=at, delivered_at=move.at, queue=queue))
        elif move.stage in STAGES:
            entered[move.sample].setdefault(move.stage, (move.at, len(there[place])))
            there[place].add(move.sample)
    return {
        place: sorted(sorted(each, key=lambda stay: stay.delivered_at)[-MOST:], key=lambda stay: stay.entered_at)
        for place, each in found.items()
    }


def pace(past: Sequence[Stay]) -> Pace:
    """Return what is kept of the stays of a service and a stage; by queue only where that forecast better."""
    plain = _Way()
    told = backtest(past, plain)
    by_queue = _Way(busy_from=max(1, math.ceil(median(each.queue for each in past)))) if past else plain
    split = backtest(past, by_queue)
    sides = by_queue.sides(past)
    chosen = split is not None and told is not None and split.loss_h < told.loss_h
    if chosen and min(len(side) for side in sides) >= LEAST:
        return Pace(short_h=sides[0], long_h=sides[1], busy_from=by_queue.busy_from, backtest=split)
    return Pace(short_h=sorted(each.took_h for each in past), backtest=told)


@dataclass(frozen=True)
class _Way:
    """How past stays are told apart. busy_from: by whether the queue was at least so long."""

    busy_from: int | None = None

    def long(self, stay: Stay) -> bool:
        return self.busy_from is not None and stay.queue >= self.busy_from

    def sides(self, past: Sequence[Stay]) -> tuple[list[float], list[float]]:
        short = sorted(each.took_h for each in past if not self.long(each))
        return short, sorted(each.took_h for each in past if self.long(each))


def backtest(past: Sequence[Stay], way: _Way) -> OutlookBacktest | None:
    """Return how forecasts did at each entry, by those delivered before it; None where there were never enough."""
    ends = sorted(past, key=lambda stay: stay.delivered_at)
    known: dict[bool, list[float]] = {False: [], True: []}
    last, place = 0.0, 0
    within: list[tuple[bool, bool]] = []
    losses: list[float] = []
    plain: list[float] = []
    for stay in sorted(past, key=lambda stay: stay.entered_at):
        while place < len(ends) and ends[place].delivered_at <= stay.entered_at:
            last = ends[place].took_h
            insort(known[way.long(ends[place])], last)
            place += 1
        times = known[way.long(stay)]
        if len(times) < LEAST:
            continue
        half, most = quantile(times, HALF), quantile(times, MOSTLY)
        within.append((stay.took_h <= half, stay.took_h <= most))
        losses.append(_loss(stay.took_h, half, HALF) + _loss(stay.took_h, most, MOSTLY))
        plain.append(_loss(stay.took_h, last, HALF) + _loss(stay.took_h, last, MOSTLY))
    if len(within) < LEAST:
        return None
    loss, baseline = fmean(losses) / 2, fmean(plain) / 2
    return OutlookBacktest(
        forecasts=len(within),
        by_half=round(fmean(half for half, _ in within), 3),
        by_most=round(fmean(most for _, most in within), 3),
        loss_h=round(loss, 2),
        baseline_loss_h=round(baseline, 2),
        better=loss < baseline,
    )


def _loss(took: float, said: float, share: float) -> float:
    """Return the pinball loss of a quantile."""
    return max(share * (took - said), (share - 1) * (took - said))


def quantile(times: Sequence[float], share: float) -> float:
    """Return the ⌈share · (n + 1)⌉-th of rising times: so large a share of new ones is not above it."""
    return times[min(len(times), math.ceil(share * (len(times) + 1))) - 1]


def outlook(one: Waiting, paces: Mapping[tuple[str, str], tuple[Pace, datetime]], now: datetime) -> Outlook:
    """Return until when a sample will probably be delivered, by those that were in its stage at least as long."""
    kept, made_at = paces.get((one.service_type, one.stage), (Pace(short_h=[]), None))
    elapsed = max(0.0, (now - one.entered_at) / timedelta(hours=1))
    times = kept.times(one.queue)
    left = times[bisect_right(times, elapsed) :]
    sentence = _sentence(one, kept, times=len(times), left=len(left))
    said = not sentence
    half = one.entered_at + timedelta(hours=quantile(left, HALF)) if said else None
    most = one.entered_at + timedelta(hours=quantile(left, MOSTLY)) if said else None
    service = one.service_type or "samples without a service"
    busy = kept.busy_from is not None and said
    return Outlook(
        sentence=sentence or f"By {counted(len(left), 'delivered sample')} of {service} in this stage as long.",
        service_type=one.service_type,
        stage=one.stage,
        half_at=half,
        most_at=most,
        n=len(left),
        needed=LEAST,
        by_queue=busy,
        backtest=kept.backtest,
        made_at=made_at,
    )


def _sentence(one: Waiting, kept: Pace, *, times: int, left: int) -> str:
    """Return why nothing is said, blank where something is."""
    if one.stage not in STAGES:
        return "Nothing is said of samples that are not being worked on."
    if one.standing:
        return f"Nothing is said while {one.standing}."
    if times < LEAST:
        like = counted(times, "sample like it was", "samples like it were")
        return f"Nothing is said yet: {like} delivered from this stage, {LEAST} are needed."
    if kept.backtest is None:
        return "Nothing is said yet: there are too few to try such forecasts on."
    if not kept.backtest.better:
        return "Nothing is said: taking what the last delivered sample took would have been better here."
    if left < LEAST:
        like = f"{left} of {times} samples like it {'was' if left == 1 else 'were'} in this stage as long"
        return f"Nothing is said: {like}, {LEAST} are needed."
    return ""
