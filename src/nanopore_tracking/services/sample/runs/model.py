"""What a planned run is, its one table of states and gates, and the sheet that it asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import Want
from nanopore_tracking.contracts.api.sample.runs import Purpose, RunState
from nanopore_tracking.contracts.api.sample.sheets import SheetFinding
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.cargo.model import Cargo
from nanopore_tracking.services.sample.chain.model import Stands, Table, Way, nothing, want
from nanopore_tracking.services.sample.flow_cells.model import FlowCell, Hurdle
from nanopore_tracking.services.sample.instruments import model as instruments
from nanopore_tracking.services.sample.instruments.model import Position
from nanopore_tracking.services.sample.overrides.model import Thing
from nanopore_tracking.services.sample.sheet_profiles.model import Member, Plan

#: What people may change before the start.
CHANGEABLE = ("run_minutes", "min_qscore", "volume_ul", "purpose", "override_reason", "note")
_OPEN: tuple[RunState, ...] = ("planned", "sheet_issued")
#: A run in one of these has its flow cell and position to itself.
HOLDING: tuple[RunState, ...] = ("starting", "running", "paused")
ENDS: tuple[RunState, ...] = ("completed", "stopped_by_user", "failed", "disk_full", "device_disconnected")
#: Ends that nobody is charged for, after which MinKNOW may be started again on the same flow cell.
BROKEN: tuple[RunState, ...] = ("failed", "disk_full", "device_disconnected")
_LONGEST = 40
#: What the reason of a plan passes over; nothing does that for the rest.
_BY_REASON = frozenset({"pores", "barcode-carry-over"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run as it is stored."""

    id: UUID
    code: str
    state: RunState
    state_reason: str
    purpose: Purpose
    experiment_id: str
    sample_id: str
    pool_id: UUID | None
    library_id: UUID | None
    flow_cell_id: UUID
    position_id: UUID
    kits: Sequence[str]
    run_minutes: int
    min_qscore: float
    volume_ul: float | None
    override_reason: str
    note: str
    start_count: int
    protocol_run_id: str | None
    started_at: datetime | None
    ended_at: datetime | None
    ended_as: str | None
    end_reason: str
    version: int

    @property
    def stands(self) -> Stands:
        """The run as what a transition is asked for of."""
        return Stands(noun="run", id=self.id, code=self.code, state=self.state, version=self.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a run is judged by.

    held_by: the run that has the position, if one has; hurdles: of flow cell, barcodes and what is loaded; sheet: the
    hash of the one that was issued last; wanted: of the one that would be issued now; findings: what the tools' rules
    say against it; fits: product codes that the kit runs on, empty where that is not known; loads: recorded for it;
    signed: codes that a second person let it pass over for its reason, None where one person is enough.
    """

    run: Run
    cell: FlowCell
    position: Position
    position_held_by: str | None
    cargo: Cargo
    hurdles: Sequence[Hurdle]
    sheet: str | None
    wanted: str
    findings: Sequence[SheetFinding]
    fits: Sequence[str] = ()
    loads: int = 0
    signed: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOfSample:
    """The latest run of what a sample is in. wants: what its start needs, while it has not started."""

    code: str
    state: RunState
    flow_cell: str
    ended_at: datetime | None
    end_reason: str
    wants: Sequence[Want]

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.state in (*ENDS, "analysed")

    def sequenced_since(self, moment: datetime) -> bool:
        """Whether it ended after a moment, and not by a failure."""
        good = self.state in ("completed", "stopped_by_user", "analysed")
        return good and self.ended_at is not None and self.ended_at >= moment


def experiment_id(code: str, loaded: str) -> str:
    """Return what MinKNOW shall call the protocol group: the run and what is loaded, of safe characters."""
    return f"{code}_{loaded}"[:_LONGEST]


def plan(run: Run, *, cell: FlowCell, position: Position, cargo: Cargo) -> Plan:
    """Return what the sheet of a run says."""
    return Plan(
        experiment_id=run.experiment_id,
        sample_id=run.sample_id,
        flow_cell_id=cell.flow_cell_id or "",
        position_id=position.name,
        product_code=cell.product_code,
        kits=run.kits,
        members=[Member(barcode=tag.barcode, alias=tag.alias, kind=tag.kind) for tag in cargo.tags],
    )


def facts(run: Run) -> dict[str, Any]:
    """Return what every event about a run says."""
    left_out = ("id", "start_count", "ended_as", "version", "kits")
    said = {name: getattr(run, name) for name in Run.__slots__ if name not in left_out}
    return {"run_id": run.id, "kits": list(run.kits)} | said


def subject(run: Run) -> Subject:
    """Return how events name a run."""
    return Subject("run", str(run.id), run.code)


def changeable(run: Run) -> None:
    """Raise Conflict unless the plan of a run can still be changed."""
    if run.state not in _OPEN:
        raise errors.Conflict(
            f"The run {run.code} is {run.state.replace('_', ' ')} and its plan cannot be changed. Nothing was changed; "
            "plan another run.",
            type="not-allowed",
            state=run.state,
        )


def _sheet_good(found: Facts) -> Iterator[Want]:
    """The sheet is one that the tools take."""
    broken = [each for each in found.findings if each.severity == "error"]
    message = "Every tool takes the sheet." if not broken else " ".join(each.message for each in broken[:3])
    yield want("sheet-accepted", met=not broken, message=message, how="Change what the sheet says.", firm=True)
    named = found.cell.flow_cell_id is not None
    message = f"The flow cell is {found.cell.name}."
    yield want("flow-cell-here", met=named, message=message, how="Receive the flow cell first.", firm=True)


def _by_reason(found: Facts, hurdle: Hurdle) -> bool:
    return not hurdle.met and bool(found.run.override_reason) and hurdle.code in _BY_REASON


def passed_by_reason(found: Facts) -> list[Hurdle]:
    """Return what the reason of a plan passes over."""
    return [hurdle for hurdle in found.hurdles if _by_reason(found, hurdle)]


def thing(run: Run) -> Thing:
    """Return a run as what an override is of."""
    return Thing(kind="run", id=run.id, code=run.code, state=run.state, version=run.version)


def ready(found: Facts) -> Iterator[Want]:
    """All that a run needs before it starts: sheet, flow cell, barcodes, position, kit, what is loaded."""
    yield from _sheet_good(found)
    current = found.sheet == found.wanted
    yield want(
        "sheet-current",
        met=current,
        message="The issued sheet says what is planned."
        if current
        else "The issued sheet is stale: the plan or the pool changed since."
        if found.sheet
        else "No sheet was issued.",
        how="Issue the sheet.",
        firm=True,
    )
    for hurdle in found.hurdles:
        message, how = hurdle.message, hurdle.how
        reasoned = _by_reason(found, hurdle)
        waits = reasoned and found.signed is not None and hurdle.code not in found.signed
        if waits:
            how = "Start it: a second person is asked to confirm the reason, and the run starts then."
        elif reasoned:
            message = f"{message} It is done because: {found.run.override_reason}"
        yield want(hurdle.code, met=hurdle.met or (reasoned and not waits), message=message, how=how)
    yield from _place(found)
    if found.fits:
        yield want(
            "kit-fits-flow-cell",
            met=found.cell.product_code in found.fits,
            message=f"{found.run.kits[0]} runs on {', '.join(found.fits)}; planned is {found.cell.product_code}.",
            how="Plan a flow cell that the kit runs on.",
        )


def _place(found: Facts) -> Iterator[Want]:
    broken = instruments.out_of_use(found.position)
    other = found.position_held_by if found.position_held_by != found.run.code else None
    held = f"{found.position.name} of {found.position.instrument}"
    message = broken or (f"{held} is taken by {other}." if other else f"{held} is free.")
    yield want("position-free", met=not broken and not other, message=message, how="Plan another position.", firm=True)
    yield want(
        "position-takes-flow-cell",
        met=found.cell.device in found.position.takes,
        message=f"{found.position.instrument} takes {', '.join(found.position.takes)}; {found.cell.name} is "
        f"{found.cell.device}.",
        how="Plan another position.",
        firm=True,
    )
    busy = found.cell.held_by if found.cell.held_by != found.run.code else None
    message = f"{found.cell.name} is reserved by {busy}." if busy else f"{found.cell.name} is reserved by no other run."
    yield want("flow-cell-free", met=not busy, message=message, how="Plan another flow cell.", firm=True)


def _loaded(found: Facts) -> Iterator[Want]:
    message = (
        f"{counted(found.loads, 'load is', 'loads are')} recorded." if found.loads else "No load is recorded for it."
    )
    yield want("load", met=found.loads > 0, message=message, how="Record the load on the flow cell.", firm=True)


def _of_minknow(found: Facts) -> Iterator[Want]:
    yield from _loaded(found)
    told = found.run.protocol_run_id
    message = f"MinKNOW calls it {told}." if told else "What MinKNOW calls it (protocol_run_id) is not known."
    yield want("protocol-run", met=bool(told), message=message, how="Say the protocol_run_id.", firm=True)


def _again(found: Facts) -> Iterator[Want]:
    """MinKNOW was started again after a crash: flow cell and position must still be the run's to have."""
    yield from _of_minknow(found)
    yield from _place(found)


def carries(found: Facts) -> Iterator[Want]:
    """What a sample needs of the plan besides: how much is loaded, and an alias that is no other's."""
    volume_ul = found.run.volume_ul
    amount = "How much is loaded is not said." if volume_ul is None else f"{volume_ul:,.4g} µL are to be loaded."
    yield want("amount-planned", met=volume_ul is not None, message=amount, how="Say how much is to be loaded.")
    aliases = [tag.alias.lower() for tag in found.cargo.tags]
    twice = sorted({alias for alias in aliases if aliases.count(alias) > 1})
    message = f"In {found.run.experiment_id} " + (
        f"more than one is {', '.join(twice[:3])}." if twice else "every alias is one sample's."
    )
    yield want("alias-unique", met=not twice, message=message, how="Give the samples aliases of their own.")


_ENDED = tuple(Way(to=end, gate=nothing, reason=end != "completed") for end in ENDS)
_OVER = Way(to="cancelled", gate=nothing, reason=True)
#: The one table of states and gates of a run; the states after the start are MinKNOW's own.
WAYS: Table = {
    "planned": (Way(to="sheet_issued", gate=_sheet_good), _OVER),
    "sheet_issued": (
        Way(to="starting", gate=ready),
        Way(to="sheet_issued", gate=_sheet_good),
        Way(to="planned", gate=nothing, reason=True),
        _OVER,
    ),
    "starting": (
        Way(to="running", gate=_of_minknow),
        Way(to="sheet_issued", gate=nothing, reason=True),
        Way(to="failed", gate=nothing, reason=True),
        _OVER,
    ),
    "running": (Way(to="paused", gate=nothing), *_ENDED),
    "paused": (Way(to="running", gate=nothing), *_ENDED),
    **dict.fromkeys(ENDS, (Way(to="analysed", gate=nothing),)),
    **dict.fromkeys(BROKEN, (Way(to="analysed", gate=nothing), Way(to="running", gate=_again, reason=True))),
    "analysed": (),
    "cancelled": (),
}
