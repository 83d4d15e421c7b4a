"""Layouts, printers and the queue of labels in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.labels.model import Job, Printer
from nanopore_tracking.services.sample.layouts.model import Label, Layout
from nanopore_tracking.services.sample.samples import store as sample_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_layouts(db: Reads, **asked: Any) -> Page:
    """Return one page of layouts; asked: filters, sort, after, limit."""
    found: Page = await Q.layouts.page(db, **asked)
    return found


async def list_printers(db: Reads, **asked: Any) -> Page:
    """Return one page of printers; asked: filters, sort, after, limit."""
    found: Page = await Q.printers.page(db, **asked)
    return found


async def list_jobs(db: Reads, **asked: Any) -> Page:
    """Return one page of labels on their way; asked: filters, sort, after, limit."""
    found: Page = await Q.jobs.page(db, **asked)
    return found


def only(found: Page) -> str:
    """Return the one thing of a page; NotFound without it."""
    if not found.items:
        raise errors.NotFound("There is no such layout, printer or label.")
    return found.items[0]


async def layout(db: Reads, layout_id: UUID) -> Layout:
    """Return a layout; NotFound."""
    row = await db.row(Q.layout, id=layout_id)
    if row is None:
        raise errors.NotFound("There is no such layout.", fields=[errors.FieldError("layout_id", "There is none.")])
    return Layout(**row)


async def printer(db: Reads, printer_id: UUID) -> Printer:
    """Return a printer; NotFound."""
    row = await db.row(Q.printer, id=printer_id)
    if row is None:
        raise errors.NotFound("There is no such printer.", fields=[errors.FieldError("printer_id", "There is none.")])
    return Printer(**row)


async def put_layout(tx: Transaction, layout_id: UUID, values: Mapping[str, Any]) -> None:
    """Store a new or a changed layout; Violation where its name is taken."""
    await tx.execute(Q.put_layout, id=layout_id, at=tx.call.at, **values)
    content = msgspec.json.encode(values).decode()
    await tx.execute(Q.keep_version, id=layout_id, content=content, by=tx.call.by, at=tx.call.at)


async def list_versions(db: Reads, layout_id: UUID, **asked: Any) -> Page:
    """Return one page of the versions of a layout; asked: filters, sort, after, limit."""
    found: Page = await Q.versions.page(db, layout_id=layout_id, **asked)
    return found


async def put_printer(tx: Transaction, printer_id: UUID, values: Mapping[str, Any]) -> None:
    """Store a new or a changed printer; Violation where its name is taken."""
    await tx.execute(Q.put_printer, id=printer_id, at=tx.call.at, **values)


async def of_samples(db: Reads, scope: Scope, said: Sequence[str], *, box_id: UUID | None, at: datetime) -> list[Label]:
    """Return the labels of samples that are named by code or id, or that stand in a box."""
    named = [sample_store.named(text.strip()) for text in said]
    rows = await db.rows(
        Q.of_samples,
        codes=[code for _, code in named if code],
        ids=[sample_id for sample_id, _ in named if sample_id],
        box_id=box_id,
        scope=scope,
    )
    return [Label(day=at.date(), **row) for row in rows]


async def of_place(db: Reads, location_id: UUID, at: datetime) -> Label:
    """Return the label of a place; NotFound."""
    row = await db.row(Q.of_place, location_id=location_id)
    if row is None:
        raise errors.NotFound("There is no such place.")
    return Label(day=at.date(), **row)


async def insert_job(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Store a label that is to be printed."""
    await tx.execute(Q.insert_job, requested_by=tx.call.by, at=tx.call.at, **values)


async def claim(tx: Transaction) -> Job | None:
    """Return the next label that is due, now being sent; None without one."""
    row = await tx.row(Q.claim, at=tx.call.at)
    return Job(**row) if row else None


async def settle(tx: Transaction, job: Job, *, state: str, failure: str, due_at: datetime) -> None:
    """Store what became of a label that was being sent."""
    await tx.execute(Q.settle, id=job.id, state=state, failure=failure, due_at=due_at, at=tx.call.at)


async def give_up_stuck(tx: Transaction, before: datetime) -> None:
    """Let those fail that somebody began to send before a moment and never finished."""
    failure = "It was being sent when the service stopped. Look whether it was printed before you retry."
    await tx.execute(Q.stuck, failure=failure, before=before, at=tx.call.at)


async def lock_job(tx: Transaction, job_id: UUID) -> Record:
    """Return a label on its way, locked; NotFound."""
    row = await tx.row(Q.lock_job, id=job_id)
    if row is None:
        raise errors.NotFound("There is no such label.")
    return row


async def queue_again(tx: Transaction, job_id: UUID) -> None:
    """Store that a failed label is to be sent once more."""
    await tx.execute(Q.queue_again, id=job_id, at=tx.call.at)
