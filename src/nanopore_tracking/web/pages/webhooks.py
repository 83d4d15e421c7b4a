"""Webhooks: the endpoints that are told of events, what was sent to each, tests and repetitions."""

from typing import Any

from nanopore_tracking.contracts.api.config import NewWebhook, WebhookPatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.webhooks import Webhooks
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.visit import Shown, Visit, action, page

_VERBS = {"replay": "The event is sent again", "discard": "Given up; the next one follows"}


@page("/settings/webhooks", needs="webhooks.read")
async def webhooks(visit: Visit) -> Shown:
    """Show the endpoints."""
    return await _list(visit)


async def _list(visit: Visit, *, status: int = 200, **given: Any) -> Shown:
    address = Address.of(visit.request, ())
    client = visit.api(Webhooks)
    shown: dict[str, Any] = {"form": forms.of(NewWebhook), "made": None}
    return visit.page(
        "pages/settings_webhooks.html",
        title="Webhooks",
        status=status,
        topics="config",
        tabs=tabs(visit),
        address=address,
        found=await client.webhooks(after=address["after"]),
        kinds=(await client.event_types()).items,
        **(shown | given),
    )


@action("/settings/webhooks", needs="webhooks.write")
async def create(visit: Visit) -> Shown:
    """Set an endpoint up, and show its secret once."""
    form = forms.of(NewWebhook)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Webhooks).create(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _list(visit, status=422, form=form.refused(problem, visit.form))
    return await _list(visit, made=made)


@page("/settings/webhooks/{webhook_id:str}", needs="webhooks.read")
async def webhook(visit: Visit, webhook_id: str) -> Shown:
    """Show one endpoint and its log."""
    return await _one(visit, webhook_id)


async def _one(visit: Visit, webhook_id: str, *, status: int = 200, **given: Any) -> Shown:
    address = Address.of(visit.request, ("state", "event_type"))
    address = Address(path=f"/settings/webhooks/{webhook_id}", values=address.values)
    client = visit.api(Webhooks)
    found = await client.webhook(webhook_id)
    form = _form().filled({"name": found.name, "url": found.url, "event_types": found.event_types})
    shown: dict[str, Any] = {"form": form, "made": None, "problem": None}
    return visit.page(
        "pages/settings_webhook.html",
        title=found.name,
        status=status,
        topics="config",
        tabs=tabs(visit),
        address=address,
        webhook=found,
        log=await client.deliveries(webhook_id, **address.query("state", "event_type"), after=address["after"]),
        **(shown | given),
    )


def _form() -> forms.Form:
    return forms.of(WebhookPatch, skip=("active",))


@action("/settings/webhooks/{webhook_id:str}", needs="webhooks.write")
async def change(visit: Visit, webhook_id: str) -> Shown:
    """Change an endpoint, switch it on or off, test it, or replace its secret."""
    client, verb, form = visit.api(Webhooks), visit.form.get("verb", "save"), _form()
    seen = int(visit.form.get("version") or 0)
    try:
        if verb == "secret":
            return await _one(visit, webhook_id, made=await client.replace_secret(webhook_id, visit.key))
        if verb == "test":
            await client.test(webhook_id, visit.key)
            return visit.go(f"/settings/webhooks/{webhook_id}", "A test is sent")
        values: dict[str, Any] = {"active": verb == "on"}
        if verb == "save":
            values = {name: value for name, value in form.read(visit.form).items() if value is not None}
        await client.change(webhook_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form) if verb == "save" else None
        given = {"form": refused} if refused else {"problem": problem}
        return await _one(visit, webhook_id, status=422, **given)
    return visit.go(f"/settings/webhooks/{webhook_id}", {"on": "Switched on", "off": "Switched off"}.get(verb, "Saved"))


@action("/settings/webhooks/{webhook_id:str}/{delivery_id:str}", needs="webhooks.write")
async def decide(visit: Visit, webhook_id: str, delivery_id: str) -> Shown:
    """Send an event again, or give up one that waits."""
    verb = visit.form.get("verb", "replay")
    if verb not in _VERBS:
        raise errors.NotFound("There is no such decision.")
    try:
        await visit.api(Webhooks).decide(webhook_id, delivery_id, verb, key=visit.key)
    except errors.Conflict as problem:
        return await _one(visit, webhook_id, status=409, problem=problem)
    return visit.go(f"/settings/webhooks/{webhook_id}", _VERBS[verb])


ROUTES = [webhooks, create, webhook, change, decide]
