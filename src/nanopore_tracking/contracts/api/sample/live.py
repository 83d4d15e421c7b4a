"""What an agent tells of instruments while they sequence, and how a run stands by it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked, Line, LooseLine
from nanopore_tracking.contracts.api.sample.acquisitions import ReadSetKind, Standing
from nanopore_tracking.contracts.api.sample.yields import YieldState
from nanopore_tracking.runfolders.figures import Count

#: A minute of an acquisition, counted from its start; twelve days are the longest.
Minute = Annotated[int, Meta(ge=0, le=20_000, description="Minutes since the start of the acquisition.")]
Share = Annotated[float, Meta(ge=0, le=1)]
State = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[a-z0-9_]+$")]
Path = Annotated[str, Meta(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f\x7f]*$")]
Sentence = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
Moment = Annotated[datetime, Meta(tz=True)]
#: none: nothing was ever told of it; running: its numbers grow; no_data: it is said to run and nothing new comes;
#: unreachable: the agent does not reach the instrument; silent: the agent is not heard; ended: MinKNOW says so.
LiveState = Literal["none", "running", "no_data", "unreachable", "silent", "ended"]


class TickOfBarcode(Asked, frozen=True, kw_only=True):
    """What one barcode has since the start of the acquisition."""

    barcode: LooseLine
    alias: LooseLine
    reads: Count
    bases: Count
    pass_reads: Count
    pass_bases: Count


class NewTick(Asked, frozen=True, kw_only=True):
    """One minute of an acquisition. pores: shares of the time of all channels by state; counts are since its start."""

    minute: Minute
    reads: Count
    bases: Count
    pass_reads: Count
    pass_bases: Count
    barcodes: Annotated[list[TickOfBarcode], Meta(max_length=400)] = []
    pores: Annotated[dict[State, Share], Meta(max_length=40)] = {}


class Scan(Asked, frozen=True, kw_only=True):
    """A mux scan: how many pores could be used."""

    minute: Minute
    pores: Count


class LiveRunTold(Asked, frozen=True, kw_only=True):
    """A run as MinKNOW shows it. lengths, qualities: pairs of where a bin begins and the bases in it."""

    protocol_run_id: Line
    acquisition_run_id: Line
    experiment_id: LooseLine = ""
    sample_id: LooseLine = ""
    flow_cell_id: LooseLine = ""
    position: LooseLine = ""
    kit: LooseLine = ""
    output_path: Path
    state: LooseLine
    phase: LooseLine = ""
    stop_reason: LooseLine = ""
    model: LooseLine = ""
    started_at: Moment | None = None
    ended_at: Moment | None = None
    n50_bases: Count | None = None
    scans: Annotated[list[Scan], Meta(max_length=400)] = []
    lengths: Annotated[list[tuple[Count, Count]], Meta(max_length=2000)] = []
    qualities: Annotated[list[tuple[float, Count]], Meta(max_length=500)] = []
    ticks: Annotated[list[NewTick], Meta(max_length=300)] = []


class PositionTold(Asked, frozen=True, kw_only=True):
    """A position of an instrument as MinKNOW shows it."""

    name: Line
    state: Line
    sentence: Sentence = ""
    flow_cell_id: LooseLine = ""
    product_code: LooseLine = ""
    runs: Annotated[list[LiveRunTold], Meta(max_length=10)] = []


class NewTelling(Asked, frozen=True, kw_only=True):
    """All that an agent saw of one computer with MinKNOW. agent: the computer that the agent runs on."""

    agent: Line
    agent_version: LooseLine
    host: Line
    core_version: LooseLine
    reached: bool
    sentence: Sentence
    positions: Annotated[list[PositionTold], Meta(max_length=100)]


class LiveKnown(Answer, frozen=True, kw_only=True):
    """What is known of an acquisition now. minute: the last one, None before the first; run: its code if known."""

    acquisition_run_id: str
    minute: int | None
    standing: Standing
    run: str | None


class LiveTaken(Answer, frozen=True, kw_only=True):
    """What is known now of each run that was told."""

    runs: list[LiveKnown]


class LivePosition(Answer, frozen=True, kw_only=True):
    """A position as its agent told it last. sentence: what is wrong; since: since when; data_at: of its last minute.

    minute: of the acquisition that was told last; pass_bases: of all acquisitions of its run; starts: how many.
    """

    id: UUID
    name: str
    instrument: str | None
    agent: str
    host: str
    core_version: str
    state: str
    live: LiveState
    sentence: str
    since: datetime | None
    flow_cell_id: str
    product_code: str
    run: str | None
    acquisition_id: UUID | None
    standing: Standing | None
    minute: int | None
    run_minutes: int | None
    pass_bases: int | None
    starts: int
    data_at: datetime | None
    heard_at: datetime


class Tick(Answer, frozen=True, kw_only=True):
    """One minute of a run that is known. barcodes: passed bases by the barcode's name."""

    id: UUID
    acquisition_run_id: str
    minute: int
    reads: int
    bases: int
    pass_reads: int
    pass_bases: int
    barcodes: dict[str, int]
    pores: dict[str, float]
    received_at: datetime


class LivePoint(Answer, frozen=True, kw_only=True):
    """A point of the run's curves; the shares of channels are None where MinKNOW did not say them."""

    minute: int
    bases: int
    pass_bases: int
    strand: float | None
    adapter: float | None
    pore: float | None


class LiveBarcode(Answer, frozen=True, kw_only=True):
    """A barcode of a run. wanted_bases: what its sample needs of this run, None where that cannot be counted.

    share: of the passed bases; low: it has less than a fifth of what an even pool would give it. expected: how its
    sample will stand at the end of the run by the projection, with the sentence of a top-up where it will be short.
    """

    barcode: str
    alias: str
    kind: ReadSetKind
    sample: str | None
    sample_kind: str
    reads: int
    pass_bases: int
    share: float | None
    low: bool
    wanted_bases: int | None
    projected_bases: int | None
    expected: YieldState | None
    sentence: str


class Projected(Answer, frozen=True, kw_only=True):
    """What the run will have given at a minute, if nothing is done."""

    minute: int
    pass_bases: int


class LiveProjection(Answer, frozen=True, kw_only=True):
    """Where a run goes if nothing is done: a fit, not a measurement. from_minute: where the fitted part begins."""

    half_life_h: float | None
    from_minute: int
    in_6h_bases: int
    in_12h_bases: int
    at_end_bases: int
    points: list[Projected]
    sentence: str


class LiveEvent(Answer, frozen=True, kw_only=True):
    """Something that happened in a run. minute: None where it is not of its time."""

    minute: int | None
    kind: Literal["scan", "reload", "gap", "start", "end"]
    sentence: str


class LiveAcquisition(Answer, frozen=True, kw_only=True):
    """One acquisition of a run. begins_minute: of the run; minute: its own last one; counts: see LiveRun.

    folder_id: what was read of it, or will be.
    """

    acquisition_run_id: str
    protocol_run_id: str
    folder_id: UUID
    state: LiveState
    sentence: str
    started_at: datetime | None
    ended_at: datetime | None
    begins_minute: int
    minute: int | None
    reads: int
    bases: int
    pass_reads: int
    pass_bases: int
    n50_bases: int | None
    counts: bool


class LiveRun(Answer, frozen=True, kw_only=True):
    """How a run stands by what its instrument tells: of one of its acquisitions, or of all of them together.

    acquisitions: all that were told; together: the sentence that says that numbers are sums of several, blank where
    they are of one, the one that acquisition_run_id names; n50_bases: None for several, as it cannot be added up.
    since: since when nothing new comes; counts: whether these numbers are in the yields of samples, until its folder is
    read; gaps: first and last minute of each break without numbers; target_bases: what its samples need
    of it, None where that cannot be counted; projection: None where too little is known.
    """

    run: str
    state: LiveState
    sentence: str
    since: datetime | None
    counts: bool
    host: str
    position: str
    core_version: str
    acquisition_run_id: str
    phase: str
    model: str
    started_at: datetime | None
    ended_at: datetime | None
    data_at: datetime | None
    minute: int | None
    run_minutes: int
    reads: int
    bases: int
    pass_reads: int
    pass_bases: int
    n50_bases: int | None
    rate_bases_per_h: int | None
    pores: int | None
    target_bases: int | None
    gaps: list[tuple[int, int]]
    points: list[LivePoint]
    lengths: list[tuple[int, int]]
    qualities: list[tuple[float, int]]
    barcodes: list[LiveBarcode]
    events: list[LiveEvent]
    projection: LiveProjection | None
    together: str
    acquisitions: list[LiveAcquisition]
