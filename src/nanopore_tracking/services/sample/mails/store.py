"""Mails in the database, which is also their queue."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Database, Reads, Transaction
from nanopore_tracking.services.sample.mails.model import LEASE_S, Claimed

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_mails(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of mails; asked: filters, sort, after, limit."""
    found: Page = await Q.mails.page(db, scope=scope, **asked)
    return found


async def insert_mail(tx: Transaction, submission_id: UUID, *, kind: str, event_id: UUID, facts: Any) -> bool:
    """Let a mail wait, to who asked for the work; False where nobody said an address."""
    queued = await tx.value(
        Q.insert_mail,
        mail_id=uuid7(),
        submission_id=submission_id,
        event_id=event_id,
        kind=kind,
        facts=msgspec.json.encode(facts).decode(),
        at=tx.call.at,
    )
    return queued is not None


async def claim_mail(db: Reads, at: datetime) -> Claimed | None:
    """Take the mail that is due longest, or None; others pass it by while it is ours."""
    row = await db.row(Q.claim_mail, at=at, lease=uuid7(), lease_s=LEASE_S)
    return Claimed(**{**row, "facts": msgspec.json.decode(row["facts"])}) if row else None


async def end_mail(tx: Transaction, claimed: Claimed, *, state: str, error: str = "") -> bool:
    """Store that a mail is sent or given up; False when it is not ours any more."""
    values = {"mail_id": claimed.id, "lease": claimed.lease, "state": state, "error": error, "at": tx.call.at}
    return await tx.row(Q.end_mail, **values) is not None


async def postpone_mail(tx: Transaction, claimed: Claimed, *, error: str, delay_s: float) -> None:
    """Let a mail wait until it is tried again."""
    values = {"mail_id": claimed.id, "lease": claimed.lease, "error": error, "at": tx.call.at, "delay_s": delay_s}
    await tx.execute(Q.postpone_mail, **values)


async def again(tx: Transaction, submission_id: UUID, mail_id: UUID) -> bool:
    """Let a mail in the caller's scope wait that was not sent; False where there is none."""
    values = {"mail_id": mail_id, "submission_id": submission_id, "scope": tx.call.scope, "at": tx.call.at}
    return await tx.row(Q.again, **values) is not None


async def skip_waiting(db: Database, error: str, at: datetime) -> None:
    """Store that nothing that waits is sent, and why."""
    await db.execute(Q.skip_waiting, error=error, at=at)


async def count_by_state(db: Reads, scope: Scope) -> tuple[int, int]:
    """Return how many mails wait and how many failed."""
    row = await db.row(Q.count_by_state, scope=scope)
    return (row["waiting_count"], row["failed_count"]) if row else (0, 0)
