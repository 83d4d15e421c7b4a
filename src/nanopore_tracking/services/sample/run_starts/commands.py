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
from nanopore_tracking.services.sample.flow_cells import store as cell_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.runs import commands as runs
from nanopore_tracking.services.sample.runs import model, store


class Start(msgspec.Struct, frozen=True):
    """What the start of a run begins with."""

    run_id: UUID


async def start_run(tx: Transaction, run_id: UUID, *, seen: int) -> Written:
    """Begin the start of a run; NotFound, Stale, Conflict where it has started or cannot.

    What is missing is refused at once; what others take meanwhile is found by the steps, which are then undone.
    """
    run = await store.lock_run(tx, run_id)
    labs.match(run.version, seen, "run")
    model.changeable(run)
    found = await store.load_facts(tx, run, day=tx.call.at.date())
    hopeful = replace(found, sheet=found.wanted, run=replace(run, state="sheet_issued"))
    chain.decide(hopeful.run.stands, chain.Asked(to="starting"), table=model.WAYS, facts=hopeful)
    after = await store.update_run(tx, replace(run, start_count=run.start_count + 1, state_reason=""))
    subject = model.subject(run)
    await sagas.start(tx, RUN_START, key=f"{run.code}:{after.start_count}", data=Start(run_id), subject=subject)
    item, version = await store.show_run(tx, run_id)
    return Written(item=item, version=version)


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
