"""Known forms in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.ai.templates import TemplateContent
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.templates.model import Template

Q = sql.load(Path(__file__).with_name("queries.sql"))

_content = msgspec.json.Decoder(TemplateContent)


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A known form that is about to be changed."""

    id: UUID
    name: str
    version: int
    active: bool
    shipped: bool
    content: TemplateContent


def content_of(template: Template) -> TemplateContent:
    """Return what a template says, as it is kept."""
    said = msgspec.to_builtins(template)
    return msgspec.convert({name: said[name] for name in TemplateContent.__struct_fields__}, TemplateContent)


def as_known(name: str, version: int, content: TemplateContent) -> Template:
    """Return a template as the reader takes it."""
    return msgspec.convert({"name": name, "version": version, **msgspec.to_builtins(content)}, Template)


async def active(db: Reads) -> Sequence[Template]:
    """Return the forms that are looked for."""
    rows = await db.rows(Q.active_templates)
    return [as_known(row["name"], row["version"], _content.decode(row["content"])) for row in rows]


async def list_templates(db: Reads, **asked: Any) -> Page:
    """Return one page of known forms; asked: filters, sort, after, limit."""
    found: Page = await Q.templates.page(db, **asked)
    return found


async def show(db: Reads, template_id: UUID) -> str:
    """Return a known form as JSON text; NotFound."""
    found = await list_templates(db, filters={"id": template_id})
    if not found.items:
        raise errors.NotFound("There is no such template.")
    return found.items[0]


async def lock(tx: Transaction, template_id: UUID) -> Locked:
    """Return a known form, locked; NotFound."""
    row = await tx.row(Q.lock_template, template_id=template_id)
    if row is None:
        raise errors.NotFound("There is no such template.")
    return Locked(**{**row, "content": _content.decode(row["content"])})


async def find_named(tx: Transaction, name: str) -> tuple[UUID, bool, TemplateContent] | None:
    """Return the id of a known form, whether it is as shipped, and what it says; None without one."""
    row = await tx.row(Q.find_named, name=name)
    return (row["id"], row["shipped"], _content.decode(row["content"])) if row else None


async def insert(tx: Transaction, name: str, content: TemplateContent, *, shipped: bool) -> UUID:
    """Store a form that is known from now on, and return its id; Violation where the name is taken."""
    template_id = uuid7()
    text = msgspec.json.encode(content).decode()
    by, at = tx.call.actor.name, tx.call.at
    await tx.execute(Q.insert_template, template_id=template_id, name=name, content=text, shipped=shipped, by=by, at=at)
    return template_id


async def change(tx: Transaction, template_id: UUID, content: TemplateContent, *, active: bool, shipped: bool) -> None:
    """Store what is known of a form from now on."""
    text = msgspec.json.encode(content).decode()
    by, at = tx.call.actor.name, tx.call.at
    await tx.execute(
        Q.change_template, template_id=template_id, content=text, active=active, shipped=shipped, by=by, at=at
    )
