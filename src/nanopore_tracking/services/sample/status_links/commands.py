"""What can be done with status links: make one, revoke one, open one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.status_links import (
    NewStatusLink,
    StatusLinkMade,
    StatusReceipt,
    SubmissionStatus,
)
from nanopore_tracking.contracts.events.sample import customers as events
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Actor, Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.deliveries import model as deliveries
from nanopore_tracking.services.sample.deliveries import store as delivery_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.status_links import model, store
from nanopore_tracking.services.sample.submissions import model as submissions
from nanopore_tracking.services.sample.submissions import store as submission_store

NO_LINK = "There is no such link, or none that you may see. Nothing was changed."


async def make_link(tx: Transaction, submission_id: UUID, asked: NewStatusLink) -> Written:
    """Make a link to the status of a submission in the caller's scope; NotFound, Invalid, or Conflict with too many."""
    submission = await submission_store.lock_submission(tx, submission_id)
    said = labs.asked(asked)
    labs.require(said, "label")
    if await store.count_accepted(tx, submission_id) >= model.MOST_LINKS:
        raise errors.Conflict(
            f"The submission {submission.code} has {model.MOST_LINKS} links. No link was made; revoke one first.",
            type="too-many-links",
        )
    token = model.new_token()
    values: dict[str, Any] = {
        "submission_id": submission_id,
        "lab_id": submission.lab_id,
        "label": said["label"],
        "token_hash": model.digest(token),
        "expires_at": tx.call.at + timedelta(days=asked.days),
    }
    link_id = await store.insert_link(tx, values)
    del values["token_hash"]
    event = events.StatusLinkMade(link_id=link_id, submission_code=submission.code, **values)
    tx.announce(event, subject=submissions.subject(submission), tenant_id=submission.lab_id)
    found = await _shown(tx, submission_id, link_id)
    shown = msgspec.json.decode(found) | {"token": token, "path": model.path(token)}
    return Written(item=msgspec.convert(shown, StatusLinkMade, strict=False))


async def revoke_link(tx: Transaction, submission_id: UUID, link_id: UUID) -> Written:
    """Let a link show nothing any more; NotFound, or Conflict when it was revoked before."""
    submission = await submission_store.lock_submission(tx, submission_id)
    link = await store.lock_link(tx, submission_id, link_id)
    if link is None:
        raise errors.NotFound(NO_LINK)
    if link.revoked_at is not None:
        raise errors.Conflict("This link was revoked before. Nothing was changed.", type="revoked-already")
    await store.revoke_link(tx, link_id)
    event = events.StatusLinkRevoked(
        link_id=link.id,
        submission_id=link.submission_id,
        submission_code=link.submission_code,
        lab_id=link.lab_id,
        label=link.label,
        expires_at=link.expires_at,
    )
    change = Change("revoked_at", None, tx.call.at.isoformat())
    tx.announce(event, subject=submissions.subject(submission), tenant_id=link.lab_id, changes=[change])
    return Written(item=await _shown(tx, submission_id, link_id))


async def open_link(tx: Transaction, token: str) -> SubmissionStatus | None:
    """Return what a link shows and record its use; None where it shows nothing, TooMany when it is opened too often."""
    link = await store.find_link(tx, token, tx.call.at)
    if link is None:
        return None
    if await store.note_use(tx, link) > model.USES_PER_MINUTE:
        raise errors.TooMany("This link is opened too often. Try again in a minute.", retry_after_s=60)
    return await store.show_status(tx, link)


async def confirm(tx: Transaction, token: str, asked: StatusReceipt) -> SubmissionStatus | None:
    """Confirm the receipt of a delivery for whoever has the link; None where the link or the delivery is none.

    Conflict where the delivery cannot be received; nothing happens where it was confirmed before.
    """
    link = await store.find_link(tx, token, tx.call.at)
    delivery_id = await delivery_store.released_of(tx, link.submission_id, asked.delivery) if link else None
    if link is None or delivery_id is None:
        return None
    # Nobody is signed in: it is the link that acts, and it reaches its own lab only.
    actor = Actor(kind="token", id=str(link.id), name=f"status link: {link.label}")
    tx.call = replace(tx.call, actor=actor, tenants=frozenset({link.lab_id}))
    labs.require({"name": asked.name.strip()}, "name")
    delivery = await delivery_store.lock_delivery(tx, delivery_id)
    if delivery.state != "received":
        deliveries.require(delivery, "received", deliveries.Ask(actor=actor, at=tx.call.at, reason=""))
        await delivery_store.receive(tx, delivery_id, f"{asked.name.strip()} (by the status link)")
        after = await delivery_store.lock_delivery(tx, delivery_id)
        tx.announce(
            events.DeliveryReceived(**deliveries.facts(after), means="link"),
            subject=deliveries.subject(after),
            tenant_id=after.lab_id,
            changes=[Change("state", delivery.state, "received")],
        )
    return await store.show_status(tx, link)


async def _shown(tx: Transaction, submission_id: UUID, link_id: UUID) -> str:
    found = await store.list_links(tx, tx.call.scope, submission_id, filters={"id": link_id}, limit=1)
    if not found.items:
        raise errors.NotFound(NO_LINK)
    return found.items[0]
