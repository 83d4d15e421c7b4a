"""Flow cells in the database: what each is now, its checks, claims and ledger."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.flow_cells import FlowCellState
from nanopore_tracking.contracts.events.sample.flow_cells import CheckState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.flow_cells import model
from nanopore_tracking.services.sample.flow_cells.model import FlowCell

Q = sql.load(Path(__file__).with_name("queries.sql"))

MISSING = "There is no such flow cell."
_ACTIONS = {
    state: [action for action, steps in model.STEPS.items() if state in steps] for state in get_args(FlowCellState)
}
_ACTIONS_JSON = msgspec.json.encode(_ACTIONS).decode()


async def list_cells(db: Reads, today: date, **asked: Any) -> Page:
    """Return one page of flow cells; asked: filters, sort, after, limit."""
    found: Page = await Q.flow_cells.page(db, today=today, actions=_ACTIONS_JSON, **asked)
    return found


async def show_cell(db: Reads, today: date, cell_id: UUID) -> tuple[str, int]:
    """Return a flow cell as JSON text, and its version; NotFound."""
    found = await list_cells(db, today, filters={"id": cell_id}, limit=1)
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0], msgspec.json.decode(found.items[0])["version"]


async def find_cell(db: Reads, said: str) -> UUID:
    """Return the id of a flow cell that is named by its id or by what is printed on it; NotFound."""
    cell_id: UUID | None
    try:
        cell_id = UUID(said)
    except ValueError:
        cell_id = None
    found: UUID | None = await db.value(Q.find_cell, id=cell_id, printed=said.strip().upper())
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def lock_cell(tx: Transaction, cell_id: UUID) -> FlowCell:
    """Return a flow cell that is about to be changed, locked; NotFound."""
    return _cell(await tx.row(Q.lock_cell, cell_id=cell_id))


async def read_cell(db: Reads, cell_id: UUID) -> FlowCell:
    """Return a flow cell as it is now; NotFound."""
    return _cell(await db.row(Q.read_cell, cell_id=cell_id))


def _cell(row: Record | None) -> FlowCell:
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    return FlowCell(**row)


async def insert_cell(tx: Transaction, cell: FlowCell) -> None:
    """Store a new flow cell; Violation `flow_cell_printed_id` when it is there already."""
    left_out = ("pores_available", "check_count", "load_count", "event_count", "held_by", "version")
    values = {name: getattr(cell, name) for name in FlowCell.__slots__ if name not in left_out}
    await tx.execute(Q.insert_cell, created_by=tx.call.by, at=tx.call.at, **values)


async def record(
    tx: Transaction, cell: FlowCell, kind: str, *, details: Mapping[str, Any], reason: str = "", at: datetime
) -> FlowCell:
    """Store the changed flow cell and the line of the ledger that says how, and return it."""
    after = replace(cell, event_count=cell.event_count + 1, version=cell.version + 1)
    fixed = ("product_code", "device", "purchased_on", "check_by", "warranty_pores", "report_days", "version")
    values = {name: getattr(after, name) for name in FlowCell.__slots__ if name not in fixed}
    await tx.execute(Q.update_cell, at=tx.call.at, **values)
    await tx.execute(
        Q.insert_event,
        id=uuid7(),
        cell_id=cell.id,
        ordinal=after.event_count,
        kind=kind,
        state=after.state,
        details=msgspec.json.encode(details).decode(),
        reason=reason,
        done_by=tx.call.by,
        happened_at=at,
        at=tx.call.at,
    )
    return after


async def list_ledger(db: Reads, cell_id: UUID, **asked: Any) -> Page:
    """Return one page of what happened to a flow cell; asked: filters, sort, after, limit."""
    found: Page = await Q.ledger.page(db, cell_id=cell_id, **asked)
    return found


async def insert_check(tx: Transaction, cell_id: UUID, check: CheckState, *, deadline: datetime | None) -> None:
    """Store a check, and that it has to be reported where it has."""
    await tx.execute(Q.insert_check, cell_id=cell_id, at=tx.call.at, **msgspec.structs.asdict(check))
    if deadline is not None:
        await tx.execute(
            Q.insert_claim, id=uuid7(), cell_id=cell_id, check_id=check.id, deadline=deadline, at=tx.call.at
        )


async def list_checks(db: Reads, cell_id: UUID, **asked: Any) -> Page:
    """Return one page of the checks of a flow cell; asked: filters, sort, after, limit."""
    found: Page = await Q.checks.page(db, cell_id=cell_id, **asked)
    return found


async def list_claims(db: Reads, now: datetime, **asked: Any) -> Page:
    """Return one page of claims; asked: filters, sort, after, limit."""
    found: Page = await Q.claims_listed.page(db, now=now, **asked)
    return found


async def show_claim(db: Reads, now: datetime, claim_id: UUID) -> tuple[str, int]:
    """Return a claim as JSON text, and its version; NotFound."""
    found = await list_claims(db, now, filters={"id": claim_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such claim.")
    return found.items[0], msgspec.json.decode(found.items[0])["version"]


async def lock_claim(tx: Transaction, claim_id: UUID) -> Record:
    """Return a claim that is about to be reported, locked; NotFound."""
    row = await tx.row(Q.lock_claim, claim_id=claim_id)
    if row is None:
        raise errors.NotFound("There is no such claim. Nothing was changed.")
    return row


async def report_claim(tx: Transaction, claim_id: UUID, *, reference: str, note: str) -> None:
    """Store that a claim was reported."""
    by = tx.call.by
    await tx.execute(Q.report_claim, claim_id=claim_id, at=tx.call.at, by=by, reference=reference, note=note)


async def stock(db: Reads, today: date) -> list[Record]:
    """Return what is there of every product."""
    return await db.rows(Q.stock, today=today)


async def claim_counts(db: Reads, now: datetime) -> tuple[int, int]:
    """Return how many claims are open, and how many of them are too late."""
    row = await db.row(Q.claims, now=now)
    return (row["open"], row["overdue"]) if row else (0, 0)


async def past_shelf_life(db: Reads, today: date) -> list[UUID]:
    """Return unused flow cells whose last day is over."""
    return [row["id"] for row in await db.rows(Q.past_shelf_life, today=today)]
