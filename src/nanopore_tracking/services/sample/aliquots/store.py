"""Aliquots in the database: they are added, and used, never changed."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.sample.chain import AliquotTaken
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.aliquots.model import Aliquot
from nanopore_tracking.services.sample.samples import store as sample_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_aliquots(db: Reads, scope: Scope, sample_id: UUID, **asked: Any) -> Page:
    """Return one page of the aliquots of a sample; asked: filters, sort, after, limit."""
    found: Page = await Q.aliquots.page(db, scope=scope, sample_id=sample_id, **asked)
    return found


async def taken_ul(db: Reads, sample_id: UUID) -> float:
    """Return how much was taken of a sample since its volume was measured; since it was submitted without that."""
    found: float = await db.value(Q.taken_since, sample_id=sample_id)
    return found


async def insert_aliquot(tx: Transaction, event: AliquotTaken) -> None:
    """Store an aliquot as it is announced."""
    said = msgspec.structs.asdict(event)
    names = ("code", "sample_id", "volume_ul", "mass_ng", "available_ul", "purpose")
    await tx.execute(
        Q.insert_aliquot,
        id=event.aliquot_id,
        taken_by=tx.call.by,
        at=tx.call.at,
        **{name: said[name] for name in names},
    )


async def lock_aliquot(tx: Transaction, said: str) -> Aliquot:
    """Return an aliquot that is named by its id or its code, locked; NotFound."""
    aliquot_id, code = sample_store.named(said)
    row = await tx.row(Q.lock_aliquot, aliquot_id=aliquot_id, code=code, scope=tx.call.scope)
    if row is None:
        raise errors.NotFound(f"There is no aliquot {said}, or none that you may see. Nothing was changed.")
    return Aliquot(**row)


async def use(tx: Transaction, aliquot_id: UUID, volume_ul: float) -> None:
    """Store that a library took so much of an aliquot."""
    await tx.execute(Q.use_aliquot, aliquot_id=aliquot_id, volume_ul=volume_ul)
