"""Readings about which something is done, in the database."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.extractions.model import Claimed
from nanopore_tracking.services.ai.interventions.model import Locked

Q = sql.load(Path(__file__).with_name("queries.sql"))

_UNKNOWN = "There is no such reading."


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def find(db: Reads, scope: list[UUID] | None, extraction_id: UUID) -> Locked:
    """Return a reading in a scope; NotFound."""
    row = await db.row(Q.find_reading, extraction_id=extraction_id, scope=scope)
    if row is None:
        raise errors.NotFound(_UNKNOWN)
    return Locked(**row)


async def lock(tx: Transaction, extraction_id: UUID) -> Locked:
    """Return a reading in the caller's scope about which something is to be done, locked; NotFound."""
    await tx.rows(Q.lock_reading, extraction_id=extraction_id, scope=tx.call.scope)
    return await find(tx, tx.call.scope, extraction_id)


async def cancel(tx: Transaction, extraction_id: UUID, note: str) -> None:
    """Store that a reading is given up. note: what people are told."""
    await tx.execute(Q.cancel, extraction_id=extraction_id, notes=_json([note]), at=tx.call.at)


async def queue_again(tx: Transaction, extraction_id: UUID, *, pages: Sequence[int] | None = None) -> None:
    """Let a reading wait again, in the name of whoever asks; pages: those that are read."""
    await tx.execute(
        Q.queue_again,
        extraction_id=extraction_id,
        pages=None if pages is None else list(pages),
        requested_by=_json(tx.call.actor),
        request_id=tx.call.request_id,
    )


async def ask(tx: Transaction, claimed: Claimed, need: str, *, said: str, page_count: int | None) -> bool:
    """Store what a reading needs; False when it is not ours any more."""
    values = {"extraction_id": claimed.id, "attempts": claimed.attempts, "page_count": page_count}
    row = await tx.row(Q.ask, state=f"needs_{need}", notes=_json([said]), **values)
    return row is not None


async def unlock(tx: Transaction, document_id: UUID, sha256: str) -> None:
    """Store where the copy of a file without its password is."""
    await tx.execute(Q.unlock_document, document_id=document_id, sha256=sha256)
