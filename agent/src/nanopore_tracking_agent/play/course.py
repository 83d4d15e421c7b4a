"""The course of a played run: how its yield decays, its scans, pores and barcodes; each minute follows a formula."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

#: A mux scan each hour and a half, in which nothing is read for five minutes.
SCAN_MINUTES, SCAN_LASTS = 90, 5
_MEAN_LENGTH = 4200
_PASSED = 0.93
#: Until the next scan more and more channels sit at a pore that has gone; this part is lost until then.
_WEARS = 0.12
_RATE_HZ = 5000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is played. barcodes: name, alias and weight of each; gb_at_start: bases of the first hour."""

    position: str = "MN00001"
    flow_cell_id: str = "FBA00001"
    product_code: str = "FLO-MIN114"
    experiment_id: str = "played"
    sample_id: str = "played"
    kit: str = "SQK-RBK114-24"
    core_version: str = "6.10.3"
    hours: float = 72.0
    gb_at_start: float = 0.9
    half_life_h: float = 16.0
    channels: int = 512
    wells: int = 4
    unclassified: float = 0.06
    silent_after_h: float | None = None
    barcodes: list[tuple[str, str, float]] = field(
        default_factory=lambda: [("barcode01", "played_1", 1.0), ("barcode02", "played_2", 1.0)]
    )

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Plan":
        """Return a plan that was written as JSON; TypeError for what a plan does not have."""
        barcodes = [(str(name), str(alias), float(weight)) for name, alias, weight in said.get("barcodes", [])]
        return cls(**(said | ({"barcodes": barcodes} if barcodes else {})))


class Course:
    """A plan, minute by minute."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.minutes = round(plan.hours * 60)
        weights = sum(weight for _, _, weight in plan.barcodes) or 1.0
        share = 1.0 - plan.unclassified
        self.parts = [(name, alias, weight / weights * share) for name, alias, weight in plan.barcodes]
        self.parts.append(("unclassified", "unclassified", plan.unclassified))
        self._bases = [0.0]
        for minute in range(self.minutes):
            self._bases.append(self._bases[-1] + self._rate(minute))

    def _rate(self, minute: int) -> float:
        """Return the bases of one minute."""
        in_scan = minute % SCAN_MINUTES
        if minute >= SCAN_MINUTES and in_scan < SCAN_LASTS:
            return 0.0
        worn = 1.0 - _WEARS * in_scan / SCAN_MINUTES
        return self.plan.gb_at_start * 1e9 / 60 * self._left(minute) * worn

    def _left(self, minute: int) -> float:
        """Return which part of the channels is still active."""
        return float(2.0 ** (-minute / 60 / self.plan.half_life_h))

    def counts(self, minute: int, share: float = 1.0) -> tuple[int, int, int, int]:
        """Return passed and failed reads, passed and failed bases until a minute. share: of a barcode."""
        bases = self._bases[max(0, min(minute, self.minutes))] * share
        passed, failed = int(bases * _PASSED), int(bases * (1.0 - _PASSED))
        return passed // _MEAN_LENGTH, failed // _MEAN_LENGTH, passed, failed

    def states(self, minute: int) -> dict[str, int]:
        """Return the samples that all channels together spent in each state in the minute before one."""
        left = self._left(minute)
        scanning = minute >= SCAN_MINUTES and 0 < minute % SCAN_MINUTES <= SCAN_LASTS
        shares = {
            "strand": 0.0 if scanning else 0.78 * left,
            "adapter": 0.0 if scanning else 0.02 * left,
            "pore": 0.14 * left + (0.8 * left if scanning else 0.0),
            "unavailable": 0.06 * left,
            "saturated": 0.02 * (1 - left),
            "multiple": 0.03,
            "no_pore": 0.95 * (1 - left),
        }
        total = sum(shares.values())
        samples = self.plan.channels * 60 * _RATE_HZ
        return {state: round(samples * share / total) for state, share in shares.items()}

    def scans(self, minute: int) -> Sequence[tuple[int, int]]:
        """Return the mux scans until a minute: when, and how many pores could be used."""
        wells = self.plan.channels * self.plan.wells
        return [(each, round(wells * 0.7 * self._left(each))) for each in range(0, minute + 1, SCAN_MINUTES)]

    def lengths(self, minute: int) -> list[tuple[int, int, int]]:
        """Return the bases by read length: from, to, bases."""
        total = self.counts(minute)[2]
        shares = (0.04, 0.10, 0.2, 0.28, 0.22, 0.12, 0.04)
        return [(1000 * n, 1000 * (n + 1), int(total * share)) for n, share in enumerate(shares)]

    def qualities(self, minute: int) -> list[tuple[float, float, int]]:
        """Return the bases by quality: from, to, bases."""
        passed, failed = self.counts(minute)[2:]
        shares = {8: 0.0, 10: 0.05, 12: 0.12, 14: 0.23, 16: 0.3, 18: 0.2, 20: 0.1}
        return [(float(q), q + 2.0, failed if q == 8 else int(passed * share)) for q, share in shares.items()]
