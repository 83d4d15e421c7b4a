"""Stage records in the database: they are added, and superseded, never changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.records import NewRecord
from nanopore_tracking.contracts.events.sample.samples import RecordState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.records.model import Handover, LoadingBefore, Record

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None

#: Kinds of which no record is made any more.
_BEFORE: dict[str, Any] = {"loading": LoadingBefore, "delivery": Handover}


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


async def current_records(db: Reads, sample_ids: Sequence[UUID]) -> dict[UUID, list[Record]]:
    """Return the records of each of these samples that count, in the order in which they were made."""
    found: dict[UUID, list[Record]] = {sample_id: [] for sample_id in sample_ids}
    for row in await db.rows(Q.current_records, sample_ids=list(sample_ids)):
        values = dict(row)
        found[values.pop("sample_id")].append(_record(**values))
    return found


def _record(*, details: str, kind: Any, **row: Any) -> Record:
    said = msgspec.json.decode(details) | {"kind": kind}
    return Record(kind=kind, said=msgspec.convert(said, _BEFORE.get(kind, NewRecord)), **row)


async def same_alias(db: Reads, planned: Mapping[UUID, tuple[str, str]]) -> set[UUID]:
    """Return the samples beside which another open one was recorded in the same experiment under the same alias.

    planned: experiment and alias by the sample's id.
    """
    if not planned:
        return set()
    experiments, aliases = zip(*planned.values(), strict=True)
    rows = await db.rows(
        Q.same_alias, sample_ids=list(planned), experiment_ids=list(experiments), aliases=list(aliases)
    )
    return {row["sample_id"] for row in rows}


async def insert_records(tx: Transaction, made: Sequence[tuple[UUID, RecordState]]) -> None:
    """Store new records, one of a sample, and that earlier ones of their kinds do not count any more."""
    said = [record for _, record in made]
    shared = {
        "sample_ids": [sample_id for sample_id, _ in made],
        "kinds": [record.kind for record in said],
        "stages": [record.stage for record in said],
    }
    await tx.execute(Q.supersede, at=tx.call.at, **shared)
    await tx.execute(
        Q.insert_records,
        ids=[record.id for record in said],
        codes=[record.code for record in said],
        details=[msgspec.json.encode(record.details).decode() for record in said],
        experiment_ids=[record.details.get("experiment_id") or "" for record in said],
        recorded_by=tx.call.by,
        at=tx.call.at,
        **shared,
    )


async def supersede_stages(tx: Transaction, sample_ids: Sequence[UUID], stages: Sequence[str]) -> None:
    """Store that the records of these stages of these samples do not count any more."""
    await tx.execute(Q.supersede_stages, sample_ids=list(sample_ids), stages=list(stages), at=tx.call.at)
