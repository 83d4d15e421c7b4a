"""Batches at the bench in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.bench_batches import Thing
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.bench_batches.model import Batch, Spot
from nanopore_tracking.services.sample.samples import store as sample_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such batch."


@dataclass(frozen=True, slots=True)
class Tube:
    """A sample or a library that a position is for."""

    id: UUID
    code: str


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
    codes = {each["position"]: each["code"] for each in await tx.rows(Q.codes_of, batch_id=batch_id)}
    return Batch(**row, samples=codes) if row["thing"] == "sample" else Batch(**row, libraries=codes)


async def find_tubes(tx: Transaction, thing: Thing, said: Sequence[str]) -> list[Tube]:
    """Return the samples or libraries that are named by id or code, in that order; NotFound with all that are not."""
    named = [sample_store.named(each.strip()) for each in said]
    ids = [thing_id for thing_id, _ in named if thing_id is not None]
    codes = [code for _, code in named if code is not None]
    query = Q.find_samples if thing == "sample" else Q.find_libraries
    tubes = [Tube(**row) for row in await tx.rows(query, ids=ids, codes=codes, scope=tx.call.scope)]
    found: dict[UUID | str | None, Tube] = {tube.id: tube for tube in tubes} | {tube.code: tube for tube in tubes}
    keys = [code if thing_id is None else thing_id for thing_id, code in named]
    missing = [each for each, key in zip(said, keys, strict=True) if key not in found]
    if missing:
        names = ", ".join(missing[:10]) + (f" and {len(missing) - 10} more" if len(missing) > 10 else "")
        raise errors.NotFound(f"There is no {thing} {names}, or none that you may see. Nothing was changed.")
    return [found[key] for key in keys]


async def insert_batch(tx: Transaction, batch: Batch, tubes: Sequence[tuple[Spot, Tube]]) -> None:
    """Store a new batch. tubes: where each of them stands."""
    names = ("id", "code", "name", "thing", "task", "quantity", "method", "kit")
    values = {name: getattr(batch, name) for name in names}
    await tx.execute(Q.insert_batch, created_by=tx.call.by, at=tx.call.at, **values)
    await tx.execute(
        Q.insert_positions,
        batch_id=batch.id,
        rows=[row for (row, _), _ in tubes],
        columns=[column for (_, column), _ in tubes],
        thing=batch.thing,
        thing_ids=[tube.id for _, tube in tubes],
    )


async def update_batch(tx: Transaction, batch: Batch) -> None:
    """Store the changed batch."""
    values = {name: getattr(batch, name) for name in ("kit", "kit_lot", "lot_expires_on", "closed")}
    await tx.execute(Q.update_batch, batch_id=batch.id, at=tx.call.at, **values)
