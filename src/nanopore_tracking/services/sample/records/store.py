"""Stage records in the database: they are added, and superseded, never changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.records import NewRecord
from nanopore_tracking.contracts.events.sample.samples import RecordState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.records.model import Library, PoolMate, Record

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_records(db: Reads, scope: Scope, sample_id: UUID, **asked: Any) -> Page:
    """Return one page of the records of a sample; asked: filters, sort, after, limit."""
    found: Page = await Q.records.page(db, scope=scope, sample_id=sample_id, **asked)
    return found


async def show_record(tx: Transaction, sample_id: UUID, record_id: UUID) -> str:
    """Return one record as JSON text; NotFound."""
    found = await list_records(tx, tx.call.scope, sample_id, filters={"id": record_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such record of this sample.")
    return found.items[0]


async def current_records(db: Reads, sample_id: UUID) -> list[Record]:
    """Return the records of a sample that count, in the order in which they were made."""
    return [_record(**row) for row in await db.rows(Q.current_records, sample_id=sample_id)]


def _record(*, details: str, kind: Any, **row: Any) -> Record:
    said: NewRecord = msgspec.convert(msgspec.json.decode(details) | {"kind": kind}, NewRecord)
    return Record(kind=kind, said=said, **row)


async def current_library(db: Reads, sample_id: UUID) -> Library | None:
    """Return the present library of a sample."""
    row = await db.row(Q.current_library, sample_id=sample_id)
    return Library(**row) if row else None


async def pool_mates(db: Reads, sample_id: UUID, pool: str, *, scope: Scope) -> list[PoolMate]:
    """Return the other open samples whose present library is planned in a pool."""
    return [PoolMate(**row) for row in await db.rows(Q.pool_mates, sample_id=sample_id, pool=pool, scope=scope)]


async def same_alias(db: Reads, sample_id: UUID, *, experiment_id: str, alias: str) -> bool:
    """Tell whether another open sample is planned in an experiment under the same alias."""
    found: bool = await db.value(Q.same_alias, sample_id=sample_id, experiment_id=experiment_id, alias=alias)
    return found


async def insert_record(tx: Transaction, sample_id: UUID, said: RecordState) -> None:
    """Store a new record, and that earlier ones of its kind do not count any more."""
    await tx.execute(Q.supersede, sample_id=sample_id, kind=said.kind, stage=said.stage, at=tx.call.at)
    await tx.execute(
        Q.insert_record,
        id=said.id,
        sample_id=sample_id,
        kind=said.kind,
        stage=said.stage,
        code=said.code,
        details=msgspec.json.encode(said.details).decode(),
        pool=said.details.get("pool") or "",
        experiment_id=said.details.get("experiment_id") or "",
        recorded_by=tx.call.actor.name,
        at=tx.call.at,
    )


async def supersede_stages(tx: Transaction, sample_id: UUID, stages: Sequence[str]) -> None:
    """Store that the records of these stages do not count any more."""
    await tx.execute(Q.supersede_stages, sample_id=sample_id, stages=list(stages), at=tx.call.at)
