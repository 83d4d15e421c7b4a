"""What corrections taught about labels in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.labels.model import key_of
from nanopore_tracking.services.ai.lessons.model import ENOUGH

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def known(db: Reads, lab_id: UUID) -> dict[str, str]:
    """Return which fields labels name on the forms of a lab, as far as that was confirmed often enough."""
    rows = await db.rows(Q.known_labels, lab_id=lab_id, enough=ENOUGH)
    return {row["label"]: row["field"] for row in rows}


async def learn(tx: Transaction, lab_id: UUID, spelled: str, *, field: str, weight: int) -> tuple[UUID, bool]:
    """Store one more confirmation; return its id and whether the label is believed now."""
    row = await tx.row(
        Q.learn,
        label_id=uuid7(),
        lab_id=lab_id,
        label=key_of(spelled),
        spelled=spelled,
        field=field,
        weight=weight,
        by=tx.call.actor.name,
        at=tx.call.at,
    )
    assert row is not None
    return row["id"], row["weight"] >= ENOUGH


async def list_labels(db: Reads, scope: list[UUID] | None, **asked: Any) -> Page:
    """Return one page of what was taught in a scope; asked: filters, sort, after, limit."""
    found: Page = await Q.labels.page(db, scope=scope, **asked)
    return found


async def forget(tx: Transaction, label_id: UUID) -> tuple[UUID, str, str]:
    """Remove a label and return its lab, its spelling and its field; NotFound."""
    row = await tx.row(Q.forget, label_id=label_id, scope=tx.call.scope)
    if row is None:
        raise errors.NotFound("Nothing was learnt under this id.")
    return row["lab_id"], row["spelled"], row["field"]
