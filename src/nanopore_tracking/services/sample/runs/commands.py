"""What can be done with runs: plan one, change the plan, issue its sheets, say how far it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.runs import NewRun, RunPatch, RunStep
from nanopore_tracking.contracts.events.sample.runs import RunChanged, RunMoved, RunPlanned, RunSheetIssued
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.billing import store as billing_store
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.cargo.model import Cargo, Tag
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.chain import store as chain_store
from nanopore_tracking.services.sample.flow_cells import commands as cells
from nanopore_tracking.services.sample.flow_cells import store as cell_store
from nanopore_tracking.services.sample.instruments import store as instrument_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.overrides import store as override_store
from nanopore_tracking.services.sample.pools import store as pool_store
from nanopore_tracking.services.sample.runs import model, store
from nanopore_tracking.services.sample.runs.model import Facts, Run
from nanopore_tracking.services.sample.sheet_profiles import model as profiles
from nanopore_tracking.services.sample.sheet_profiles.model import software_kit


async def plan_run(tx: Transaction, asked: NewRun) -> Written:
    """Plan a run; NotFound for what it names, Invalid where that does not fit together."""
    cargo = await _cargo(tx, asked)
    cell_id = await cell_store.find_cell(tx, asked.flow_cell)
    await _position(tx, asked.position_id)
    kits = [software_kit(kit) for kit in asked.kits or cargo.kits]
    if not kits:
        message = "What is loaded says no kit."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("kits", "Say the kit.")])
    (code,) = await chain_store.take_codes(tx, "run")
    said = {name: value for name, value in labs.asked(asked).items() if name in model.CHANGEABLE}
    run = Run(
        id=uuid7(),
        code=code,
        state="planned",
        state_reason="",
        experiment_id=model.experiment_id(code, cargo.code),
        sample_id=cargo.code,
        pool_id=cargo.id if cargo.noun == "pool" else None,
        library_id=cargo.id if cargo.noun == "library" else None,
        flow_cell_id=cell_id,
        position_id=asked.position_id,
        kits=kits,
        start_count=0,
        protocol_run_id=None,
        started_at=None,
        ended_at=None,
        ended_as=None,
        end_reason="",
        version=1,
        **said,
    )
    await store.insert_run(tx, run)
    tx.announce(RunPlanned(**model.facts(run)), subject=model.subject(run), changes=[Change("state", None, "planned")])
    return await _written(tx, run)


async def _cargo(tx: Transaction, asked: NewRun) -> Cargo:
    if (asked.pool is None) == (asked.library is None):
        message = "Name the pool or the library that is to be loaded, one of the two."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("pool", message)])
    if asked.pool is not None:
        return await cargo_store.of_pool(tx, await pool_store.find_pool(tx, tx.call.scope, asked.pool))
    found = await library_store.find_library(tx, tx.call.scope, asked.library or "")
    return await cargo_store.of_library(tx, found)


async def _position(tx: Transaction, position_id: UUID) -> None:
    if await instrument_store.read_position(tx, position_id) is None:
        message = "There is no such position."
        raise errors.NotFound(f"{message} Nothing was changed.", fields=[errors.FieldError("position_id", message)])


async def change_run(tx: Transaction, run_id: UUID, asked: RunPatch, *, seen: int) -> Written:
    """Change the plan of a run that has not started; NotFound, Stale, Conflict."""
    run = await store.lock_run(tx, run_id)
    labs.match(run.version, seen, "run")
    model.changeable(run)
    said = labs.asked(asked)
    if "flow_cell" in said:
        said["flow_cell_id"] = await cell_store.find_cell(tx, said.pop("flow_cell"))
    if "position_id" in said:
        await _position(tx, said["position_id"])
    after = replace(run, **said)
    if after != run:
        await changed(tx, run, after)
    return await _written(tx, after)


async def changed(tx: Transaction, run: Run, after: Run) -> Run:
    """Store and announce a change of a locked run's plan."""
    stored = await store.update_run(tx, after)
    changes = labs.changes(model.facts(run), model.facts(after))
    tx.announce(RunChanged(**model.facts(stored)), subject=model.subject(stored), changes=changes)
    return stored


async def issue_sheets(tx: Transaction, run_id: UUID, *, seen: int) -> Written:
    """Issue the sheets of a run for every tool; NotFound, Stale, Conflict where a tool would refuse one."""
    run = await store.lock_run(tx, run_id)
    labs.match(run.version, seen, "run")
    return await _written(tx, await issue(tx, run))


async def issue(tx: Transaction, run: Run) -> Run:
    """Issue the sheets of a locked run and let it be `sheet_issued`, through its table of states."""
    found = await store.load_facts(tx, run, day=tx.call.at.date())
    plan = model.plan(run, cell=found.cell, position=found.position, cargo=found.cargo)
    moved = await move(tx, run, chain.Asked(to="sheet_issued"), found=found)
    texts = {name: profiles.write(name, plan) for name in profiles.profiles_of(plan)}
    await store.insert_sheets(tx, run.id, texts, content_hash=found.wanted)
    event = RunSheetIssued(**model.facts(moved), profiles=list(texts), content_hash=found.wanted)
    changes = [Change("sheet", found.sheet, found.wanted)]
    tx.announce(event, subject=model.subject(moved), changes=changes)
    return moved


async def step_run(tx: Transaction, run_id: UUID, asked: RunStep, *, seen: int, may_override: bool) -> Written:
    """Say how far a run is; NotFound, Stale, Conflict `not-allowed` or `gate-not-met`, Invalid without a reason."""
    run = await store.lock_run(tx, run_id)
    labs.match(run.version, seen, "run")
    if asked.to in ("sheet_issued", "starting") and run.state in ("planned", "sheet_issued"):
        raise errors.Conflict(
            f"The run {run.code} goes on by its sheets and its start. Nothing was changed.", type="not-allowed"
        )
    if asked.protocol_run_id:
        run = replace(run, protocol_run_id=asked.protocol_run_id)
    found = await store.load_facts(tx, run, day=tx.call.at.date())
    wanted = chain.Asked(to=asked.to, reason=asked.reason.strip(), may_override=may_override)
    try:
        return await _written(tx, await move(tx, run, wanted, found=found))
    except postgres.Violation as violation:
        if violation.constraint != "sequencing_run_protocol":
            raise
        message = f"Another run is {asked.protocol_run_id} in MinKNOW. Nothing was changed."
        raise errors.Conflict(message, type="already-exists") from None


async def move(tx: Transaction, run: Run, asked: chain.Asked, *, found: Facts, moment: datetime | None = None) -> Run:
    """Move a locked run through the one table of its states, free what it needs no more, and announce it.

    moment: when that was by MinKNOW's clock, where MinKNOW said it; now without it. It is never after now.
    """
    missing = chain.decide(run.stands, asked, table=model.WAYS, facts=found)
    at, when = dict[str, Any](), min(moment or tx.call.at, tx.call.at)
    if asked.to == "running" and run.started_at is None:
        at["started_at"] = when
    if asked.to in model.ENDS:
        at |= {"ended_at": when, "ended_as": asked.to, "end_reason": asked.reason or asked.to}
    if asked.to in model.HOLDING and run.state in model.ENDS:
        at |= {"ended_at": None, "ended_as": None, "end_reason": ""}
        await hold_again(tx, run, tags=found.cargo.tags)
    after = replace(run, state=asked.to, state_reason=asked.reason, **at)  # type: ignore[arg-type]
    moved = await store.update_run(tx, after)
    await override_store.overtake(tx, [run.id])
    if run.state in model.HOLDING and moved.state not in model.HOLDING:
        await free(tx, moved)
    _announce_move(tx, run, moved, missing=missing)
    if asked.to in model.ENDS:
        await billing_store.charge(tx, [run.id])
    return moved


def _announce_move(tx: Transaction, run: Run, moved: Run, *, missing: Sequence[str]) -> None:
    event = RunMoved(**model.facts(moved), before_state=run.state, missing=list(missing))
    told = ("state", "state_reason", "protocol_run_id")
    before, after = ({name: getattr(each, name) for name in told} for each in (run, moved))
    tx.announce(event, subject=model.subject(moved), changes=labs.changes(before, after))


async def hold_again(tx: Transaction, run: Run, *, tags: Sequence[Tag]) -> None:
    """Let a run that had ended have its flow cell, barcodes and position again; Conflict where another run has one."""
    cell = await cell_store.lock_cell(tx, run.flow_cell_id)
    if cell.held_by not in (None, run.code):
        raise errors.Conflict(f"{cell.name} is reserved by {cell.held_by}. Nothing was changed.", type="not-allowed")
    await cells.changed(tx, cell, replace(cell, held_by=run.code), cause="reserved", details={"run": run.code})
    if not await store.reserve_barcodes(tx, run, [tag.key for tag in tags]):
        message = f"Another run has reserved a barcode on {cell.name}. Nothing was changed."
        raise errors.Conflict(message, type="not-allowed")
    if not await store.hold_position(tx, run):
        raise errors.Conflict("Another run has the position. Nothing was changed.", type="not-allowed")


async def free(tx: Transaction, run: Run) -> None:
    """Free the flow cell, the position and the barcodes that a run has reserved."""
    await release_cell(tx, run)
    await store.free_position(tx, run)
    await store.free_barcodes(tx, run)


async def release_cell(tx: Transaction, run: Run) -> None:
    """Free the flow cell, if it is this run's."""
    cell = await cell_store.lock_cell(tx, run.flow_cell_id)
    if cell.held_by == run.code:
        await cells.changed(tx, cell, replace(cell, held_by=None), cause="freed", details={"run": run.code})


async def _written(tx: Transaction, run: Run) -> Written:
    item, version = await store.show_run(tx, run.id)
    return Written(item=item, version=version, location=f"/api/runs/{run.code}")
