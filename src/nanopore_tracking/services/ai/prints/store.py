"""By which labels forms are alike, in the database."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.prints.model import LEAST, NEWEST, Example, Tenant, examples_of
from nanopore_tracking.services.ai.readings.model import FormReading

Q = sql.load(Path(__file__).with_name("queries.sql"))

_texts = msgspec.json.Decoder(list[str])
_told = msgspec.json.Decoder(list[tuple[str, str]])


@dataclass(frozen=True, kw_only=True)
class Similar:
    """An accepted form. alike: the share of their labels that it and another have in common, 0 to 1."""

    extraction_id: UUID
    filename: str
    template: str | None
    read_at: datetime
    alike: float


async def keep(tx: Transaction, extraction_id: UUID, reading: FormReading, *, tenant: Tenant) -> None:
    """Store the labels of a form that was read, where they were looked for. tenant: its lab and its project."""
    if reading.labels:
        whose = {"lab_id": tenant.lab_id, "project_id": tenant.project_id}
        await tx.execute(Q.keep_print, extraction_id=extraction_id, labels=reading.labels, at=tx.call.at, **whose)


async def similar(db: Reads, tenant: Tenant, labels: list[str], *, most: int = 1) -> list[Similar]:
    """Return the accepted forms of a lab, or of a project, that are most like one with these labels."""
    asked = {"lab_id": tenant.lab_id, "project_id": tenant.project_id, "labels": labels}
    rows = await db.rows(Q.similar, **asked, least=LEAST, newest=NEWEST, most=most)
    return [Similar(**row) for row in rows]


async def similar_to(db: Reads, scope: list[UUID] | None, extraction_id: UUID) -> Similar | None:
    """Return the accepted form of the same lab that is most like a form in a scope, None without one."""
    row = await db.row(Q.labels_of, extraction_id=extraction_id, scope=scope)
    if row is None:
        return None
    found = await similar(db, Tenant(lab_id=row["lab_id"]), row["labels"], most=2)
    return next((each for each in found if each.extraction_id != extraction_id), None)


async def examples(db: Reads, tenant: Tenant, labels: list[str]) -> list[Example]:
    """Return lines of the forms most like one, with what people found in them."""
    found: list[Example] = []
    for form in await similar(db, tenant, labels, most=2):
        row = await db.row(Q.examples, extraction_id=form.extraction_id)
        if row is not None:
            found += examples_of(_texts.decode(row["texts"]), _told.decode(row["told"]))
    return found
