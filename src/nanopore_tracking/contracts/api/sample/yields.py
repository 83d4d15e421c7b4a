"""What was read of a sample over all its runs against what was asked for, and what is odd about the reads of a run."""

from typing import Literal

from nanopore_tracking.contracts.api.base import Answer

#: no_target: nothing was asked for that can be counted; top_up_proposed: more has to be read, or a person accepts it.
YieldState = Literal["no_target", "no_reads", "reached", "top_up_proposed"]
RunFindingCode = Literal[
    "BARCODE_MISSING",
    "BARCODE_LOW",
    "CROSS_TALK_OR_MISLABEL",
    "CONTROL_READS",
    "UNCLASSIFIED_SHARE",
    "MODEL_UNKNOWN",
    "MINKNOW_SAYS_OTHERWISE",
]


class YieldTier(Answer, frozen=True, kw_only=True):
    """What one model with one limit gave of a sample. model: blank, min_q: None where that is not known."""

    model: str
    min_q: float | None
    runs: list[str]
    reads: int
    bases: int
    pass_bases: int


class SampleYield(Answer, frozen=True, kw_only=True):
    """The reads of a sample, of the basecallings that count, of all runs but those for QC and tests.

    tiers: by model and limit of Q; what passed one is not what passes another, so that a sum over several says so.

    unjudged_bases: of reads that no basecaller let pass or fail; they do not count. share: of the target, 1 is all of
    it; missing_bases or missing_reads: what is short of the target; missing_runs: so many runs of what one has given.
    live_bases: those of the passed ones that instruments alone have told, of live_runs, until their folders are read.
    """

    sample: str
    target: str
    genome_size: str
    state: YieldState
    sentence: str
    runs: list[str]
    flow_cells: list[str]
    reads: int
    pass_bases: int
    unjudged_bases: int
    live_bases: int
    live_runs: list[str]
    wanted_bases: int | None
    wanted_reads: int | None
    share: float | None
    missing_bases: int | None
    missing_reads: int | None
    missing_runs: float | None
    tiers: list[YieldTier] = []


class RunFinding(Answer, frozen=True, kw_only=True):
    """Something odd about a run or its reads. barcode and sample: empty where it is of the whole run."""

    code: RunFindingCode
    severity: Literal["warn", "fail"]
    barcode: str
    sample: str
    message: str


class RunFindings(Answer, frozen=True, kw_only=True):
    """What is odd about a run and its reads. known: whether any reads are."""

    run: str
    known: bool
    findings: list[RunFinding]
