"""Status links in the database, and what they show."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.status_links import StatusDelivery, StatusQuestion, SubmissionStatus
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.status_links import model
from nanopore_tracking.services.sample.status_links.model import MOST_SAMPLES, Link

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_links(db: Reads, scope: Scope, submission_id: UUID, **asked: Any) -> Page:
    """Return one page of the links of a submission; asked: filters, sort, after, limit."""
    found: Page = await Q.links.page(db, scope=scope, submission_id=submission_id, **asked)
    return found


async def list_uses(db: Reads, scope: Scope, submission_id: UUID, **asked: Any) -> Page:
    """Return one page of the minutes in which a link was opened; asked: link_id, sort, after, limit."""
    found: Page = await Q.uses.page(db, scope=scope, submission_id=submission_id, **asked)
    return found


async def insert_link(tx: Transaction, values: dict[str, Any], *, mail_id: UUID | None = None) -> UUID:
    """Store a new link; one of a mail that was tried before gets another token. Returns its id."""
    found: UUID = await tx.value(
        Q.insert_link, link_id=uuid7(), mail_id=mail_id, created_by=tx.call.by, at=tx.call.at, **values
    )
    return found


async def count_accepted(tx: Transaction, submission_id: UUID) -> int:
    """Return how many links of a submission are accepted."""
    return int(await tx.value(Q.count_accepted, submission_id=submission_id, at=tx.call.at))


async def lock_link(tx: Transaction, submission_id: UUID, link_id: UUID) -> Link | None:
    """Return a link of a submission in the caller's scope, locked, or None."""
    row = await tx.row(Q.lock_link, link_id=link_id, submission_id=submission_id, scope=tx.call.scope)
    return Link(**row) if row else None


async def revoke_link(tx: Transaction, link_id: UUID) -> None:
    """Store that a link shows nothing any more, and who said so."""
    await tx.execute(Q.revoke_link, link_id=link_id, revoked_by=tx.call.by, at=tx.call.at)


async def find_link(db: Reads, token: str, at: datetime) -> Link | None:
    """Return the link of a token where it is accepted; whatever is wrong with it, as much is done."""
    row = await db.row(Q.find_link, token_hash=model.digest(token))
    link = Link(**row) if row else None
    return link if link is not None and link.is_accepted(at) else None


async def note_use(tx: Transaction, link: Link) -> int:
    """Record that a link is opened; returns how often it was in this minute."""
    return int(await tx.value(Q.note_use, use_id=uuid7(), link_id=link.id, at=tx.call.at))


async def show_status(tx: Transaction, link: Link) -> SubmissionStatus:
    """Return what a link shows: of its own submission, and nothing else."""
    own = {"submission_id": link.submission_id, "lab_id": link.lab_id}
    head = await tx.row(Q.show_status, **own)
    if head is None:
        raise model.missing()
    samples = [model.said_of(row) for row in await tx.rows(Q.status_samples, most=MOST_SAMPLES, **own)]
    deliveries = [StatusDelivery(**row) for row in await tx.rows(Q.status_deliveries, at=tx.call.at, **own)]
    return SubmissionStatus(
        code=head["code"],
        said=model.said_of_all(head["status"], samples),
        created_at=head["created_at"],
        sample_count=head["sample_count"],
        samples=samples,
        more=head["sample_count"] > len(samples),
        questions=[StatusQuestion(**row) for row in await tx.rows(Q.status_questions, **own)],
        deliveries=deliveries,
        expires_at=link.expires_at,
    )
