"""Loads in the database: they are only added."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.sample.flow_cells import LoadState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.loads.model import OfRun

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def find_run(db: Reads, code: str) -> OfRun:
    """Return what a load needs of a run; NotFound."""
    row = await db.row(Q.find_run, code=code.strip().upper())
    if row is None:
        raise errors.NotFound(f"There is no run {code.strip()}. Nothing was recorded.")
    return OfRun(**row)


async def next_ordinal(db: Reads, cell_id: UUID) -> int:
    """Return which number the next load of a flow cell has."""
    found: int = await db.value(Q.next_ordinal, cell_id=cell_id)
    return found


async def insert_load(tx: Transaction, cell_id: UUID, load: LoadState, *, tags: Sequence[Tag]) -> None:
    """Store a load with the barcodes that are on the flow cell from now on."""
    await tx.execute(Q.insert_load, cell_id=cell_id, at=tx.call.at, **msgspec.structs.asdict(load))
    names = ("key", "kit", "barcode", "alias", "sample_id")
    for tag in tags:
        said = {name: getattr(tag, name) for name in names}
        await tx.execute(Q.insert_barcode, load_id=load.id, cell_id=cell_id, **said)


async def list_loads(db: Reads, cell_id: UUID, **asked: Any) -> Page:
    """Return one page of what was loaded on a flow cell; asked: filters, sort, after, limit."""
    found: Page = await Q.loads.page(db, cell_id=cell_id, **asked)
    return found


async def show_load(db: Reads, cell_id: UUID, load_id: UUID) -> str:
    """Return one load as JSON text; NotFound."""
    found = await list_loads(db, cell_id, filters={"id": load_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such load.")
    return found.items[0]


async def loads_of_run(db: Reads, run_id: UUID) -> int:
    """Return how many loads are recorded for a run."""
    found: int = await db.value(Q.loads_of_run, run_id=run_id)
    return found
