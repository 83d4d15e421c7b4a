"""The one thing that can be done with loads: record one, with what it takes from the pool and the lots."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.kit_lots import NewLotUse
from nanopore_tracking.contracts.api.sample.loads import NewLoad
from nanopore_tracking.contracts.events.sample.flow_cells import FlowCellLoaded, LoadState
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.billing import store as billing_store
from nanopore_tracking.services.sample.cargo import model as cargo_model
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.cargo.model import Cargo, Used
from nanopore_tracking.services.sample.chain.model import Asked
from nanopore_tracking.services.sample.flow_cells import model as cells
from nanopore_tracking.services.sample.flow_cells import store as cell_store
from nanopore_tracking.services.sample.flow_cells.model import FlowCell, Override
from nanopore_tracking.services.sample.kit_lots import commands as lots
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import commands as libraries
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.loads import model, store
from nanopore_tracking.services.sample.loads.model import OfRun
from nanopore_tracking.services.sample.overrides import commands as override_commands
from nanopore_tracking.services.sample.overrides import model as overrides
from nanopore_tracking.services.sample.overrides import store as override_store
from nanopore_tracking.services.sample.overrides.model import SecondPerson, Thing, Wanted
from nanopore_tracking.services.sample.pools import commands as pools
from nanopore_tracking.services.sample.pools import store as pool_store


async def record_load(tx: Transaction, cell_id: UUID, asked: NewLoad, *, may_override: bool) -> Written:
    """Record a load; NotFound, Invalid, Conflict `not-allowed` or `gate-not-met`, Forbidden without the right.

    What needs a second person is kept as an override that waits, with all that was asked for.
    """
    override = Override(may_override=may_override, second=await override_store.second_person(tx))
    cell = await cell_store.lock_cell(tx, cell_id)
    try:
        load = await _record(tx, cell, asked, override=override)
    except SecondPerson as problem:
        return await _wait(tx, cell, asked, problem=problem)
    return Written(item=await store.show_load(tx, cell_id, load.id), location=f"/api/flow-cells/{cell_id}/loads")


async def confirm(tx: Transaction, found: overrides.Override) -> None:
    """Record a load as a second person confirmed it; Conflict where the flow cell was changed since."""
    cell = await cell_store.lock_cell(tx, found.thing_id)
    asked = msgspec.convert(found.asked, NewLoad)
    await _record(tx, cell, asked, override=Override(may_override=True, confirms=found))


async def _wait(tx: Transaction, cell: FlowCell, asked: NewLoad, *, problem: SecondPerson) -> Written:
    thing = Thing(kind="flow_cell", id=cell.id, code=cell.name, state=cell.state, version=cell.version)
    run = await store.find_run(tx, asked.run) if asked.run else None
    reason = asked.reason.strip() or (run.override_reason if run else "")
    kept = msgspec.to_builtins(asked) | {"operator": asked.operator.strip() or tx.call.by, "reason": reason}
    missing = problem.extra["missing"]
    wanted = Wanted(thing=thing, to=asked.kind, reason=reason, missing=missing, asked=kept)
    (override_id,) = await override_commands.ask(tx, [wanted])
    item = await override_store.show_override(tx, tx.call.scope, override_id)
    return Written(item=item, version=1, location=override_commands.address(override_id), status=202)


async def _record(tx: Transaction, cell: FlowCell, asked: NewLoad, *, override: Override) -> LoadState:
    """Judge and record a load of a locked flow cell, take what is loaded, and announce it."""
    model.check(asked, now=tx.call.at)
    run = await store.find_run(tx, asked.run) if asked.run else None
    state = cells.step(cell, asked.kind)
    model.of_run(run, cell_id=cell.id, held_by=cell.held_by, name=cell.name)
    cargo = await _cargo(tx, asked)
    reason = asked.reason.strip() or (run.override_reason if run else "")
    override = replace(override, reason=reason, signed=await _signed(tx, run))
    found, passed = await _judged(tx, cell, cargo, asked=asked, override=override)
    after = replace(cell, state=state, load_count=cell.load_count + (cargo is not None))
    load = await _load(tx, cell, asked, cargo=cargo, run=run, found=found, passed=passed, override=override)
    await store.insert_load(tx, cell.id, load, tags=cargo.tags if cargo else [])
    await override_store.overtake(tx, [cell.id])
    if asked.kind == "load":
        await billing_store.charge(tx, [load.id])
    if cargo is not None:
        await _take(tx, cargo, asked.volume_ul or 0)
    stored = await cell_store.record(tx, after, asked.kind, details=_told(load), reason=load.reason, at=load.loaded_at)
    tx.announce(
        FlowCellLoaded(**cells.facts(stored), load=load),
        subject=cells.subject(stored),
        changes=[Change(asked.kind, None, load.loaded), *labs.changes({"state": cell.state}, {"state": state})],
    )
    return load


async def _signed(tx: Transaction, run: OfRun | None) -> frozenset[str]:
    """Return what a second person let the run pass over on its flow cell already, when it was started."""
    if run is None:
        return frozenset()
    found = await override_store.signed(tx, run.id, flow_cell_id=run.flow_cell_id, reason=run.override_reason)
    return found or frozenset()


async def _cargo(tx: Transaction, asked: NewLoad) -> Cargo | None:
    if asked.pool is not None:
        return await cargo_store.of_pool(tx, await pool_store.find_pool(tx, tx.call.scope, asked.pool))
    if asked.library is not None:
        return await cargo_store.of_library(tx, await library_store.find_library(tx, tx.call.scope, asked.library))
    return None


async def _judged(
    tx: Transaction, cell: FlowCell, cargo: Cargo | None, *, asked: NewLoad, override: Override
) -> tuple[Sequence[Used], list[str]]:
    """Return the barcodes that were on the flow cell before, and what the reason passes over."""
    if cargo is None:
        return (), []
    cells.pass_hurdles(cell, cargo_model.cargo_hurdles(cargo, asked.volume_ul), Override())
    found = cargo_model.carried_over(cargo.tags, await cargo_store.used_on_cell(tx, cell.id))
    hurdles = list(cargo_model.carry_over_hurdle(cell.name, found))
    if asked.kind == "load":
        hurdles += cells.load_hurdles(cell, tx.call.at.date())
    return found, cells.told_overrides(cells.pass_hurdles(cell, hurdles, override))


async def _load(
    tx: Transaction,
    cell: FlowCell,
    asked: NewLoad,
    *,
    cargo: Cargo | None,
    run: OfRun | None,
    found: Sequence[Used],
    passed: list[str],
    override: Override,
) -> LoadState:
    amount, formula = cargo.fmol(asked.volume_ul or 0) if cargo else (None, None)
    left = cargo.left_ul - asked.volume_ul if cargo and cargo.left_ul is not None and asked.volume_ul else None
    return LoadState(
        id=uuid7(),
        ordinal=await store.next_ordinal(tx, cell.id),
        kind=asked.kind,
        loaded=cargo.code if cargo else "",
        pool_id=cargo.id if cargo and cargo.noun == "pool" else None,
        library_id=cargo.id if cargo and cargo.noun == "library" else None,
        run_id=run.id if run else None,
        volume_ul=asked.volume_ul,
        fmol=amount,
        amount_formula=formula,
        library_remaining_ul=left,
        lots=await _use_lots(tx, cell, asked),
        carry_over=[each.barcode for each in found],
        passed_over=passed,
        reason=override.reason if passed else "",
        note=asked.note.strip(),
        operator=asked.operator.strip() or tx.call.by,
        loaded_at=asked.loaded_at or tx.call.at,
        asked_by=override.confirms.asked_by if override.confirms and passed else "",
    )


async def _use_lots(tx: Transaction, cell: FlowCell, asked: NewLoad) -> list[str]:
    """Take the reactions from the lots, and return what they are called; an expired one is refused here."""
    names = []
    for each in asked.lots:
        use = NewLotUse(kind=each.kind, used_for=cell.name, reactions=each.reactions)
        names.append((await lots.take(tx, each.kit_lot_id, use, may_override=False)).name)
    return names


async def _take(tx: Transaction, cargo: Cargo, volume_ul: float) -> None:
    """Take what is loaded from the pool or the library; a pool is loaded then."""
    try:
        if cargo.noun == "library":
            library = await library_store.lock_library(tx, cargo.id)
            await libraries.use(tx, library, volume_ul, pool="")
            return
        pool = await pool_store.use(tx, await pool_store.lock_pool(tx, cargo.id), volume_ul)
    except postgres.Violation as violation:
        if not violation.constraint or not violation.constraint.endswith("_never_more_than_there_is"):
            raise
        raise errors.Conflict(
            f"There is less of {cargo.code} than {volume_ul:,.4g} µL. Nothing was recorded.", type="gate-not-met"
        ) from None
    if pool.state == "qc_passed":
        await pools.move(tx, pool, Asked(to="loaded"), on=await libraries.shelf(tx))


def _told(load: LoadState) -> dict[str, Any]:
    said = msgspec.to_builtins(load)
    left_out = ("id", "pool_id", "library_id", "run_id", "reason", "kind")
    return {name: value for name, value in said.items() if name not in left_out}
