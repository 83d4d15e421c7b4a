"""What can be done with webhooks: set one up, change it, keep events for it, send, test, replay, discard."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.config.webhooks import NewWebhook, WebhookDelivery, WebhookMade, WebhookPatch
from nanopore_tracking.contracts.events import config as events
from nanopore_tracking.kernel import errors, outward, postgres
from nanopore_tracking.kernel.events import Change, Envelope
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.sealing import Sealer
from nanopore_tracking.services.config.accounts.model import match
from nanopore_tracking.services.config.webhooks import model, store
from nanopore_tracking.services.config.webhooks.model import Head, Outcome, Webhook


async def create_webhook(tx: Transaction, asked: NewWebhook, *, local: outward.Local, sealer: Sealer) -> Written:
    """Set an endpoint up; Invalid for an address that is never written to, Conflict when the name is taken."""
    outward.check(asked.url, local)
    webhook_id, secret = uuid7(), model.new_secret()
    values: dict[str, Any] = {
        "name": asked.name.strip(),
        "url": asked.url,
        "event_types": model.check_types(asked.event_types),
    }
    _named(values["name"])
    sealed = sealer.seal(secret.encode(), str(webhook_id))
    try:
        await store.insert_webhook(tx, webhook_id, secret_sealed=sealed, **values)
    except postgres.Violation as violation:
        _refuse(violation)
    event = events.WebhookCreated(webhook_id=webhook_id, **values, state="active", state_reason="")
    tx.announce(event, subject=model.subject(webhook_id, asked.name.strip()))
    return await _made(tx, webhook_id, secret)


async def change_webhook(
    tx: Transaction, webhook_id: UUID, asked: WebhookPatch, *, seen: int, local: outward.Local
) -> Written:
    """Change an endpoint; NotFound, Stale, Invalid or Conflict. Nothing is sent to one that is switched off."""
    webhook = await store.lock_webhook(tx, webhook_id)
    match(webhook.version, seen, "webhook")
    wanted = {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not msgspec.UNSET}
    active = wanted.pop("active", None)
    if "url" in wanted:
        outward.check(wanted["url"], local)
    if "event_types" in wanted:
        wanted["event_types"] = model.check_types(wanted["event_types"])
    if "name" in wanted:
        wanted["name"] = wanted["name"].strip()
        _named(wanted["name"])
    before = model.fields_of(webhook)
    state = {True: "active", False: "off", None: webhook.state}[active]
    after = before | wanted | {"state": state, "state_reason": webhook.state_reason if state == webhook.state else ""}
    if after != before:
        try:
            await store.update_webhook(tx, webhook_id, **after)
        except postgres.Violation as violation:
            _refuse(violation)
        if state == "off":
            await store.discard_all(tx, webhook_id)
        changed = events.WebhookChanged(webhook_id=webhook_id, **after)
        changes = model.changes(before, after)
        tx.announce(changed, subject=model.subject(webhook_id, after["name"]), changes=changes)
    return await _written(tx, webhook_id)


async def replace_secret(tx: Transaction, webhook_id: UUID, *, sealer: Sealer) -> Written:
    """Give an endpoint another secret, which every attempt from now on is signed with; NotFound."""
    webhook, secret = await store.lock_webhook(tx, webhook_id), model.new_secret()
    await store.replace_secret(tx, webhook_id, sealer.seal(secret.encode(), str(webhook_id)))
    event = events.WebhookChanged(webhook_id=webhook_id, **model.fields_of(webhook))
    change = Change("secret", "set", "set anew")
    tx.announce(event, subject=model.subject(webhook_id, webhook.name), changes=[change])
    return await _made(tx, webhook_id, secret)


async def keep(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Let every event wait for each endpoint that it concerns, once and in order."""
    items: list[tuple[UUID, UUID, str, str]] = []
    for webhook_id, event_types in await store.subscribers(tx) if envelopes else []:
        items += [
            (webhook_id, envelope.id, envelope.type, model.body(envelope))
            for envelope in envelopes
            if model.concerns(event_types, envelope.type)
        ]
    await store.enqueue(tx, "event", items)


async def record(tx: Transaction, head: Head, outcome: Outcome, *, first_delay_s: float, most_failures: int) -> None:
    """Record an attempt; after too many failures in a row the endpoint is paused and all that waits is kept for it."""
    failures = head.failures + 1 if outcome.error else 0
    pause_s = model.delay_s(failures, first_delay_s) if failures else 0.0
    if not await store.record(tx, head, outcome, failures=failures, delay_s=pause_s):
        return
    if failures >= most_failures:
        webhook = await store.lock_webhook(tx, head.webhook_id)
        if webhook.state != "active":
            return
        reason = f"It failed {failures} times in a row. {outcome.error}"[:500]
        await store.pause(tx, webhook.id, reason)
        after = model.fields_of(replace(webhook, state="paused", state_reason=reason))
        event = events.WebhookPaused(webhook_id=webhook.id, failure_count=failures, **after)
        changes = model.changes(model.fields_of(webhook), after)
        tx.announce(event, subject=model.subject(webhook.id, webhook.name), changes=changes)


async def send_test(tx: Transaction, webhook_id: UUID) -> Written:
    """Let a test wait for an endpoint, behind what waits already; NotFound, or Conflict where nothing is sent."""
    webhook = await _sending(tx, webhook_id)
    test_id = uuid7()
    item = (webhook_id, test_id, model.TEST_TYPE, model.test_body(webhook, tx.call.at, test_id))
    return await _requested(tx, webhook, "test", item=item)


async def replay(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> Written:
    """Let the event of a delivery wait once more, under its own id; NotFound, or Conflict where nothing is sent."""
    webhook = await _sending(tx, webhook_id)
    event_id, event_type, body = await store.find_delivery(tx, webhook_id, delivery_id)
    return await _requested(tx, webhook, "replay", item=(webhook_id, event_id, event_type, body))


async def discard(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> Written:
    """Give up a delivery that waits, so that the next one follows; NotFound, or Conflict when it does not wait."""
    webhook = await store.lock_webhook(tx, webhook_id)
    await store.find_delivery(tx, webhook_id, delivery_id)
    event_type = await store.discard(tx, webhook_id, delivery_id)
    if event_type is None:
        raise errors.Conflict("This delivery does not wait any more. Nothing was changed.", type="not-waiting")
    _announce_request(tx, webhook, "discard", delivery=(delivery_id, event_type))
    return await _delivery(tx, webhook_id, delivery_id)


async def tidy(tx: Transaction) -> None:
    """Switch off what has been paused for too long, and forget deliveries that ended long ago."""
    for webhook_id in await store.paused_longer(tx, model.PAUSED_DAYS):
        webhook = await store.lock_webhook(tx, webhook_id)
        before = model.fields_of(webhook)
        after = before | {"state": "off", "state_reason": f"Nobody resumed it within {model.PAUSED_DAYS} days."}
        await store.update_webhook(tx, webhook_id, **after)
        await store.discard_all(tx, webhook_id)
        event = events.WebhookChanged(webhook_id=webhook_id, **after)
        tx.announce(event, subject=model.subject(webhook_id, webhook.name), changes=model.changes(before, after))
    await store.forget_ended(tx, model.KEPT_DAYS)


async def _sending(tx: Transaction, webhook_id: UUID) -> Webhook:
    webhook = await store.lock_webhook(tx, webhook_id)
    if webhook.state != "active":
        message = f"The webhook {webhook.name} is {webhook.state}, so that nothing is sent. Switch it on first."
        raise errors.Conflict(message, type="webhook-not-active", state=webhook.state)
    return webhook


async def _requested(tx: Transaction, webhook: Webhook, what: Any, *, item: tuple[UUID, UUID, str, str]) -> Written:
    (delivery_id,) = await store.enqueue(tx, what, [item])
    _announce_request(tx, webhook, what, delivery=(delivery_id, item[2]))
    return await _delivery(tx, webhook.id, delivery_id)


def _announce_request(tx: Transaction, webhook: Webhook, what: Any, *, delivery: tuple[UUID, str]) -> None:
    event = events.WebhookDeliveryRequested(
        webhook_id=webhook.id,
        **model.fields_of(webhook),
        what=what,
        delivery_id=delivery[0],
        event_type=delivery[1],
    )
    tx.announce(event, subject=model.subject(webhook.id, webhook.name))


async def _delivery(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> Written:
    found = await store.list_deliveries(tx, webhook_id, filters={"id": delivery_id}, limit=1)
    return Written(item=msgspec.json.decode(found.items[0], type=WebhookDelivery))


async def _made(tx: Transaction, webhook_id: UUID, secret: str) -> Written:
    found, version = await store.show_webhook(tx, webhook_id)
    made = msgspec.convert(msgspec.json.decode(found) | {"secret": secret}, WebhookMade, strict=False)
    return Written(item=made, version=version, location=f"/api/webhooks/{webhook_id}")


async def _written(tx: Transaction, webhook_id: UUID) -> Written:
    found, version = await store.show_webhook(tx, webhook_id)
    return Written(item=found, version=version)


def _named(name: str) -> None:
    if not name:
        message = "The name must not be blank."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("name", message)])


def _refuse(violation: postgres.Violation) -> None:
    if violation.constraint != "webhook_name":
        raise violation
    raise errors.Conflict(
        "There is a webhook of this name already. Nothing was changed; choose another name.",
        type="already-exists",
        fields=[errors.FieldError("name", "Another webhook has this name.")],
    ) from None
