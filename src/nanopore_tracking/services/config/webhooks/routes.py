"""Webhooks over HTTP: endpoints, what was sent to them, tests and repetitions."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.params import QueryParameter
from msgspec import Meta

from nanopore_tracking.contracts.api.config.webhooks import (
    DeliveryState,
    EventType,
    NewWebhook,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookMade,
    WebhookPatch,
    WebhookState,
)
from nanopore_tracking.kernel import outward
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, match_of, page, runtime_of, write
from nanopore_tracking.services.config.settings import Settings
from nanopore_tracking.services.config.webhooks import commands, model, store

TypeName = Annotated[str, Meta(max_length=100, description="The kind of event, such as sample.created.")]


def _settings(request: Ask) -> Settings:
    found: Settings = runtime_of(request).settings
    return found


def _local(request: Ask) -> outward.Local:
    return outward.Local.of(_settings(request).webhook_local_hosts)


@get("/api/webhooks", policy="webhooks.read")
async def list_webhooks(
    request: Ask,
    wanted: Annotated[WebhookState | None, QueryParameter(name="state")] = None,
    sort: Literal["name", "-name", "created", "-created"] = "name",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Webhook]]:
    """List the endpoints that are told of events, by name unless asked otherwise."""
    filters = {"state": wanted}
    return page(await store.list_webhooks(runtime_of(request).db, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/webhooks/event-types", policy="webhooks.read")
async def list_event_types(
    request: Ask,  # noqa: ARG001 (every list has the same parameters)
    after: After | None = None,
    limit: Limit = 200,
) -> Response[Paged[EventType]]:
    """List every kind of event that can be subscribed to."""
    kinds = [kind for kind in model.event_types() if after is None or kind.id > after]
    more = kinds[limit - 1].id if len(kinds) > limit else None
    return answer(Paged(items=kinds[:limit], next=more))


@post("/api/webhooks", policy="webhooks.write", status_code=201)
async def create_webhook(request: Ask, data: NewWebhook) -> Response[WebhookMade]:
    """Set an endpoint up; its secret is shown this once."""
    local, sealer = _local(request), _settings(request).webhook_sealer()
    return await write(request, lambda tx: commands.create_webhook(tx, data, local=local, sealer=sealer), secret=True)


@get("/api/webhooks/{webhook_id:uuid}", policy="webhooks.read")
async def show_webhook(request: Ask, webhook_id: UUID) -> Response[Webhook]:
    """Show one endpoint."""
    found, version = await store.show_webhook(runtime_of(request).db, webhook_id)
    return answer(found, version=version)


@patch("/api/webhooks/{webhook_id:uuid}", policy="webhooks.write", match=True)
async def change_webhook(request: Ask, webhook_id: UUID, data: WebhookPatch) -> Response[Webhook]:
    """Change an endpoint, switch it off, or resume it; nothing that waits is sent any more where it is off."""
    seen, local = match_of(request), _local(request)
    done = await write(request, lambda tx: commands.change_webhook(tx, webhook_id, data, seen=seen, local=local))
    runtime_of(request).wake(model.JOB)
    return done


@post("/api/webhooks/{webhook_id:uuid}/secret", policy="webhooks.write", status_code=201)
async def replace_secret(request: Ask, webhook_id: UUID) -> Response[WebhookMade]:
    """Give an endpoint another secret, shown this once; the one before signs nothing more."""
    sealer = _settings(request).webhook_sealer()
    return await write(request, lambda tx: commands.replace_secret(tx, webhook_id, sealer=sealer), secret=True)


@post("/api/webhooks/{webhook_id:uuid}/test", policy="webhooks.write", status_code=201)
async def send_test(request: Ask, webhook_id: UUID) -> Response[WebhookDelivery]:
    """Send a test, after what waits already."""
    done = await write(request, lambda tx: commands.send_test(tx, webhook_id))
    runtime_of(request).wake(model.JOB)
    return done


@get("/api/webhooks/{webhook_id:uuid}/deliveries", policy="webhooks.read")
async def list_deliveries(
    request: Ask,
    webhook_id: UUID,
    wanted: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
    event_type: TypeName | None = None,
    sort: Literal["created", "-created"] = "-created",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[WebhookDelivery]]:
    """List what was sent to an endpoint and what waits, newest first unless asked otherwise."""
    db, filters = runtime_of(request).db, {"state": wanted, "event_type": event_type}
    return page(await store.list_deliveries(db, webhook_id, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/attempts", policy="webhooks.read")
async def list_attempts(
    request: Ask,
    webhook_id: UUID,
    delivery_id: UUID,
    sort: Literal["number", "-number"] = "-number",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[WebhookAttempt]]:
    """List the attempts of one delivery, the last one first unless asked otherwise."""
    db = runtime_of(request).db
    return page(await store.list_attempts(db, webhook_id, delivery_id, sort=sort, after=after, limit=limit))


@post("/api/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/replay", policy="webhooks.write", status_code=201)
async def replay(request: Ask, webhook_id: UUID, delivery_id: UUID) -> Response[WebhookDelivery]:
    """Send the event of a delivery again, under its own id, after what waits already."""
    done = await write(request, lambda tx: commands.replay(tx, webhook_id, delivery_id))
    runtime_of(request).wake(model.JOB)
    return done


@post("/api/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/discard", policy="webhooks.write", status_code=200)
async def discard(request: Ask, webhook_id: UUID, delivery_id: UUID) -> Response[WebhookDelivery]:
    """Give up a delivery that waits, so that the next one follows."""
    return await write(request, lambda tx: commands.discard(tx, webhook_id, delivery_id))


ROUTES = [
    list_webhooks,
    list_event_types,
    create_webhook,
    show_webhook,
    change_webhook,
    replace_secret,
    send_test,
    list_deliveries,
    list_attempts,
    replay,
    discard,
]
