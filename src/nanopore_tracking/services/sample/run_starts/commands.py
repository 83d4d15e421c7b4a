"""Starts a run in durable steps; what cannot be done is undone, so that nothing stays reserved."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sagas
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.sagas import At, Local, Saga
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.flow_cells import commands as cells
from nanopore_tracking.services.sample.flow_cells import model as cells_model
from nanopore_tracking.services.sample.flow_cells import store as cell_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.overrides import commands as overrides
from nanopore_tracking.services.sample.overrides.model import Override, Wanted, still
from nanopore_tracking.services.sample.runs import commands as runs
from nanopore_tracking.services.sample.runs import model, store
from nanopore_tracking.services.sample.runs.model import Facts, Run


class Start(msgspec.Struct, frozen=True):
    """What the start of a run begins with."""

    run_id: UUID


async def start_run(tx: Transaction, run_id: UUID, *, seen: int) -> Written:
    """Begin the start of a run; NotFound, Stale, Conflict where it has started or cannot.

    What is missing is refused at once; what others take meanwhile is found by the steps, which are then undone. What
    only a second person lets it pass over is kept as an override that waits.
    """
    run = await store.lock_run(tx, run_id)
    labs.match(run.version, seen, "run")
    found = await _judged(tx, run)
    waits: dict[str, Any] = {}
    unsigned = [
        hurdle
        for hurdle in model.passed_by_reason(found)
        if found.signed is not None and hurdle.code not in found.signed
    ]
    if unsigned:
        wanted = Wanted(
            thing=model.thing(run),
            to="starting",
            reason=run.override_reason,
            missing=cells_model.told_hurdles(unsigned),
            asked={"flow_cell_id": str(run.flow_cell_id)},
        )
        (override_id,) = await overrides.ask(tx, [wanted])
        waits = {"location": overrides.address(override_id)}
    else:
        await _begin(tx, run)
    item, version = await store.show_run(tx, run_id)
    return Written(item=item, version=version, **waits)


async def confirm(tx: Transaction, override: Override) -> None:
    """Begin the start of a run as a second person confirmed it; Conflict where it was changed since."""
    run = await store.lock_run(tx, override.thing_id)
    found = await _judged(tx, run)
    missing = cells_model.told_hurdles(model.passed_by_reason(found))
    signed = [each for each in missing if each["code"] not in (found.signed or ())]
    still(override, state=run.state, version=run.version, missing=signed)
    await _begin(tx, run)


async def _judged(tx: Transaction, run: Run) -> Facts:
    """Return what a run is judged by; Conflict where it cannot start, whoever confirms its reason."""
    model.changeable(run)
    found = await store.load_facts(tx, run, day=tx.call.at.date())
    hopeful = replace(found, sheet=found.wanted, run=replace(run, state="sheet_issued"), signed=None)
    chain.decide(hopeful.run.stands, chain.Asked(to="starting"), table=model.WAYS, facts=hopeful)
    return found


async def _begin(tx: Transaction, run: Run) -> None:
    after = await store.update_run(tx, replace(run, start_count=run.start_count + 1, state_reason=""))
    subject = model.subject(run)
    await sagas.start(tx, RUN_START, key=f"{run.code}:{after.start_count}", data=Start(run.id), subject=subject)


async def reserve_cell(tx: Transaction, at: At) -> Any:
    """Let the run have its flow cell."""
    run = await store.lock_run(tx, at.data.run_id)
    model.changeable(run)
    cell = await cell_store.lock_cell(tx, run.flow_cell_id)
    if cell.held_by not in (None, run.code):
        raise errors.Conflict(f"{cell.name} is reserved by {cell.held_by}.", type="not-allowed")
    await cells.changed(tx, cell, replace(cell, held_by=run.code), cause="reserved", details={"run": run.code})
    return {"flow_cell": cell.flow_cell_id}


async def release_cell(tx: Transaction, at: At) -> None:
    """Free the flow cell, and say on the run why its start was undone."""
    run = await store.lock_run(tx, at.data.run_id)
    await runs.release_cell(tx, run)
    if run.state in ("planned", "sheet_issued"):
        await runs.changed(tx, run, replace(run, state_reason=f"The start was undone: {at.cause}"[:1000]))


async def reserve_barcodes(tx: Transaction, at: At) -> Any:
    """Reserve the barcodes of what is loaded on the flow cell."""
    run = await store.lock_run(tx, at.data.run_id)
    found = await store.load_facts(tx, run, day=tx.call.at.date())
    if not await store.reserve_barcodes(tx, run, [tag.key for tag in found.cargo.tags]):
        raise errors.Conflict(f"Another run has reserved a barcode on {found.cell.name}.", type="not-allowed")
    return {"barcodes": len(found.cargo.tags)}


async def release_barcodes(tx: Transaction, at: At) -> None:
    """Free the barcodes."""
    await store.free_barcodes(tx, await store.lock_run(tx, at.data.run_id))


async def reserve_position(tx: Transaction, at: At) -> Any:
    """Let the run have its position."""
    run = await store.lock_run(tx, at.data.run_id)
    if not await store.hold_position(tx, run):
        raise errors.Conflict("Another run has the position.", type="not-allowed")
    return None


async def release_position(tx: Transaction, at: At) -> None:
    """Free the position."""
    await store.free_position(tx, await store.lock_run(tx, at.data.run_id))


async def issue_sheet(tx: Transaction, at: At) -> Any:
    """Issue the sheet, where the one that was issued does not say what is planned."""
    run = await store.lock_run(tx, at.data.run_id)
    found = await store.load_facts(tx, run, day=tx.call.at.date())
    if run.state == "planned" or found.sheet != found.wanted:
        await runs.issue(tx, run)
    return {"content_hash": found.wanted}


async def begin(tx: Transaction, at: At) -> Any:
    """Let the run be starting, if everything is still so."""
    run = await store.lock_run(tx, at.data.run_id)
    found = await store.load_facts(tx, run, day=tx.call.at.date())
    await runs.move(tx, run, chain.Asked(to="starting"), found=found)
    return None


RUN_START = Saga(
    type="run_start",
    version=1,
    data=Start,
    deadline_s=600,
    steps=(
        Local(name="reserve_cell", do=reserve_cell, undo=release_cell),
        Local(name="reserve_barcodes", do=reserve_barcodes, undo=release_barcodes),
        Local(name="reserve_position", do=reserve_position, undo=release_position),
        Local(name="issue_sheet", do=issue_sheet),
        Local(name="begin", do=begin),
    ),
)
