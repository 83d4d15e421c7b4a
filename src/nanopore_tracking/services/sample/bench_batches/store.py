"""Batches at the bench in the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.bench_batches.model import Batch, Spot
from nanopore_tracking.services.sample.samples import store as sample_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such batch."


async def list_batches(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of batches; asked: filters, sort, after, limit."""
    found: Page = await Q.batches.page(db, scope=scope, **asked)
    return found


async def show_batch(db: Reads, scope: Scope, batch_id: UUID) -> tuple[str, int]:
    """Return a batch with its tubes as JSON text, and its version; NotFound."""
    found = await list_batches(db, scope, filters={"id": batch_id}, limit=1)
    if not found.items:
        raise errors.NotFound(MISSING)
    said = msgspec.json.decode(found.items[0], type=dict[str, msgspec.Raw])
    positions: str = await db.value(Q.show_positions, batch_id=batch_id, scope=scope)
    said["positions"] = msgspec.Raw(positions.encode())
    return msgspec.json.encode(said).decode(), msgspec.json.decode(said["version"], type=int)


async def find_batch(db: Reads, scope: Scope, said: str) -> UUID:
    """Return the id of a batch that is named by its id or its code; NotFound."""
    batch_id, code = sample_store.named(said)
    found: UUID | None = await db.value(Q.find_batch, id=batch_id, code=code, scope=scope)
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def lock_batch(tx: Transaction, batch_id: UUID) -> Batch:
    """Return a batch that is about to be changed, locked; NotFound."""
    row = await tx.row(Q.lock_batch, batch_id=batch_id)
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    samples = {each["position"]: each["code"] for each in await tx.rows(Q.codes_of, batch_id=batch_id)}
    return Batch(**row, samples=samples)


async def insert_batch(tx: Transaction, batch: Batch, tubes: Sequence[tuple[Spot, UUID]]) -> None:
    """Store a new batch. tubes: where the tube of each sample stands."""
    names = ("id", "code", "name", "task", "quantity", "method", "kit")
    values = {name: getattr(batch, name) for name in names}
    await tx.execute(Q.insert_batch, created_by=tx.call.by, at=tx.call.at, **values)
    await tx.execute(
        Q.insert_positions,
        batch_id=batch.id,
        rows=[row for (row, _), _ in tubes],
        columns=[column for (_, column), _ in tubes],
        sample_ids=[sample_id for _, sample_id in tubes],
    )


async def update_batch(tx: Transaction, batch: Batch) -> None:
    """Store the changed batch."""
    values = {name: getattr(batch, name) for name in ("kit", "kit_lot", "lot_expires_on", "closed")}
    await tx.execute(Q.update_batch, batch_id=batch.id, at=tx.call.at, **values)
