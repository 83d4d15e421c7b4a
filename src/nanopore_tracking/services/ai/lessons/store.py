"""What corrections taught about labels in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.headings.model import plain
from nanopore_tracking.services.ai.labels.model import key_of
from nanopore_tracking.services.ai.lessons.model import ENOUGH, Apart, Lesson, Voice

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def known(db: Reads, lab_id: UUID, apart: Apart) -> dict[str, str]:
    """Return which fields labels name on the forms of a lab, as far as that was confirmed often enough."""
    rows = await db.rows(Q.known_labels, lab_id=lab_id, enough=ENOUGH, people=apart == "people")
    return {row["label"]: row["field"] for row in rows}


async def known_on_templates(db: Reads, lab_id: UUID, apart: Apart) -> dict[str, dict[str, str]]:
    """Return the same by the name of a known form, as it was confirmed on that form itself."""
    found: dict[str, dict[str, str]] = {}
    for row in await db.rows(Q.known_on_templates, lab_id=lab_id, enough=ENOUGH, people=apart == "people"):
        found.setdefault(row["template"], {})[row["label"]] = row["field"]
    return found


async def learn(tx: Transaction, lab_id: UUID, lesson: Lesson, *, on: UUID, voice: Voice) -> tuple[UUID, bool]:
    """Store one more confirmation; return its id and whether the label is believed now."""
    row = await tx.row(
        Q.learn,
        label_id=uuid7(),
        lab_id=lab_id,
        template=lesson.template,
        kind=lesson.kind,
        label=plain(lesson.spelled) if lesson.kind == "heading" else key_of(lesson.spelled),
        spelled=lesson.spelled,
        field=lesson.field,
        by=tx.call.actor.name,
        at=tx.call.at,
    )
    assert row is not None
    await tx.execute(
        Q.confirm,
        id=uuid7(),
        label_id=row["id"],
        account_id=tx.call.actor.id,
        extraction_id=on,
        weight=voice.weight,
        by=tx.call.actor.name,
        at=tx.call.at,
    )
    weight = await tx.value(Q.weight_of, label_id=row["id"], people=voice.apart == "people")
    return row["id"], weight >= ENOUGH


async def list_labels(db: Reads, scope: list[UUID] | None, apart: Apart, **asked: Any) -> Page:
    """Return one page of what was taught in a scope; asked: filters, sort, after, limit."""
    found: Page = await Q.labels.page(db, scope=scope, **asked)
    return Page([_weighed(item, apart) for item in found.items], found.next)


def _weighed(item: str, apart: Apart) -> str:
    told = msgspec.json.decode(item)
    weights = {"people": told.pop("of_people"), "forms": told.pop("of_forms")}
    return msgspec.json.encode(
        told | {"weight": weights[apart], "believed": weights[apart] >= ENOUGH, "apart": apart}
    ).decode()


async def forget(tx: Transaction, label_id: UUID) -> tuple[UUID, str, str]:
    """Remove a label and return its lab, its spelling and its field; NotFound."""
    row = await tx.row(Q.forget, label_id=label_id, scope=tx.call.scope)
    if row is None:
        raise errors.NotFound("Nothing was learnt under this id.")
    return row["lab_id"], row["spelled"], row["field"]
