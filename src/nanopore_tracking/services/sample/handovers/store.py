"""Which saga hands a delivery over, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample

Q = sql.load(Path(__file__).with_name("queries.sql"))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the handover of a delivery stands. count: how often it was begun; is_open: it may undo what it did."""

    count: int
    saga_id: UUID | None
    is_open: bool


async def begin(tx: Transaction, delivery_id: UUID) -> int:
    """Count on that the handover of a delivery is begun; returns how often it was."""
    found: int = await tx.value(Q.begin, delivery_id=delivery_id)
    return found


async def keep(tx: Transaction, delivery_id: UUID, saga_id: UUID) -> None:
    """Store which saga hands a delivery over."""
    await tx.execute(Q.keep, delivery_id=delivery_id, saga_id=saga_id)


async def close(tx: Transaction, delivery_id: UUID) -> None:
    """Store that the handover has nothing to do with a delivery any more."""
    await tx.execute(Q.close, delivery_id=delivery_id)


async def standing(db: Reads, delivery_id: UUID) -> Standing:
    """Return where the handover of a delivery stands; NotFound."""
    row = await db.row(Q.standing, delivery_id=delivery_id)
    if row is None:
        raise errors.NotFound("There is no such delivery.")
    return Standing(count=row["handover_count"], saga_id=row["handover_saga"], is_open=row["handover_open"])


async def lock_samples(tx: Transaction, delivery_id: UUID, codes: Sequence[str] | None = None) -> list[Sample]:
    """Return the samples of a delivery, locked; only those with these codes where some are given."""
    rows = await tx.rows(Q.ids, delivery_id=delivery_id, codes=None if codes is None else list(codes))
    return await sample_store.lock_samples(tx, [row["id"] for row in rows])
