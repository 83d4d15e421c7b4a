"""Retention in the database; what was set is only added to."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import Retention, RetentionCount, SubmissionRetention
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.retention.model import Kept

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_due(db: Reads, scope: Scope, day: date, **asked: Any) -> Page:
    """Return one page of tubes that need not be kept on a day; asked: filters, sort, after, limit."""
    found: Page = await Q.due.page(db, scope=scope, day=day, **asked)
    return found


async def show_retention(db: Reads, sample_id: UUID) -> Retention:
    """Return until when a sample is kept."""
    row = await db.row(Q.effective, sample_id=sample_id)
    if row is None:
        return Retention(keep_until=None, of=None, reason="", set_by="", set_at=None)
    return Retention(**(dict(row) | {"keep_until": row["keep_until"].isoformat()}))


async def kept(db: Reads, sample_id: UUID) -> Kept | None:
    """Return until when a sample is kept; None where that was not set."""
    row = await db.row(Q.effective, sample_id=sample_id)
    return Kept(keep_until=row["keep_until"], of=row["of"]) if row else None


async def of_submission(db: Reads, scope: Scope, submission_id: UUID) -> SubmissionRetention:
    """Return until when the samples of a submission are kept."""
    kept = [
        RetentionCount(**(dict(row) | {"keep_until": row["keep_until"] and row["keep_until"].isoformat()}))
        for row in await db.rows(Q.of_submission, submission_id=submission_id, scope=scope)
    ]
    return SubmissionRetention(submission_id=submission_id, samples=sum(one.samples for one in kept), kept=kept)


async def samples_of(db: Reads, scope: Scope, submission_id: UUID) -> list[UUID]:
    """Return the samples of a submission."""
    return [row["id"] for row in await db.rows(Q.samples_of, submission_id=submission_id, scope=scope)]


async def insert_retention(tx: Transaction, values: dict[str, Any]) -> None:
    """Store until when a sample or a project is kept."""
    await tx.execute(Q.insert_retention, id=uuid7(), set_by=tx.call.by, at=tx.call.at, **values)
