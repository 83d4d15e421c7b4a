"""Runs in the database, their sheets, and what they hold while they run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.sheets import Profile
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.cargo import model as cargo_model
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.flow_cells import model as cells
from nanopore_tracking.services.sample.flow_cells import store as cell_store
from nanopore_tracking.services.sample.instruments import store as instrument_store
from nanopore_tracking.services.sample.loads import store as load_store
from nanopore_tracking.services.sample.overrides import store as override_store
from nanopore_tracking.services.sample.runs import model
from nanopore_tracking.services.sample.runs.model import Facts, Run, RunOfSample
from nanopore_tracking.services.sample.sheet_profiles import model as profiles
from nanopore_tracking.services.sample.sheet_rules.model import Known

Q = sql.load(Path(__file__).with_name("queries.sql"))

MISSING = "There is no such run."


async def list_runs(db: Reads, **asked: Any) -> Page:
    """Return one page of runs; asked: filters, sort, after, limit."""
    found: Page = await Q.runs.page(db, **asked)
    return found


async def show_run(db: Reads, run_id: UUID) -> tuple[str, int]:
    """Return a run as JSON text, and its version; NotFound."""
    found = await list_runs(db, filters={"id": run_id}, limit=1)
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0], msgspec.json.decode(found.items[0])["version"]


async def find_run(db: Reads, said: str) -> UUID:
    """Return the id of a run that is named by its id or its code; NotFound."""
    run_id: UUID | None
    try:
        run_id = UUID(said)
    except ValueError:
        run_id = None
    found: UUID | None = await db.value(Q.find_run, id=run_id, code=said.strip().upper())
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def lock_run(tx: Transaction, run_id: UUID) -> Run:
    """Return a run that is about to be changed, locked; NotFound."""
    return _run(await tx.row(Q.lock_run, run_id=run_id))


async def read_run(db: Reads, run_id: UUID) -> Run:
    """Return a run as it is now; NotFound."""
    return _run(await db.row(Q.read_run, run_id=run_id))


def _run(row: Record | None) -> Run:
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    return Run(**row)


async def insert_run(tx: Transaction, run: Run) -> None:
    """Store a new run."""
    later = ("state", "state_reason", "start_count", "protocol_run_id", "started_at", "version")
    ends = ("ended_at", "ended_as", "end_reason")
    values = {name: getattr(run, name) for name in Run.__slots__ if name not in (*later, *ends)}
    await tx.execute(Q.insert_run, created_by=tx.call.by, at=tx.call.at, **values)


async def update_run(tx: Transaction, run: Run) -> Run:
    """Store the changed run and return it."""
    fixed = ("code", "experiment_id", "sample_id", "pool_id", "library_id", "kits", "version")
    values = {name: getattr(run, name) for name in Run.__slots__ if name not in fixed}
    await tx.execute(Q.update_run, at=tx.call.at, **values)
    return replace(run, version=run.version + 1)


async def load_facts(db: Reads, run: Run, *, day: Any) -> Facts:
    """Return all that a run is judged by."""
    cell = await cell_store.read_cell(db, run.flow_cell_id)
    position = await instrument_store.read_position(db, run.position_id)
    if position is None:
        raise errors.NotFound("There is no such position any more.")
    cargo = await cargo_store.of_either(db, pool_id=run.pool_id, library_id=run.library_id)
    catalogue = await catalogue_store.current(db, day)
    known = Known(capacities={kit.code: kit.capacity for kit in catalogue.kits if kit.capacity})
    wanted = model.plan(run, cell=cell, position=position, cargo=cargo)
    carried = cargo_model.carried_over(cargo.tags, await cargo_store.used_on_cell(db, cell.id))
    findings = [each for name in profiles.profiles_of(wanted) for each in profiles.checked(name, wanted, known)[1]]
    kit = catalogue.kit(run.kits[0])
    return Facts(
        run=run,
        cell=cell,
        position=position,
        position_held_by=await db.value(Q.position_holder, position_id=position.id),
        cargo=cargo,
        hurdles=[
            *cells.load_hurdles(cell, day),
            *cargo_model.carry_over_hurdle(cell.name, carried),
            *cargo_model.cargo_hurdles(cargo, run.volume_ul),
        ],
        sheet=await last_sheet(db, run.id),
        wanted=profiles.content_hash(wanted),
        findings=findings,
        fits=kit.flow_cells if kit else (),
        loads=await load_store.loads_of_run(db, run.id),
        signed=await override_store.signed(db, run.id, flow_cell_id=cell.id, reason=run.override_reason),
    )


async def runs_of_libraries(db: Reads, library_ids: Collection[UUID], *, day: Any) -> dict[UUID, RunOfSample]:
    """Return the latest run of each library, or of a pool that it is in, which was not cancelled, of those with one."""
    rows = await db.rows(Q.runs_of_libraries, library_ids=list(library_ids)) if library_ids else []
    judged = {run_id: await _judged(db, run_id, day=day) for run_id in {row["run_id"] for row in rows}}
    return {row["library_id"]: judged[row["run_id"]] for row in rows}


async def _judged(db: Reads, run_id: UUID, *, day: Any) -> RunOfSample:
    found = await load_facts(db, await read_run(db, run_id), day=day)
    waiting = found.run.state in ("planned", "sheet_issued")
    return RunOfSample(
        code=found.run.code,
        state=found.run.state,
        flow_cell=found.cell.flow_cell_id or "",
        ended_at=found.run.ended_at,
        end_reason=found.run.end_reason,
        wants=[*model.ready(found), *model.carries(found)] if waiting else (),
    )


async def last_sheet(db: Reads, run_id: UUID) -> str | None:
    """Return the hash of what the last issued sheet says; None without one."""
    found: str | None = await db.value(Q.last_sheet, run_id=run_id)
    return found


async def insert_sheets(tx: Transaction, run_id: UUID, texts: Mapping[Profile, str], *, content_hash: str) -> None:
    """Store issued sheets. texts: by profile."""
    for profile, text in texts.items():
        await tx.execute(
            Q.insert_sheet,
            id=uuid7(),
            run_id=run_id,
            profile=profile,
            content_hash=content_hash,
            text=text,
            issued_by=tx.call.by,
            at=tx.call.at,
        )


async def list_sheets(db: Reads, run_id: UUID, **asked: Any) -> Page:
    """Return one page of issued sheets; asked: filters, sort, after, limit."""
    found: Page = await Q.sheets.page(db, run_id=run_id, **asked)
    return found


async def hold_position(tx: Transaction, run: Run) -> bool:
    """Let the run have its position; False where another one has it."""
    return await tx.value(Q.hold_position, position_id=run.position_id, code=run.code) is not None


async def free_position(tx: Transaction, run: Run) -> None:
    """Let the position be nobody's, if it was the run's."""
    await tx.execute(Q.free_position, position_id=run.position_id, code=run.code)


async def reserve_barcodes(tx: Transaction, run: Run, keys: Sequence[str]) -> bool:
    """Reserve barcodes on the flow cell; False where another run has one of them."""
    for key in keys:
        if await tx.value(Q.reserve_barcode, cell_id=run.flow_cell_id, key=key, run_id=run.id) is None:
            return False
    return True


async def free_barcodes(tx: Transaction, run: Run) -> None:
    """Let no barcode be the run's any more."""
    await tx.execute(Q.free_barcodes, run_id=run.id)
