"""What is told of a run minute by minute, made of what MinKNOW's statistics say; no input or output in here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

#: Minutes that are asked of MinKNOW at once; what is missing after a long break comes in several pieces.
CHUNK = 240
#: Bins of a histogram that are told.
BINS = 400
Place = TypeVar("Place", int, float)


@dataclass(frozen=True, slots=True)
class Counts:
    """Reads and bases since the start of an acquisition."""

    reads: int
    bases: int
    pass_reads: int
    pass_bases: int

    @classmethod
    def of(cls, summary: Any) -> "Counts":
        """Return the counts of MinKNOW's AcquisitionYieldSummary; what no basecaller judged has neither passed."""
        judged = summary.basecalled_pass_read_count + summary.basecalled_fail_read_count
        return cls(
            reads=max(summary.read_count, judged),
            bases=summary.basecalled_pass_bases + summary.basecalled_fail_bases,
            pass_reads=summary.basecalled_pass_read_count,
            pass_bases=summary.basecalled_pass_bases,
        )

    def told(self) -> dict[str, int]:
        """Return them as the product takes them."""
        return {
            "reads": self.reads,
            "bases": self.bases,
            "pass_reads": self.pass_reads,
            "pass_bases": self.pass_bases,
        }


#: Seconds since the start of an acquisition, and what had been read until then.
Snapshots = Sequence[tuple[int, Counts]]
#: The name and the alias of a barcode.
Barcode = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """What MinKNOW says of some minutes of an acquisition. pores: of each minute, the share of time in each state."""

    whole: Snapshots
    barcodes: Mapping[Barcode, Snapshots] = field(default_factory=dict)
    pores: Mapping[int, Mapping[str, float]] = field(default_factory=dict)


def ticks(span: Span, *, after: int) -> list[dict[str, Any]]:
    """Return one tick for each minute after the last that is known, in order.

    A barcode that had nothing new in a minute has what it had before; MinKNOW leaves such minutes out.
    """
    by_barcode = {barcode: _by_minute(found) for barcode, found in span.barcodes.items()}
    latest: dict[Barcode, Counts] = {}
    told = []
    whole = _by_minute(span.whole)
    for minute in sorted({*whole, *(each for found in by_barcode.values() for each in found)}):
        for barcode, found in by_barcode.items():
            if minute in found:
                latest[barcode] = found[minute]
        if minute > after and minute in whole:
            parts = [
                {"barcode": name, "alias": alias, **counts.told()} for (name, alias), counts in sorted(latest.items())
            ]
            pores = {state: round(share, 4) for state, share in span.pores.get(minute, {}).items()}
            told.append({"minute": minute, **whole[minute].told(), "barcodes": parts, "pores": pores})
    return told


def _by_minute(found: Snapshots) -> dict[int, Counts]:
    """Return the last snapshot of each minute; one at 60 s is that of the first minute."""
    return {seconds // 60: counts for seconds, counts in sorted(found, key=lambda each: each[0])}


def shares(times: Mapping[str, Sequence[int]], starts: Iterable[int]) -> dict[int, dict[str, float]]:
    """Return the share of time of all channels in each state, by the minute in which each bucket ends.

    times: samples spent in each state, one number for each bucket; starts: seconds at which the buckets begin.
    """
    found: dict[int, dict[str, float]] = {}
    for n, start in enumerate(starts):
        states = {state: values[n] for state, values in times.items() if n < len(values)}
        total = sum(states.values())
        if total:
            found[start // 60 + 1] = {state: value / total for state, value in states.items() if value}
    return found


def coarser(bins: Sequence[tuple[Place, int]], most: int = BINS) -> list[tuple[Place, int]]:
    """Return bins of a histogram as at most so many, each where its first one begins, with the sum of all in it."""
    wide = -(-len(bins) // most) if bins else 1
    return [(bins[n][0], sum(value for _, value in bins[n : n + wide])) for n in range(0, len(bins), wide)]


def series(version: str) -> str:
    """Return the first two parts of a version of MinKNOW Core, which have to be those of the library."""
    return ".".join(version.split(".")[:2])
