"""What can be done with templates: let a form be known, change what is known of it, and ship new ones."""

from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.ai.templates import ChangedTemplate, NewTemplate, TemplateContent
from nanopore_tracking.contracts.events.ai import FormTemplateChanged
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction, Violation
from nanopore_tracking.services.ai.templates import store


async def create(tx: Transaction, asked: NewTemplate) -> Written:
    """Let a form be known from now on."""
    try:
        template_id = await store.insert(tx, asked.name, asked.content, shipped=False)
    except Violation:
        message = f"There is a template called {asked.name} already. Nothing was made; take another name."
        raise errors.Conflict(message, fields=[errors.FieldError("name", message)]) from None
    _tell(tx, template_id, asked.name, before=None, content=asked.content)
    return await _written(tx, template_id)


async def change(tx: Transaction, template_id: UUID, asked: ChangedTemplate, *, seen: int) -> Written:
    """Change what is known of a form."""
    locked = await store.lock(tx, template_id)
    if locked.version != seen:
        raise errors.Stale("Somebody changed this template since you looked at it. Nothing was changed; look again.")
    await store.change(tx, template_id, asked.content, active=asked.active, shipped=False)
    changes = [Change("active", locked.active, asked.active)] if locked.active != asked.active else []
    _tell(tx, template_id, locked.name, before=locked.content, content=asked.content, changes=changes)
    return await _written(tx, template_id)


async def ship(tx: Transaction, name: str, content: TemplateContent) -> None:
    """Let a shipped template be known, unless people have made it their own."""
    there = await store.find_named(tx, name)
    if there is None:
        template_id = await store.insert(tx, name, content, shipped=True)
        _tell(tx, template_id, name, before=None, content=content)
    elif there[1] and there[2] != content:
        await store.change(tx, there[0], content, active=True, shipped=True)
        _tell(tx, there[0], name, before=there[2], content=content)


def _tell(
    tx: Transaction,
    template_id: UUID,
    name: str,
    *,
    before: TemplateContent | None,
    content: TemplateContent,
    changes: list[Change] | None = None,
) -> None:
    told = [*(changes or [])]
    for field in TemplateContent.__struct_fields__:
        was = None if before is None else msgspec.to_builtins(getattr(before, field))
        now = msgspec.to_builtins(getattr(content, field))
        if was != now:
            told.append(Change(field, was, now))
    event = FormTemplateChanged(template_id=template_id, name=name, title=content.title)
    tx.announce(event, subject=Subject("form_template", str(template_id), name), changes=told)


async def _written(tx: Transaction, template_id: UUID) -> Written:
    item = await store.show(tx, template_id)
    version = msgspec.json.decode(item)["version"]
    return Written(item=item, version=version, location=f"/api/documents/templates/{template_id}")
