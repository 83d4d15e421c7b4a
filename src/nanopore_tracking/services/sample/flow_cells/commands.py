"""What can be done with flow cells: register, receive, change, check, report, and end the use of one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.flow_cells import (
    ClaimReport,
    FlowCellPatch,
    FlowCellReceipt,
    FlowCellStep,
    NewCheck,
    NewFlowCell,
)
from nanopore_tracking.contracts.events.sample.flow_cells import (
    CheckState,
    FlowCellChanged,
    FlowCellChecked,
    FlowCellClaimReported,
)
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.flow_cells import model, store
from nanopore_tracking.services.sample.flow_cells.model import FlowCell
from nanopore_tracking.services.sample.labs import model as labs


async def register_cell(tx: Transaction, asked: NewFlowCell, *, pattern: str) -> Written:
    """Put a flow cell into the ledger; Invalid for a product or dates that cannot be, Conflict when it is there."""
    today = tx.call.at.date()
    product = model.product(await catalogue_store.current(tx, today), asked.product_code)
    here = asked.flow_cell_id is not None
    values = labs.asked(asked) | {
        "product_code": product.code,
        "flow_cell_id": model.printed(asked.flow_cell_id, pattern) if asked.flow_cell_id else None,
        "received_on": (asked.received_on or today) if here else None,
    }
    cell = FlowCell(
        id=uuid7(),
        device=product.device,
        # A day that lies ahead is refused below; with the last one of all, no sum could be formed before.
        check_by=min(asked.purchased_on, today) + timedelta(days=product.check_within_days),
        warranty_pores=product.warranty_pores or 0,
        report_days=product.report_within_days or model.REPORT_DAYS,
        state="received" if here else "ordered",
        pores_available=None,
        check_count=0,
        load_count=0,
        event_count=0,
        held_by=None,
        version=0,
        **values,
    )
    model.dated(cell, today=today)
    try:
        await store.insert_cell(tx, cell)
    except postgres.Violation as violation:
        _refuse_id(violation, cell)
    await changed(tx, cell, cell, cause="received" if here else "ordered")
    return await _written(tx, cell.id)


async def receive_cell(tx: Transaction, cell_id: UUID, asked: FlowCellReceipt, *, seen: int, pattern: str) -> Written:
    """Record that an ordered flow cell has come; NotFound, Stale, Invalid, or Conflict where it has already."""
    cell = await _seen(tx, cell_id, seen)
    values = labs.asked(asked)
    after = replace(
        cell,
        state=model.step(cell, "receive"),
        flow_cell_id=model.printed(asked.flow_cell_id, pattern),
        received_on=asked.received_on or tx.call.at.date(),
        expires_on=asked.expires_on or cell.expires_on,
        lot=values["lot"] or cell.lot,
        storage=values["storage"] or cell.storage,
    )
    model.dated(after, today=tx.call.at.date())
    try:
        await changed(tx, cell, after, cause="received")
    except postgres.Violation as violation:
        _refuse_id(violation, after)
    return await _written(tx, cell_id)


async def change_cell(tx: Transaction, cell_id: UUID, asked: FlowCellPatch, *, seen: int) -> Written:
    """Change what is known of a flow cell; NotFound or Stale."""
    cell = await _seen(tx, cell_id, seen)
    after = replace(cell, **labs.asked(asked))
    if after != cell:
        await changed(tx, cell, after, cause="changed")
    return await _written(tx, cell_id)


async def check_cell(tx: Transaction, cell_id: UUID, asked: NewCheck) -> Written:
    """Record a check; a failing one within the warranty becomes a claim. NotFound, Invalid, Conflict."""
    cell = await store.lock_cell(tx, cell_id)
    at = model.checked_when(asked.checked_at, cell, now=tx.call.at)
    passed = asked.pores_available >= cell.warranty_pores
    check = CheckState(
        id=uuid7(),
        ordinal=cell.check_count + 1,
        threshold_pores=cell.warranty_pores,
        passed=passed,
        checked_by=tx.call.by,
        **(labs.asked(asked) | {"checked_at": at}),
    )
    deadline = model.claim_deadline(cell, pores=asked.pores_available, checked_at=at)
    after = replace(
        cell,
        state=model.step(cell, "check", passed=passed),
        pores_available=asked.pores_available,
        check_count=check.ordinal,
    )
    await store.insert_check(tx, cell_id, check, deadline=deadline)
    details = msgspec.to_builtins(check) | {"claim_deadline": deadline}
    after = await store.record(tx, after, "checked", details=details, at=at)
    changes = labs.changes(model.facts(cell), model.facts(after))
    event = FlowCellChecked(**model.facts(after), check=check, claim_deadline=deadline)
    tx.announce(event, subject=model.subject(after), changes=changes)
    return await _written(tx, cell_id)


async def step_cell(tx: Transaction, cell_id: UUID, asked: FlowCellStep, *, seen: int) -> Written:
    """Say what became of a flow cell; NotFound, Stale, Invalid without a reason, Conflict where it cannot be."""
    cell = await _seen(tx, cell_id, seen)
    labs.require(labs.asked(asked), "reason")
    if cell.held_by:
        raise errors.Conflict(
            f"The run {cell.held_by} has reserved {cell.name}. Nothing was changed; free it there first.",
            type="not-allowed",
            state=cell.state,
        )
    after = replace(cell, state=model.step(cell, asked.action))
    await changed(tx, cell, after, cause=model.KINDS[asked.action], reason=asked.reason.strip())
    return await _written(tx, cell_id)


async def expire_cell(tx: Transaction, cell_id: UUID) -> None:
    """Let an unused flow cell expire after its last day; nothing happens to one that was used meanwhile."""
    cell = await store.lock_cell(tx, cell_id)
    over = cell.expires_on is not None and cell.expires_on < tx.call.at.date()
    if over and not cell.held_by and "expire" in model.actions(cell):
        after = replace(cell, state=model.step(cell, "expire"))
        await changed(tx, cell, after, cause="expired", reason="Its shelf life is over.")


async def report_claim(tx: Transaction, claim_id: UUID, asked: ClaimReport, *, seen: int) -> Written:
    """Say that a failing check was reported; NotFound, Stale, or Conflict where it was already."""
    claim = await store.lock_claim(tx, claim_id)
    labs.match(claim["version"], seen, "claim")
    if claim["reported_at"] is not None:
        raise errors.Conflict("This claim was reported already. Nothing was changed.", type="done-already")
    values = labs.asked(asked)
    labs.require(values, "reference")
    await store.report_claim(tx, claim_id, **values)
    cell = await store.lock_cell(tx, claim["flow_cell_id"])
    details = {"claim_id": claim_id, "deadline": claim["deadline"], **values}
    after = await store.record(tx, cell, "claim_reported", details=details, at=tx.call.at)
    event = FlowCellClaimReported(**model.facts(after), claim=msgspec.to_builtins(details))
    tx.announce(event, subject=model.subject(after), changes=[Change("claim", None, values["reference"])])
    item, version = await store.show_claim(tx, tx.call.at, claim_id)
    return Written(item=item, version=version)


async def changed(
    tx: Transaction,
    before: FlowCell,
    after: FlowCell,
    *,
    cause: str,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> FlowCell:
    """Store and announce a change of a locked flow cell within a larger one, and return it as it is then."""
    changes = labs.changes(model.facts(before), model.facts(after))
    if before.version == 0:
        changes = (Change("state", None, after.state),)
    said = {change.field: change.after for change in changes} | dict(details or {})
    stored = await store.record(tx, after, cause, details=said, reason=reason, at=tx.call.at)
    event = FlowCellChanged(**model.facts(stored), cause=cause, reason=reason)
    tx.announce(event, subject=model.subject(stored), changes=changes)
    return stored


async def _seen(tx: Transaction, cell_id: UUID, seen: int) -> FlowCell:
    cell = await store.lock_cell(tx, cell_id)
    labs.match(cell.version, seen, "flow cell")
    return cell


def _refuse_id(violation: postgres.Violation, cell: FlowCell) -> NoReturn:
    if violation.constraint != "flow_cell_printed_id":
        raise violation
    raise errors.Conflict(
        f"The flow cell {cell.flow_cell_id} is in the ledger already. Nothing was changed; open it instead.",
        type="already-exists",
        fields=[errors.FieldError("flow_cell_id", "It is in the ledger already.")],
    ) from None


async def _written(tx: Transaction, cell_id: UUID) -> Written:
    item, version = await store.show_cell(tx, tx.call.at.date(), cell_id)
    return Written(item=item, version=version, location=f"/api/flow-cells/{cell_id}")
