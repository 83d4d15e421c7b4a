"""Flow cells over HTTP. {said} is the id of a flow cell, or what is printed on it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.flow_cells import (
    Check,
    Claim,
    ClaimReport,
    EventKind,
    FlowCell,
    FlowCellPatch,
    FlowCellReceipt,
    FlowCellState,
    FlowCellStep,
    LedgerEntry,
    NewCheck,
    NewFlowCell,
    Stock,
    StockList,
)
from nanopore_tracking.contracts.api.sample.instruments import Device
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.flow_cells import commands, model, store

Said = Annotated[str, Meta(max_length=40, description="The id of a flow cell, or what is printed on it (FAX12345).")]
Sort = Literal["updated", "-updated", "check_by", "-check_by", "product", "-product"]
Text = Annotated[str, Meta(max_length=100, description="Text in the id, the product code, the lot or the place.")]
Product = Annotated[str, Meta(max_length=40, description="A product code of the catalogue.")]


@get("/api/flow-cells", policy="inventory.read")
async def list_cells(
    request: Ask,
    state: list[FlowCellState] | None = None,
    product_code: Product | None = None,
    device: Device | None = None,
    check_due_by: Annotated[date, Meta(description="Unchecked ones whose warranty ends then or before.")] | None = None,
    expires_by: Annotated[date, Meta(description="Unused ones whose shelf life ends then or before.")] | None = None,
    q: Text | None = None,
    sort: Sort = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[FlowCell]]:
    """List flow cells, last changed first unless asked otherwise."""
    filters = {
        "state": state,
        "product_code": product_code,
        "device": device,
        "check_due_by": check_due_by,
        "expires_by": expires_by,
        "q": q,
    }
    db, today = runtime_of(request).db, call_of(request).at.date()
    return page(await store.list_cells(db, today, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/flow-cells", policy="inventory.write", status_code=201)
async def register_cell(request: Ask, data: NewFlowCell) -> Response[FlowCell]:
    """Put a flow cell into the ledger, as one that is here or one that is ordered."""
    pattern = runtime_of(request).settings.flow_cell_pattern
    return await write(request, lambda tx: commands.register_cell(tx, data, pattern=pattern))


@get("/api/flow-cells/stock", policy="inventory.read")
async def show_stock(request: Ask) -> Response[StockList]:
    """Show what is there of every product, what is due and what is overdue."""
    runtime, now = runtime_of(request), call_of(request).at
    low_at = runtime.settings.flow_cells_low
    items = [
        Stock(**row, low=model.low_stock(row["unchecked"] + row["ready"], low_at))
        for row in await store.stock(runtime.db, now.date())
    ]
    claims_open, claims_overdue = await store.claim_counts(runtime.db, now)
    found = StockList(items=items, low_at=low_at, claims_open=claims_open, claims_overdue=claims_overdue)
    return answer(found, version=None)


@get("/api/flow-cells/claims", policy="inventory.read")
async def list_claims(
    request: Ask,
    open: bool | None = None,
    overdue: bool | None = None,
    sort: Literal["deadline", "-deadline"] = "deadline",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Claim]]:
    """List the failing checks that are to be reported to the vendor, the nearest deadline first."""
    filters = {"open": open, "overdue": overdue}
    db, now = runtime_of(request).db, call_of(request).at
    return page(await store.list_claims(db, now, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/flow-cells/claims/{claim_id:uuid}/report", policy="inventory.write", status_code=200, match=True)
async def report_claim(request: Ask, claim_id: UUID, data: ClaimReport) -> Response[Claim]:
    """Say that a failing check was reported to the vendor."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.report_claim(tx, claim_id, data, seen=seen))


@get("/api/flow-cells/{said:str}", policy="inventory.read")
async def show_cell(request: Ask, said: Said) -> Response[FlowCell]:
    """Show one flow cell."""
    db, today = runtime_of(request).db, call_of(request).at.date()
    item, version = await store.show_cell(db, today, await store.find_cell(db, said))
    return answer(item, version=version)


@patch("/api/flow-cells/{said:str}", policy="inventory.write", match=True)
async def change_cell(request: Ask, said: Said, data: FlowCellPatch) -> Response[FlowCell]:
    """Change the lot, the place, the note or the last day of a flow cell."""
    seen = match_of(request)
    cell_id = await store.find_cell(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.change_cell(tx, cell_id, data, seen=seen))


@post("/api/flow-cells/{said:str}/receipt", policy="inventory.write", status_code=200, match=True)
async def receive_cell(request: Ask, said: Said, data: FlowCellReceipt) -> Response[FlowCell]:
    """Record that an ordered flow cell has come."""
    seen, runtime = match_of(request), runtime_of(request)
    cell_id, pattern = await store.find_cell(runtime.db, said), runtime.settings.flow_cell_pattern
    return await write(request, lambda tx: commands.receive_cell(tx, cell_id, data, seen=seen, pattern=pattern))


@post("/api/flow-cells/{said:str}/steps", policy="inventory.write", status_code=200, match=True)
async def step_cell(request: Ask, said: Said, data: FlowCellStep) -> Response[FlowCell]:
    """Say that a flow cell is spent, returned, thrown away, or past its shelf life."""
    seen = match_of(request)
    cell_id = await store.find_cell(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.step_cell(tx, cell_id, data, seen=seen))


@post("/api/flow-cells/{said:str}/checks", policy="inventory.write", status_code=201)
async def check_cell(request: Ask, said: Said, data: NewCheck) -> Response[FlowCell]:
    """Record a flow cell check; one that fails within the warranty becomes a claim with a deadline."""
    cell_id = await store.find_cell(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.check_cell(tx, cell_id, data))


@get("/api/flow-cells/{said:str}/checks", policy="inventory.read")
async def list_checks(
    request: Ask,
    said: Said,
    sort: Literal["ordinal", "-ordinal"] = "ordinal",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Check]]:
    """List the checks of a flow cell: its history of pores."""
    db = runtime_of(request).db
    cell_id = await store.find_cell(db, said)
    return page(await store.list_checks(db, cell_id, sort=sort, after=after, limit=limit))


@get("/api/flow-cells/{said:str}/ledger", policy="inventory.read")
async def list_ledger(
    request: Ask,
    said: Said,
    kind: list[EventKind] | None = None,
    sort: Literal["ordinal", "-ordinal"] = "-ordinal",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[LedgerEntry]]:
    """List all that ever happened to a flow cell, the last thing first."""
    db = runtime_of(request).db
    cell_id = await store.find_cell(db, said)
    return page(await store.list_ledger(db, cell_id, filters={"kind": kind}, sort=sort, after=after, limit=limit))


ROUTES = [
    list_cells,
    register_cell,
    show_stock,
    list_claims,
    report_claim,
    show_cell,
    change_cell,
    receive_cell,
    step_cell,
    check_cell,
    list_checks,
    list_ledger,
]
