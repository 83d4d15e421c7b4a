"""Loads of a flow cell over HTTP. {said} is the id of a flow cell, or what is printed on it."""

from typing import Annotated, Literal

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.loads import Load, LoadKind, NewLoad, UsedBarcode
from nanopore_tracking.contracts.api.sample.overrides import Override
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    may,
    page,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.flow_cells import store as cell_store
from nanopore_tracking.services.sample.loads import commands, store

Said = Annotated[str, Meta(max_length=40, description="The id of a flow cell, or what is printed on it (FAX12345).")]


@post("/api/flow-cells/{said:str}/loads", policy="inventory.write", status_code=201, also=202, also_answer=Override)
async def record_load(request: Ask, said: Said, data: NewLoad) -> Response[Load]:
    """Record a load, a reload, a wash or a flush; barcodes that were there before need a reason.

    The answer is 202 with the override where that waits for a second person from now on; Location says where it is
    decided.
    """
    cell_id = await cell_store.find_cell(runtime_of(request).db, said)
    may_override = may(request, "inventory.override")
    return await write(request, lambda tx: commands.record_load(tx, cell_id, data, may_override=may_override))


@get("/api/flow-cells/{said:str}/loads", policy="inventory.read")
async def list_loads(
    request: Ask,
    said: Said,
    kind: list[LoadKind] | None = None,
    sort: Literal["ordinal", "-ordinal"] = "-ordinal",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Load]]:
    """List what was loaded on a flow cell and washed out, the last first."""
    db = runtime_of(request).db
    cell_id = await cell_store.find_cell(db, said)
    return page(await store.list_loads(db, cell_id, filters={"kind": kind}, sort=sort, after=after, limit=limit))


@get("/api/flow-cells/{said:str}/barcodes", policy="inventory.read")
async def show_barcodes(request: Ask, said: Said) -> Response[list[UsedBarcode]]:
    """Show which barcodes were ever on a flow cell, and whether it was washed since."""
    db = runtime_of(request).db
    used = await cargo_store.used_on_cell(db, await cell_store.find_cell(db, said))
    names = UsedBarcode.__struct_fields__
    shown = [UsedBarcode(**{name: getattr(each, name) for name in names}) for each in used]
    return answer(sorted(shown, key=lambda each: (each.load, each.barcode)), version=None)


ROUTES = [record_load, list_loads, show_barcodes]
