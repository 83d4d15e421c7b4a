"""What can be done with mails: let one wait, send it with a link of its own, give it up, try it again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.events.sample import customers as events
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.mails import model, store
from nanopore_tracking.services.sample.mails.model import Claimed
from nanopore_tracking.services.sample.status_links import model as status_links
from nanopore_tracking.services.sample.status_links import store as link_store


async def queue(tx: Transaction, submission_id: UUID, kind: str, *, event_id: UUID, **facts: Any) -> bool:
    """Let a mail wait that tells who asked for the work of an event; False where nobody said an address."""
    return await store.insert_mail(tx, submission_id, kind=kind, event_id=event_id, facts=facts)


async def link(tx: Transaction, claimed: Claimed, *, days: int) -> str:
    """Make the link that this attempt to send a mail carries; the one of an attempt before is accepted no more."""
    token = status_links.new_token()
    values: dict[str, Any] = {
        "submission_id": claimed.submission_id,
        "lab_id": claimed.lab_id,
        "label": f"mail: {claimed.kind}",
        "token_hash": status_links.digest(token),
        "expires_at": tx.call.at + timedelta(days=days),
    }
    link_id = await link_store.insert_link(tx, values, mail_id=claimed.id)
    if claimed.attempts == 1:
        del values["token_hash"]
        event = events.StatusLinkMade(link_id=link_id, submission_code=claimed.submission_code, **values)
        tx.announce(event, subject=_subject(claimed), tenant_id=claimed.lab_id)
    return status_links.path(token)


async def sent(tx: Transaction, claimed: Claimed) -> None:
    """Record that the server took a mail."""
    if await store.end_mail(tx, claimed, state="sent"):
        tx.announce(events.MailSent(**_facts(claimed)), subject=_subject(claimed), tenant_id=claimed.lab_id)


async def not_sent(tx: Transaction, claimed: Claimed, error: str, *, for_ever: bool, first_delay_s: float) -> None:
    """Record that a mail was not taken: it is tried again, or given up after a refusal or too many attempts."""
    if not for_ever and claimed.attempts < model.MOST_ATTEMPTS:
        pause_s = model.delay_s(claimed.attempts, first_delay_s)
        await store.postpone_mail(tx, claimed, error=error, delay_s=pause_s)
    elif await store.end_mail(tx, claimed, state="failed", error=error):
        event = events.MailFailed(**_facts(claimed), error=error)
        tx.announce(event, subject=_subject(claimed), tenant_id=claimed.lab_id)


async def again(tx: Transaction, submission_id: UUID, mail_id: UUID) -> Written:
    """Try a mail again that was not sent; NotFound, or Conflict when it waits or is sent."""
    done = await store.again(tx, submission_id, mail_id)
    found = await store.list_mails(tx, tx.call.scope, filters={"id": mail_id, "submission_id": submission_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such mail, or none that you may see. Nothing was changed.")
    if not done:
        raise errors.Conflict("This mail waits already or is sent. Nothing was changed.", type="not-failed")
    return Written(item=found.items[0])


def _subject(claimed: Claimed) -> Subject:
    return Subject("submission", str(claimed.submission_id), claimed.submission_code)


def _facts(claimed: Claimed) -> dict[str, Any]:
    return {
        "mail_id": claimed.id,
        "submission_id": claimed.submission_id,
        "submission_code": claimed.submission_code,
        "lab_id": claimed.lab_id,
        "kind": claimed.kind,
        "attempts": claimed.attempts,
    }
