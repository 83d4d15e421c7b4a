"""Changes of many libraries in the database: written once, with what became of each library."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.library_changes.model import Bulk, Kind, Result

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
_MISSING = "There is no such change of many libraries, or none that you may see."


async def list_bulks(db: Reads, scope: Scope, caller: str, **asked: Any) -> Page:
    """Return one page of the changes that a caller may see; asked: filters, sort, after, limit."""
    found: Page = await Q.bulks.page(db, scope=scope, caller=caller, **asked)
    return found


async def show_bulk(db: Reads, scope: Scope, caller: str, *, bulk_id: UUID) -> str:
    """Return one change as JSON text; NotFound."""
    found = await list_bulks(db, scope, caller, filters={"id": bulk_id}, limit=1)
    if not found.items:
        raise errors.NotFound(_MISSING)
    return found.items[0]


async def list_results(db: Reads, scope: Scope, bulk_id: UUID, **asked: Any) -> Page:
    """Return one page of what became of the libraries of a change; asked: filters, sort, after, limit."""
    found: Page = await Q.results.page(db, scope=scope, bulk_id=bulk_id, **asked)
    return found


async def find_bulk(db: Reads, bulk_id: UUID) -> Bulk:
    """Return one change; NotFound."""
    row = await db.row(Q.find_bulk, bulk_id=bulk_id)
    if row is None:
        raise errors.NotFound(_MISSING)
    return Bulk(**(dict(row) | {"operation": msgspec.json.decode(row["operation"])}))


async def changed(db: Reads, bulk_id: UUID) -> list[Result]:
    """Return what a change did with each library that it changed, the last one first."""
    return [
        Result(**(dict(row) | {"changes": msgspec.json.decode(row["changes"])}))
        for row in await db.rows(Q.changed, bulk_id=bulk_id)
    ]


async def moved_since(db: Reads, library_ids: Sequence[UUID], at: datetime) -> set[UUID]:
    """Return those libraries that went to another state after a time."""
    return {row["library_id"] for row in await db.rows(Q.moved_since, library_ids=list(library_ids), at=at)}


async def insert_bulk(
    tx: Transaction,
    bulk_id: UUID,
    kind: Kind,
    *,
    operation: Mapping[str, Any],
    undoes: UUID | None,
    results: Sequence[Result],
) -> None:
    """Store a change with its results; Violation where the change that it takes back was taken back already."""
    await tx.execute(
        Q.insert_bulk,
        bulk_id=bulk_id,
        kind=kind,
        operation=msgspec.json.encode(operation).decode(),
        undoes=undoes,
        actor_id=tx.call.actor.id,
        created_by=tx.call.by,
        request_id=tx.call.request_id,
        at=tx.call.at,
    )
    for place, result in enumerate(results):
        await tx.execute(
            Q.insert_item,
            bulk_id=bulk_id,
            place=place,
            library_id=result.library_id,
            outcome=result.outcome,
            reason=result.reason,
            message=result.message,
            changes=msgspec.json.encode(result.changes).decode(),
            measurements=list(result.measurements),
        )
