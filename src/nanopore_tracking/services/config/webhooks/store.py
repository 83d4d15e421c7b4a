"""Webhooks in the database, which is also their queue."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.webhooks.model import LEASE_S, Head, Outcome, Webhook

Q = sql.load(Path(__file__).with_name("queries.sql"))

MISSING = "There is no such webhook."


async def list_webhooks(db: Reads, **asked: Any) -> Page:
    """Return one page of endpoints; asked: filters, sort, after, limit."""
    found: Page = await Q.webhooks.page(db, **asked)
    return found


async def show_webhook(db: Reads, webhook_id: UUID) -> tuple[str, int]:
    """Return an endpoint as JSON text and its version; NotFound."""
    found = await list_webhooks(db, filters={"id": webhook_id}, limit=1)
    version = await db.value(Q.find_version, webhook_id=webhook_id)
    if not found.items or version is None:
        raise errors.NotFound(MISSING)
    return found.items[0], version


async def lock_webhook(tx: Transaction, webhook_id: UUID) -> Webhook:
    """Return an endpoint that is about to be changed, locked; NotFound."""
    row = await tx.row(Q.lock_webhook, webhook_id=webhook_id)
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    return Webhook(**row)


async def insert_webhook(tx: Transaction, webhook_id: UUID, **values: Any) -> None:
    """Store a new endpoint; Violation when its name is taken."""
    await tx.execute(Q.insert_webhook, webhook_id=webhook_id, created_by=tx.call.by, at=tx.call.at, **values)


async def update_webhook(tx: Transaction, webhook_id: UUID, **values: Any) -> None:
    """Store the changed endpoint, which has not failed yet; Violation when its name is taken."""
    await tx.execute(Q.update_webhook, webhook_id=webhook_id, at=tx.call.at, **values)


async def replace_secret(tx: Transaction, webhook_id: UUID, secret_sealed: bytes) -> None:
    """Store another secret."""
    await tx.execute(Q.replace_secret, webhook_id=webhook_id, secret_sealed=secret_sealed, at=tx.call.at)


async def subscribers(tx: Transaction) -> list[tuple[UUID, Sequence[str]]]:
    """Return the endpoints for which events are kept, with the events that concern them; none changes meanwhile."""
    return [(row["id"], row["event_types"]) for row in await tx.rows(Q.subscribers)]


async def enqueue(tx: Transaction, kind: str, items: Sequence[tuple[UUID, UUID, str, str]]) -> list[UUID]:
    """Let deliveries wait in this order; items: endpoint, event, its type and what is sent. Returns their ids."""
    ids = [uuid7() for _ in items]
    if items:
        webhook_ids, event_ids, event_types, bodies = (list(column) for column in zip(*items, strict=True))
        await tx.execute(
            Q.enqueue,
            kind=kind,
            ids=ids,
            webhook_ids=webhook_ids,
            event_ids=event_ids,
            event_types=event_types,
            bodies=bodies,
            requested_by=tx.call.by if kind != "event" else "",
            at=tx.call.at,
        )
    return ids


async def claim(db: Reads, at: datetime) -> Head | None:
    """Take the endpoint that is due longest with its first delivery, or None; others pass it by while it is ours."""
    row = await db.row(Q.claim, at=at, lease=uuid7(), lease_s=LEASE_S)
    return Head(**row) if row else None


async def record(tx: Transaction, head: Head, outcome: Outcome, *, failures: int, delay_s: float) -> bool:
    """Store how an attempt ended and let the endpoint go; False when it is not ours any more."""
    values = {"webhook_id": head.webhook_id, "lease": head.lease, "status": outcome.status, "at": tx.call.at}
    if await tx.row(Q.release, failures=failures, delay_s=delay_s, **values) is None:
        return False
    number = await tx.value(Q.count_attempt, delivery_id=head.delivery_id, arrived=not outcome.error, at=tx.call.at)
    if number is not None:
        await tx.execute(
            Q.insert_attempt,
            attempt_id=uuid7(),
            delivery_id=head.delivery_id,
            number=number,
            status=outcome.status,
            duration_ms=outcome.duration_ms,
            error=outcome.error,
            answer=outcome.answer,
            at=tx.call.at,
        )
    return True


async def pause(tx: Transaction, webhook_id: UUID, reason: str) -> None:
    """Store that nothing is sent to an endpoint until a person says so."""
    await tx.execute(Q.pause, webhook_id=webhook_id, reason=reason, at=tx.call.at)


async def discard(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> str | None:
    """Store that a delivery is not sent; returns its event's type, None where it does not wait."""
    found: str | None = await tx.value(Q.discard, webhook_id=webhook_id, delivery_id=delivery_id, at=tx.call.at)
    return found


async def discard_all(tx: Transaction, webhook_id: UUID) -> None:
    """Store that nothing that waits for an endpoint is sent."""
    await tx.execute(Q.discard_all, webhook_id=webhook_id, at=tx.call.at)


async def find_delivery(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> tuple[UUID, str, str]:
    """Return event, type and body of a delivery; NotFound."""
    row = await tx.row(Q.find_delivery, webhook_id=webhook_id, delivery_id=delivery_id)
    if row is None:
        raise errors.NotFound("There is no such delivery of this webhook. Nothing was sent.")
    return row["event_id"], row["event_type"], row["body"]


async def list_deliveries(db: Reads, webhook_id: UUID, **asked: Any) -> Page:
    """Return one page of the deliveries of an endpoint; asked: filters, sort, after, limit."""
    found: Page = await Q.deliveries.page(db, webhook_id=webhook_id, **asked)
    return found


async def list_attempts(db: Reads, webhook_id: UUID, delivery_id: UUID, **asked: Any) -> Page:
    """Return one page of the attempts of a delivery; asked: sort, after, limit."""
    found: Page = await Q.attempts.page(db, webhook_id=webhook_id, delivery_id=delivery_id, **asked)
    return found


async def paused_longer(tx: Transaction, days: int) -> list[UUID]:
    """Return the endpoints that have been paused for more days."""
    return [row["id"] for row in await tx.rows(Q.paused_before, before=tx.call.at - timedelta(days=days))]


async def forget_ended(tx: Transaction, days: int) -> None:
    """Remove deliveries that ended so many days ago."""
    await tx.execute(Q.forget_ended, before=tx.call.at - timedelta(days=days))
