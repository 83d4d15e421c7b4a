"""How far a sample is from what was asked for, what a top-up would take, and what is odd about the reads of a run."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from nanopore_tracking.contracts.api.sample.yields import RunFinding, RunFindingCode, YieldState, YieldTier
from nanopore_tracking.counting import counted
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.catalogue.model import Threshold
from nanopore_tracking.services.sample.live_totals.model import Live
from nanopore_tracking.services.sample.reports.model import Aim

_SHOWN = 4
_CONTROLS = ("negative_control", "no_template_control")
_GATE = "quality_assessment"
#: Limits as they are shipped, for a facility whose own thresholds are older than these and say nothing of them.
SHIPPED = (
    Threshold(
        code="data-barcode-part",
        name="Reads of a barcode, as a part of what an even pool would give it",
        gate=_GATE,
        quantity="barcode_part",
        min=0.2,
        severity="warn",
    ),
    Threshold(
        code="data-unexpected-share",
        name="Share of the run's reads of a barcode that nothing that was loaded has",
        gate=_GATE,
        quantity="unexpected_share",
        max=0.01,
        severity="fail",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What the runs of a sample have given; tiers: the same by model and limit."""

    runs: Sequence[str]
    flow_cells: Sequence[str]
    reads: int
    pass_bases: int
    unjudged_bases: int
    tiers: Sequence[YieldTier] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Barcode:
    """The reads of one barcode of a run. sample: its code, empty for none."""

    barcode: str
    kind: str
    sample: str
    sample_kind: str
    reads: int


def with_live(given: Given, live: Sequence[Live]) -> Given:
    """Return what folders and live runs have given together; those are of runs that no folder has told yet."""
    return replace(
        given,
        runs=sorted({*given.runs, *(each.run for each in live)}),
        flow_cells=sorted({*given.flow_cells, *(each.flow_cell for each in live if each.flow_cell)}),
        reads=given.reads + sum(each.reads for each in live),
        pass_bases=given.pass_bases + sum(each.pass_bases for each in live),
    )


def told_live(live: Sequence[Live]) -> str:
    """Return the sentence that says how much of a yield is not final; empty where all of it is."""
    runs = sorted({each.run for each in live})
    if not runs:
        return ""
    bases = _gb(sum(each.pass_bases for each in live))
    return f" {bases} of it are told live by {', '.join(runs)}, until what was read of its folder replaces them."


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
        "sentence": _sentence(state, given, in_bases=wanted[0] is not None, goal=goal, more=more) + _mixed(given),
        "tiers": list(given.tiers),
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
    many = counted(len(given.runs), "run")
    unjudged = f" {_gb(given.unjudged_bases)} were not judged and do not count." if given.unjudged_bases else ""
    if state == "no_reads":
        return "No reads of it are known yet."
    if state == "no_target" or goal is None:
        return f"{_gb(given.pass_bases)} passed over {many}; what was asked for cannot be counted.{unjudged}"
    have = (
        f"{_gb(given.pass_bases)} of {_gb(goal)} passed" if in_bases else f"{given.reads:,} of {counted(goal, 'read')}"
    )
    if state == "reached":
        return f"{have} over {many}: what was asked for is there.{unjudged}"
    short = _gb(goal - given.pass_bases) if in_bases else counted(goal - given.reads, "read")
    top_up = f" A top-up takes about {_runs(more)} like those so far." if more is not None else ""
    return f"{have} over {many}: {short} {'is' if short == '1 read' else 'are'} missing.{top_up}{unjudged}"


def _mixed(given: Given) -> str:
    """Say that a sum is over several models or limits; nothing where it is of one."""
    if len(given.tiers) < 2:
        return ""
    told = "; ".join(_tier(tier) for tier in given.tiers[:_SHOWN])
    more = f" and {len(given.tiers) - _SHOWN} more" if len(given.tiers) > _SHOWN else ""
    return f" This adds up {len(given.tiers)} kinds of basecalling, which pass by limits of their own ({told}{more})."


def _tier(tier: YieldTier) -> str:
    limit = "a Q that is not known" if tier.min_q is None else f"Q{tier.min_q:g}"
    return f"{tier.model or 'a model that is not known'} from {limit} on: {_gb(tier.pass_bases)}"


def _gb(bases: int) -> str:
    return f"{bases / 1e9:,.4g} Gb"


def _runs(more: float) -> str:
    return f"{more:.1f} runs" if more >= 1 else f"{math.ceil(more * 10) / 10:.1f} of a run"


def findings(barcodes: Sequence[Barcode], tags: Sequence[Tag], thresholds: Sequence[Threshold]) -> list[RunFinding]:
    """Return what is odd: samples without reads or with few, barcodes of nobody, reads of controls, unclassified ones.

    Shares are of all reads of the run. What a pool should have of each is taken as the same; controls are left out.
    How much is odd is said by the catalogue, and where it has no limit by the shipped one, which is then said; of what
    neither has one for, nothing is told.
    """
    total = sum(each.reads for each in barcodes)
    if not total:
        return []
    return [
        *_missing(barcodes, tags),
        *_low(barcodes, low(thresholds)),
        *_strange(barcodes, total, _limit(thresholds, "unexpected_share")),
        *_controls(barcodes, total, _limit(thresholds, "blank_share")),
        *_unclassified(barcodes, total, _limit(thresholds, "unclassified_share")),
    ]


def nameless(basecallings: int) -> list[RunFinding]:
    """Return that so many basecallings do not say their model, so that nothing was recorded of the samples."""
    message = (
        "The folder does not say which model its reads were called with, so no basecalling was recorded of the "
        "samples. Say on the page of the folder which model it was; it is recorded then."
    )
    return [_found("MODEL_UNKNOWN", message)] if basecallings else []


def otherwise(sentence: str) -> list[RunFinding]:
    """Return that MinKNOW says something else of the run than its plan; nothing for a blank sentence."""
    return [_found("MINKNOW_SAYS_OTHERWISE", sentence)] if sentence else []


def low(thresholds: Sequence[Threshold]) -> Threshold | None:
    """Return the part of what an even pool would give each barcode below which one is low."""
    return _limit(thresholds, "barcode_part")


def _limit(thresholds: Sequence[Threshold], quantity: str) -> Threshold | None:
    return next((each for each in (*thresholds, *SHIPPED) if each.quantity == quantity), None)


def _found(
    code: RunFindingCode, message: str, limit: Threshold | None = None, *, barcode: str = "", sample: str = ""
) -> RunFinding:
    severity: Literal["warn", "fail"] = limit.severity if limit is not None else "warn"
    return RunFinding(code=code, severity=severity, barcode=barcode, sample=sample, message=message)


def _missing(barcodes: Sequence[Barcode], tags: Sequence[Tag]) -> Iterator[RunFinding]:
    seen = {each.sample for each in barcodes if each.reads}
    for tag in tags:
        if tag.sample_code not in seen and tag.kind not in _CONTROLS:
            message = f"{tag.sample_code} was loaded with {tag.barcode or 'no barcode'} and has no reads."
            yield RunFinding(
                code="BARCODE_MISSING", severity="fail", barcode=tag.barcode, sample=tag.sample_code, message=message
            )


def _low(barcodes: Sequence[Barcode], limit: Threshold | None) -> Iterator[RunFinding]:
    mine = [each for each in barcodes if each.kind == "expected" and each.sample_kind not in _CONTROLS]
    even = sum(each.reads for each in mine) / len(mine) if mine else 0
    for each in mine:
        if limit is not None and each.reads and not limit.holds(each.reads / even):
            part = f"{each.reads / even:.0%} of what an even pool would give it; {_wanted(limit)}"
            message = f"{each.sample} ({each.barcode}) has {counted(each.reads, 'read')}, {part}."
            yield _found("BARCODE_LOW", message, limit, barcode=each.barcode, sample=each.sample)


def _strange(barcodes: Sequence[Barcode], total: int, limit: Threshold | None) -> Iterator[RunFinding]:
    for each in barcodes:
        share = each.reads / total
        if limit is not None and each.kind == "unexpected" and not limit.holds(share):
            message = (
                f"{each.barcode} has {share:.1%} of the reads, and nothing that was loaded has it{_origin(limit)}."
            )
            yield _found("CROSS_TALK_OR_MISLABEL", message, limit, barcode=each.barcode)


def _controls(barcodes: Sequence[Barcode], total: int, limit: Threshold | None) -> Iterator[RunFinding]:
    for each in barcodes:
        share = each.reads / total
        if limit is not None and each.sample_kind in _CONTROLS and not limit.holds(share):
            message = f"The control {each.sample} ({each.barcode}) has {share:.1%} of the reads; {_wanted(limit)}."
            yield _found("CONTROL_READS", message, limit, barcode=each.barcode, sample=each.sample)


def _unclassified(barcodes: Sequence[Barcode], total: int, limit: Threshold | None) -> Iterator[RunFinding]:
    share = sum(each.reads for each in barcodes if each.kind == "unclassified" and each.barcode) / total
    if limit is not None and not limit.holds(share):
        yield _found("UNCLASSIFIED_SHARE", f"{share:.1%} of the reads have no barcode; {_wanted(limit)}.", limit)


def _wanted(limit: Threshold) -> str:
    """Say what a share must be by the catalogue."""
    ends = [("at least", limit.min), ("at most", limit.max)]
    said = " and ".join(f"{word} {end:.1%}" for word, end in ends if end is not None)
    return f"{said} is wanted{_origin(limit)}"


def _origin(limit: Threshold) -> str:
    """Say of a limit that the facility did not set it."""
    shipped = any(limit is each for each in SHIPPED)
    return " (the limit as shipped: the thresholds of the facility have none)" if shipped else ""
