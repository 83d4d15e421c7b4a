"""What can be done with changes of many libraries: keep one, take one back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.library_changes import LibraryUndo
from nanopore_tracking.contracts.events.sample.chain import LibrariesChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.barcodes.model import Shelf
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import commands as libraries
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.libraries.model import Library
from nanopore_tracking.services.sample.library_changes import model, store
from nanopore_tracking.services.sample.library_changes.model import Kind, Result
from nanopore_tracking.services.sample.measurements import commands as measurements
from nanopore_tracking.services.sample.measurements.model import Part

_REFUSALS = (errors.Invalid, errors.NotFound, errors.Conflict, errors.Forbidden)


async def keep(
    tx: Transaction,
    kind: Kind,
    operation: Mapping[str, Any],
    *,
    results: Sequence[Result],
    undoes: UUID | None = None,
) -> UUID:
    """Keep what was done with many libraries, and announce it; return its id."""
    bulk_id = uuid7()
    await store.insert_bulk(tx, bulk_id, kind, operation=operation, undoes=undoes, results=results)
    changed = sum(1 for result in results if result.outcome == "changed")
    event = LibrariesChanged(
        bulk_id=bulk_id,
        kind=kind,
        operation=dict(operation),
        undoes=undoes,
        changed=changed,
        refused=len(results) - changed,
    )
    tx.announce(event, subject=model.subject(bulk_id))
    return bulk_id


async def undo(tx: Transaction, bulk_id: UUID, asked: LibraryUndo, *, seen: int) -> Written:
    """Take a change back, of each library that was not changed since; NotFound, Stale, or Conflict where none can."""
    await store.show_bulk(tx, tx.call.scope, tx.call.actor.id, bulk_id=bulk_id)
    before = await store.find_bulk(tx, bulk_id)
    labs.match(before.version, seen, "change")
    reason = model.undoable(before, asked)
    done = await store.changed(tx, bulk_id)
    ids = [each.library_id for each in done]
    found = await library_store.lock_libraries(tx, ids)
    since, on = await store.moved_since(tx, ids, before.created_at), await libraries.shelf(tx)
    results = []
    for each in done:
        library = found[each.library_id]
        try:
            async with tx.savepoint():
                results.append(await _take_back(tx, library, each, reason=reason, since=library.id in since, on=on))
        except _REFUSALS as problem:
            results.append(model.refused(library.id, problem))
    try:
        undo_id = await keep(tx, "undo", {"reason": reason}, results=results, undoes=bulk_id)
    except postgres.Violation as violation:
        if violation.constraint != "library_bulk_undone_once":
            raise
        message = "This was undone already. Nothing more was changed."
        raise errors.Conflict(message, type="done-already") from None
    item = await store.show_bulk(tx, tx.call.scope, tx.call.actor.id, bulk_id=undo_id)
    return Written(item=item, version=1, location=f"/api/libraries/bulk/{undo_id}")


async def _take_back(tx: Transaction, library: Library, done: Result, *, reason: str, since: bool, on: Shelf) -> Result:
    if "state" in done.changes:
        asked = model.way_back(library, done, reason, since=since)
        await libraries.move(tx, library, asked, on=on, table=model.BACK)
        return model.moved(library, asked.to)
    for measurement_id in done.measurements:
        await measurements.undo_of_part(tx, Part("library", library.id, library.code), measurement_id, reason=reason)
    changes = {name: (after, before) for name, (before, after) in done.changes.items()}
    return Result(library_id=library.id, outcome="changed", changes=changes)
