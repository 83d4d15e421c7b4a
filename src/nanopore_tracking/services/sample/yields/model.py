"""How far a sample is from what was asked for, what a top-up would take, and what is odd about the reads of a run."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nanopore_tracking.contracts.api.sample.yields import RunFinding, RunFindingCode, YieldState
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.catalogue.model import Threshold
from nanopore_tracking.services.sample.reports.model import Aim

#: Facility's choice: below this part of what each barcode would have of an even pool, one is low.
LOW_PART = 0.2
#: Facility's choice: from this share of the reads on, a barcode that nobody loaded is told.
STRANGE_SHARE = 0.01
_CONTROLS = ("negative_control", "no_template_control")


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What the runs of a sample have given."""

    runs: Sequence[str]
    flow_cells: Sequence[str]
    reads: int
    pass_bases: int
    unjudged_bases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Barcode:
    """The reads of one barcode of a run. sample: its code, empty for none."""

    barcode: str
    kind: str
    sample: str
    sample_kind: str
    reads: int


def judged(given: Given, aim: Aim | None) -> dict[str, Any]:
    """Return what is said of a sample's yield: state, sentence, share, and what is missing."""
    wanted = (aim.bases_bp, aim.reads) if aim else (None, None)
    said: dict[str, Any] = {"wanted_bases": wanted[0], "wanted_reads": wanted[1]}
    goal = wanted[0] if wanted[0] is not None else wanted[1]
    have = given.pass_bases if wanted[0] is not None else given.reads
    missing = max(0, goal - have) if goal is not None else None
    runs = len(given.runs)
    more = missing / (have / runs) if missing and have and runs else None
    return said | {
        "state": (state := _state(given, goal, missing)),
        "sentence": _sentence(state, given, in_bases=wanted[0] is not None, goal=goal, more=more),
        "share": round(have / goal, 4) if goal else None,
        "missing_bases": missing if wanted[0] is not None else None,
        "missing_reads": missing if wanted[0] is None else None,
        "missing_runs": round(more, 2) if more is not None else None,
    }


def _state(given: Given, goal: int | None, missing: int | None) -> YieldState:
    if not given.runs:
        return "no_reads"
    if goal is None:
        return "no_target"
    return "top_up_proposed" if missing else "reached"


def _sentence(state: YieldState, given: Given, *, in_bases: bool, goal: int | None, more: float | None) -> str:
    many = f"{len(given.runs)} run{'' if len(given.runs) == 1 else 's'}"
    unjudged = f" {_gb(given.unjudged_bases)} were not judged and do not count." if given.unjudged_bases else ""
    if state == "no_reads":
        return "No reads of it are known yet."
    if state == "no_target" or goal is None:
        return f"{_gb(given.pass_bases)} passed over {many}; what was asked for cannot be counted.{unjudged}"
    have = f"{_gb(given.pass_bases)} of {_gb(goal)} passed" if in_bases else f"{given.reads:,} of {goal:,} reads"
    if state == "reached":
        return f"{have} over {many}: what was asked for is there.{unjudged}"
    short = _gb(goal - given.pass_bases) if in_bases else f"{goal - given.reads:,} reads"
    top_up = f" A top-up takes about {_runs(more)} like those so far." if more is not None else ""
    return f"{have} over {many}: {short} are missing.{top_up}{unjudged}"


def _gb(bases: int) -> str:
    return f"{bases / 1e9:,.4g} Gb"


def _runs(more: float) -> str:
    return f"{more:.1f} runs" if more >= 1 else f"{math.ceil(more * 10) / 10:.1f} of a run"


def findings(barcodes: Sequence[Barcode], tags: Sequence[Tag], thresholds: Sequence[Threshold]) -> list[RunFinding]:
    """Return what is odd: samples without reads or with few, barcodes of nobody, reads of controls, unclassified ones.

    Shares are of all reads of the run. What a pool should have of each is taken as the same; controls are left out.
    """
    total = sum(each.reads for each in barcodes)
    if not total:
        return []
    return [
        *_missing(barcodes, tags),
        *_low(barcodes),
        *_strange(barcodes, total),
        *_controls(barcodes, total, _limit(thresholds, "blank_share")),
        *_unclassified(barcodes, total, _limit(thresholds, "unclassified_share")),
    ]


def _limit(thresholds: Sequence[Threshold], quantity: str) -> float | None:
    return next((each.max for each in thresholds if each.quantity == quantity), None)


def _found(
    code: RunFindingCode, message: str, *, barcode: str = "", sample: str = "", fail: bool = False
) -> RunFinding:
    return RunFinding(code=code, severity="fail" if fail else "warn", barcode=barcode, sample=sample, message=message)


def _missing(barcodes: Sequence[Barcode], tags: Sequence[Tag]) -> Iterator[RunFinding]:
    seen = {each.sample for each in barcodes if each.reads}
    for tag in tags:
        if tag.sample_code not in seen and tag.kind not in _CONTROLS:
            message = f"{tag.sample_code} was loaded with {tag.barcode or 'no barcode'} and has no reads."
            yield _found("BARCODE_MISSING", message, barcode=tag.barcode, sample=tag.sample_code, fail=True)


def _low(barcodes: Sequence[Barcode]) -> Iterator[RunFinding]:
    mine = [each for each in barcodes if each.kind == "expected" and each.sample_kind not in _CONTROLS]
    even = sum(each.reads for each in mine) / len(mine) if mine else 0
    for each in mine:
        if 0 < each.reads < LOW_PART * even:
            part = f"{each.reads / even:.0%} of what an even pool would give it"
            message = f"{each.sample} ({each.barcode}) has {each.reads:,} reads, {part}."
            yield _found("BARCODE_LOW", message, barcode=each.barcode, sample=each.sample)


def _strange(barcodes: Sequence[Barcode], total: int) -> Iterator[RunFinding]:
    for each in barcodes:
        share = each.reads / total
        if each.kind == "unexpected" and share >= STRANGE_SHARE:
            message = f"{each.barcode} has {share:.1%} of the reads, and nothing that was loaded has it."
            yield _found("CROSS_TALK_OR_MISLABEL", message, barcode=each.barcode, fail=True)


def _controls(barcodes: Sequence[Barcode], total: int, limit: float | None) -> Iterator[RunFinding]:
    for each in barcodes:
        share = each.reads / total
        if limit is not None and each.sample_kind in _CONTROLS and share > limit:
            message = (
                f"The control {each.sample} ({each.barcode}) has {share:.1%} of the reads; {limit:.1%} are allowed."
            )
            yield _found("CONTROL_READS", message, barcode=each.barcode, sample=each.sample, fail=True)


def _unclassified(barcodes: Sequence[Barcode], total: int, limit: float | None) -> Iterator[RunFinding]:
    share = sum(each.reads for each in barcodes if each.kind == "unclassified" and each.barcode) / total
    if limit is not None and share > limit:
        message = f"{share:.1%} of the reads have no barcode; {limit:.1%} are usual here."
        yield _found("UNCLASSIFIED_SHARE", message)
