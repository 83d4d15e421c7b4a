"""What can be done with many libraries: look ahead, set them to another state, check a grid, record it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.library_rows import (
    LibrariesAhead,
    LibrariesStep,
    LibrariesStepped,
    LibraryGrid,
    LibraryGridAnswer,
    LibraryStepped,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.kit_lots import store as lot_store
from nanopore_tracking.services.sample.libraries import commands as libraries
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.libraries.model import Library
from nanopore_tracking.services.sample.library_changes import commands as changes
from nanopore_tracking.services.sample.library_changes import model as changes_model
from nanopore_tracking.services.sample.library_changes.model import Kind, Result
from nanopore_tracking.services.sample.library_rows import model, store
from nanopore_tracking.services.sample.library_rows.model import Lots, Row
from nanopore_tracking.services.sample.measurements import commands as measurements
from nanopore_tracking.services.sample.measurements.model import Part

_REFUSALS = (errors.Invalid, errors.NotFound, errors.Conflict, errors.Forbidden)


def _asked(asked: LibrariesAhead | LibrariesStep, *, may_override: bool) -> chain.Asked:
    return chain.Asked(to=asked.to, reason=asked.reason.strip(), override=asked.override, may_override=may_override)


async def ahead(db: Reads, asked: LibrariesAhead, *, call: Call, may_override: bool) -> LibrariesStepped:
    """Tell what would become of each library now; nothing is changed."""
    said = model.codes(asked.libraries)
    model.once(said)
    day, step = call.at.date(), _asked(asked, may_override=may_override)
    found = await library_store.read_libraries(db, call.scope, await _ids(db, call.scope, said))
    catalogue = await catalogue_store.current(db, day)
    lots = await _lots(db, found.values(), step)
    rows = [
        model.judged(library, step, catalogue=catalogue, lots=lots, today=day)
        for library in model.in_turn(found.values())
    ]
    return model.answered(said, {row.library: row for row in rows})


async def _ids(db: Reads, scope: store.Scope, codes: Sequence[str]) -> list[UUID]:
    return list((await store.named(db, scope, codes)).values())


async def _lots(db: Reads, found: Iterable[Library], step: chain.Asked) -> Lots:
    lots: Lots = {}
    for library in found:
        key = (library.kit, library.kit_lot)
        if library.kit_lot and key not in lots and model.begins(library, step):
            lots[key] = await lot_store.lot_of_kit(db, kit_code=library.kit, lot=library.kit_lot)
    return lots


async def move(tx: Transaction, asked: LibrariesStep, *, may_override: bool) -> Written:
    """Set each library to another state by itself; one that is refused, or that somebody changed, says so and stays."""
    said = model.codes(each.library for each in asked.libraries)
    model.once(said)
    seen = dict(zip(said, (each.version for each in asked.libraries), strict=True))
    step, on = _asked(asked, may_override=may_override), await libraries.shelf(tx)
    found = await library_store.lock_libraries(tx, await _ids(tx, tx.call.scope, said))
    rows: dict[str, LibraryStepped] = {}
    results: list[Result] = []
    for library in model.in_turn(found.values()):
        try:
            if library.version != seen[library.code]:
                raise model.stale(library)
            async with tx.savepoint():
                rows[library.code] = model.stepped(await libraries.move(tx, library, step, on=on))
            results.append(changes_model.moved(library, step.to))
        except _REFUSALS as problem:
            rows[library.code] = model.refused(library, problem)
            results.append(changes_model.refused(library.id, problem))
    operation = {"to": step.to, "reason": step.reason, "override": step.override}
    return Written(item=model.answered(said, rows, bulk_id=await _keep(tx, "move", operation, results=results)))


async def _keep(tx: Transaction, kind: Kind, operation: Mapping[str, Any], *, results: Sequence[Result]) -> UUID | None:
    """Keep what was changed, so that it can be undone; None where nothing was."""
    if not any(result.outcome == "changed" for result in results):
        return None
    return await changes.keep(tx, kind, operation, results=results)


async def check(db: Reads, asked: LibraryGrid, *, scope: store.Scope) -> LibraryGridAnswer:
    """Tell what would become of each row; nothing is recorded."""
    codes = model.codes(row.library for row in asked.rows)
    found = await library_store.read_libraries(db, scope, await _ids(db, scope, codes))
    rows = _rows(asked, found.values())
    return model.grid(rows, {row.code: row.library.version for row in rows if row.library})


async def record(tx: Transaction, asked: LibraryGrid) -> Written:
    """Record every row that is right; those that are not say why and stay."""
    codes = model.codes(row.library for row in asked.rows)
    ids = await _ids(tx, tx.call.scope, codes)
    rows = _rows(asked, (await library_store.lock_libraries(tx, ids)).values())
    results: list[Result] = []
    for row in rows:
        if row.library is None or not row.saves:
            continue
        try:
            async with tx.savepoint():
                results.append(await _measure(tx, row, row.library))
        except _REFUSALS as problem:
            row.wrong("library", problem.message)
    bulk_id = await _keep(tx, "measure", {"methods": asked.methods}, results=results)
    now = await library_store.read_libraries(tx, tx.call.scope, ids)
    return Written(item=model.grid(rows, {library.code: library.version for library in now.values()}, bulk_id=bulk_id))


async def _measure(tx: Transaction, row: Row, library: Library) -> Result:
    part = Part("library", library.id, row.code)
    made = [await measurements.measure_part(tx, part, measured) for measured in row.measured]
    ids = [measurements.made(each) for each in made]
    return Result(library_id=library.id, outcome="changed", changes=row.changes(), measurements=ids)


def _rows(asked: LibraryGrid, found: Iterable[Library]) -> list[Row]:
    known = {library.code: library for library in found}
    rows = [model.understood(row, known.get(row.library.strip().upper()), asked.methods) for row in asked.rows]
    model.distinguish(rows)
    return rows
