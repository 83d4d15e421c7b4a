"""Texts of forms that nobody knew, and what they may be, in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.hints.model import Told
from nanopore_tracking.services.ai.readings.model import FormReading

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def keep(tx: Transaction, extraction_id: UUID, reading: FormReading) -> None:
    """Store what nobody knew of a form that was read."""
    meant = {(hint.stranger.kind, hint.stranger.text): hint for hint in reading.hints}
    items: list[dict[str, Any]] = []
    for position, each in enumerate(reading.strangers):
        hint = meant.get((each.kind, each.text))
        told = {"id": uuid7(), "position": position, "kind": each.kind, "label": each.text, "raw": each.raw}
        where = {"page": each.page, "place": each.place}
        what = {"field": hint.field, "alike": hint.like, "way": hint.way, "score": hint.score} if hint else {}
        items.append(told | where | what)
    if items:
        await tx.execute(Q.insert_hints, extraction_id=extraction_id, items=msgspec.json.encode(items).decode())


async def show(db: Reads, extraction_id: UUID) -> str:
    """Return what nobody knew of a form as JSON text, in the order in which it stands there."""
    return str(await db.value(Q.show_hints, extraction_id=extraction_id))


async def find(tx: Transaction, extraction_id: UUID, ids: list[UUID]) -> list[Told]:
    """Return some of what nobody knew of a form; NotFound where one is none of it."""
    found = [Told(**row) for row in await tx.rows(Q.find_hints, extraction_id=extraction_id, ids=ids)]
    if len(found) < len(set(ids)):
        raise errors.NotFound("The form has no such text. Nothing was changed.")
    return found


async def labels_beside(tx: Transaction, extraction_id: UUID, raw: str) -> list[str]:
    """Return the labels that nobody knew beside which a value stands."""
    return [row["label"] for row in await tx.rows(Q.labels_beside, extraction_id=extraction_id, raw=raw)]


async def take(tx: Transaction, hint_id: UUID, field: str) -> None:
    """Store what a person said that a text is."""
    await tx.execute(Q.take_hint, hint_id=hint_id, field=field, by=tx.call.by, at=tx.call.at)
