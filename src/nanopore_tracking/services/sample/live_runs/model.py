"""How a run stands by what its instrument tells: its state, its breaks, its barcodes, where it goes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.live import (
    LiveBarcode,
    LiveEvent,
    LiveProjection,
    Projected,
)
from nanopore_tracking.contracts.api.sample.yields import YieldState
from nanopore_tracking.counting import counted
from nanopore_tracking.services.sample.catalogue.model import Threshold
from nanopore_tracking.services.sample.live_spans import model as joined
from nanopore_tracking.services.sample.live_totals.model import Live
from nanopore_tracking.services.sample.projections import model as projections
from nanopore_tracking.services.sample.projections.model import Projection
from nanopore_tracking.services.sample.reports.model import Aim
from nanopore_tracking.services.sample.yields import model as yields
from nanopore_tracking.services.sample.yields.model import Given

_STEP = 60
_CONTROLS = ("negative_control", "no_template_control")


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What a sample needs of a run: its aim, and what all else has given it."""

    aim: Aim | None
    runs: Sequence[str]
    reads: int
    pass_bases: int

    @property
    def bases(self) -> int | None:
        """Bases that are missing without this run; None where that cannot be counted in bases."""
        wanted = self.aim.bases_bp if self.aim else None
        return None if wanted is None else max(0, wanted - self.pass_bases)


def others(live: Sequence[Live], run_id: UUID, own: Sequence[Mapping[str, Any]]) -> list[Live]:
    """Return what live runs give samples besides one acquisition of a run. own: its barcodes, where they count."""
    found = []
    for each in live:
        mine = [row for row in own if each.run_id == run_id and row["sample_id"] == each.sample_id]
        reads = each.reads - sum(row["reads"] for row in mine)
        bases = each.pass_bases - sum(row["pass_bases"] for row in mine)
        if reads > 0:
            found.append(replace(each, reads=reads, pass_bases=bases))
    return found


def counts(row: Mapping[str, Any]) -> bool:
    """Tell whether a barcode is of a sample that something was asked for of; controls are not."""
    return row["kind"] == "expected" and row["sample_kind"] not in _CONTROLS


def grows(bases: int, end: int | None) -> float | None:
    """Return by what factor a run's bases will have grown at its end; None where that is not known."""
    return end / bases if end is not None and bases else None


def nothing() -> str:
    """Return what is said of a run that no instrument has told of."""
    return joined.SENTENCES["none"]


def step(minutes: int) -> int:
    """Return how many minutes lie between two points of a curve, so that there are about 300."""
    return max(1, -(-minutes // 300))


def rate(points: Sequence[tuple[float, int]]) -> int | None:
    """Return the bases an hour over the last hour that is known; None before there is one."""
    if not points:
        return None
    end_h, end = points[-1]
    before = [(hour, bases) for hour, bases in points if hour <= end_h - 1.0]
    if not before:
        return None
    return round((end - before[-1][1]) / (end_h - before[-1][0]))


def projected(found: Projection | None, *, run_minutes: int, target: int | None) -> LiveProjection | None:
    """Return where a run goes until its planned end; None where too little is known, or where it is there."""
    if found is None or found.at_h * 60 >= run_minutes:
        return None
    now = round(found.at_h * 60)
    minutes = [*range(now, run_minutes, max(_STEP, (run_minutes - now) // 40)), run_minutes]
    at_end, half_life_h = found.bases_at(run_minutes / 60), found.decay.half_life_h
    return LiveProjection(
        half_life_h=round(half_life_h, 1) if half_life_h is not None else None,
        from_minute=round(found.from_h * 60),
        in_6h_bases=found.bases_at(found.at_h + 6) - found.bases,
        in_12h_bases=found.bases_at(found.at_h + 12) - found.bases,
        at_end_bases=at_end,
        points=[Projected(minute=minute, pass_bases=found.bases_at(minute / 60)) for minute in minutes],
        sentence=_led(found, at_end, hours=run_minutes / 60, target=target),
    )


def _led(found: Projection, at_end: int, *, hours: float, target: int | None) -> str:
    said = f"Projected {_gb(at_end)} at {hours:.4g} h if nothing is done"
    if target is None:
        return f"{said}."
    if at_end < target:
        return f"{said}, {_gb(target - at_end)} short of the {_gb(target)} that its samples need."
    reached = found.hour_of(target)
    when = f" after {reached:.0f} h" if reached is not None and found.bases < target else ""
    return f"{said}: the {_gb(target)} that its samples need are there{when}."


def barcodes(
    rows: Sequence[Mapping[str, Any]],
    needs: Mapping[UUID, Needs],
    *,
    run: str,
    grows: float | None,
    low: Threshold | None,
) -> list[LiveBarcode]:
    """Return the barcodes of a run. grows: by what factor its bases will have grown at its end, None if not known.

    low: the part of what an even pool would give each below which one is low, None where nothing is said of that.
    """
    total = sum(row["pass_bases"] for row in rows)
    mine = [row for row in rows if counts(row)]
    even = sum(row["pass_bases"] for row in mine) / len(mine) if mine else 0.0
    found = []
    for row in rows:
        need = needs.get(row["sample_id"]) if counts(row) else None
        end = round(row["pass_bases"] * grows) if grows is not None else None
        state, sentence = _expected(need, row, run=run, end=end)
        found.append(
            LiveBarcode(
                barcode=row["barcode"],
                alias=row["alias"],
                kind=row["kind"],
                sample=row["sample"],
                sample_kind=row["sample_kind"],
                reads=row["reads"],
                pass_bases=row["pass_bases"],
                share=round(row["pass_bases"] / total, 4) if total else None,
                low=row in mine and even > 0 and low is not None and not low.holds(row["pass_bases"] / even),
                wanted_bases=need.bases if need else None,
                projected_bases=end,
                expected=state,
                sentence=sentence,
            )
        )
    return found


def _expected(
    need: Needs | None, row: Mapping[str, Any], *, run: str, end: int | None
) -> tuple[YieldState | None, str]:
    """Return how a sample will stand at the end of the run, with the sentence of what all its runs give."""
    if need is None or need.bases is None or end is None:
        return None, ""
    given = Given(
        runs=sorted({*need.runs, run}),
        flow_cells=[],
        reads=need.reads + row["reads"],
        pass_bases=need.pass_bases + end,
        unjudged_bases=0,
    )
    said = yields.judged(given, need.aim)
    return said["state"], f"By the projection at the end of the run: {said['sentence']}"


def target(needs: Sequence[Needs]) -> int | None:
    """Return what all samples of a run need of it together; None where none of that can be counted."""
    counted = [need.bases for need in needs if need.bases is not None]
    return sum(counted) if counted else None


def happened(
    scans: Sequence[Mapping[str, int]],
    gaps: Sequence[tuple[int, int]],
    points: Sequence[tuple[float, int]],
    *,
    began: Sequence[int] = (),
    ended: int | None,
) -> list[LiveEvent]:
    """Return what happened in a run, the last first. ended: the last minute of one that is over.

    began: the minutes in which it was started again.
    """
    jumps = [hour for hour in projections.reloads(points) if all(abs(hour - minute / 60) > 1 for minute in began)]
    again = [
        LiveEvent(minute=minute, kind="start", sentence="MinKNOW started another acquisition.") for minute in began
    ]
    found = [*_events(scans, gaps, jumps), *again, *_end(ended)]
    return sorted(found, key=lambda event: event.minute or 0, reverse=True)


def _events(
    scans: Sequence[Mapping[str, int]], gaps: Sequence[tuple[int, int]], reloads: Sequence[float]
) -> Iterator[LiveEvent]:
    for scan in scans:
        yield LiveEvent(
            minute=scan["minute"], kind="scan", sentence=f"Mux scan: {counted(scan['pores'], 'pore')} can be used."
        )
    for first, last in gaps:
        message = f"No numbers for {counted(last - first, 'minute')}."
        yield LiveEvent(minute=first, kind="gap", sentence=message)
    for hour in reloads:
        message = "The rate jumped up, as it does after a wash and another load."
        yield LiveEvent(minute=round(hour * 60), kind="reload", sentence=message)


def _end(ended: int | None) -> Iterator[LiveEvent]:
    if ended is not None:
        yield LiveEvent(minute=ended, kind="end", sentence="MinKNOW says that it has ended.")


def _gb(bases: int) -> str:
    return f"{bases / 1e9:,.4g} Gb"
