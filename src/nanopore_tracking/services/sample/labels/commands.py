"""What can be done with labels: keep layouts and printers, print, retry."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.labels import (
    Drawing,
    LabelPreview,
    LayoutPatch,
    NewLayout,
    NewPrint,
    NewPrinter,
    Printed,
    PrinterPatch,
)
from nanopore_tracking.contracts.events.sample import LabelLayoutChanged, LabelPrinted, LabelPrinterChanged, LabelQueued
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.labels import model, store
from nanopore_tracking.services.sample.labels.model import Job, Printer
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.layouts import model as layouts
from nanopore_tracking.services.sample.layouts.model import Label, Layout

_LAYOUT = (
    "name", "width_mm", "height_mm", "code_mm", "font_mm", "lines", "code_left_mm", "code_top_mm", "text_left_mm",
    "text_top_mm", "active",
)  # fmt: skip
_PRINTER = ("name", "host", "port", "dots_per_mm", "active")


async def put_layout(
    tx: Transaction, layout_id: UUID | None, asked: NewLayout | LayoutPatch, *, seen: int = 0
) -> Written:
    """Create a layout (no id) or change one; NotFound, Stale, Invalid, Conflict where its name is taken."""
    before: dict[str, Any] = {}
    if layout_id:
        found = await store.layout(tx, layout_id)
        labs.match(found.version, seen, "layout")
        before = {name: getattr(found, name) for name in _LAYOUT}
    after = layouts.placed({"active": True} | before | labs.asked(asked))
    labs.require(after, "name")
    layouts.fits(after)
    made = layout_id or uuid7()
    async with _free(after["name"]):
        await store.put_layout(tx, made, after)
    event = LabelLayoutChanged(layout_id=made, **after)
    tx.announce(event, subject=Subject("label_layout", str(made), after["name"]), changes=labs.changes(before, after))
    item = store.only(await store.list_layouts(tx, filters={"id": made}))
    return Written(item=item, version=seen + 1, location=f"/api/labels/layouts/{made}")


async def preview(db: Reads, asked: LabelPreview, *, scope: list[UUID] | None, at: datetime) -> Drawing:
    """Return a label as a layout would make it; NotFound without the sample, Invalid for what does not fit."""
    values = layouts.placed({"active": True} | labs.asked(asked.layout))
    layouts.fits(values)
    label = Label(
        code="S26-000123", name="An example", barcode="0123456789", lab="Lab", project="P-0001", material="HMW gDNA",
        day=at.date(),
    )  # fmt: skip
    if asked.sample:
        found = await store.of_samples(db, scope, [asked.sample], box_id=None, at=at)
        if not found:
            message = f"There is no sample {asked.sample}, or none that you may see."
            raise errors.Invalid(message, fields=[errors.FieldError("sample", message)])
        label = found[0]
    return layouts.drawing(label, Layout(id=uuid7(), version=1, **values))


async def put_printer(
    tx: Transaction, printer_id: UUID | None, asked: NewPrinter | PrinterPatch, *, seen: int = 0
) -> Written:
    """Register a printer (no id) or change one; NotFound, Stale, Conflict where its name is taken."""
    before: dict[str, Any] = {}
    if printer_id:
        found = await store.printer(tx, printer_id)
        labs.match(found.version, seen, "printer")
        before = {name: getattr(found, name) for name in _PRINTER}
    after = {"active": True} | before | labs.asked(asked)
    labs.require(after, "name", "host")
    made = printer_id or uuid7()
    async with _free(after["name"]):
        await store.put_printer(tx, made, after)
    event = LabelPrinterChanged(printer_id=made, **after)
    tx.announce(event, subject=Subject("label_printer", str(made), after["name"]), changes=labs.changes(before, after))
    item = store.only(await store.list_printers(tx, filters={"id": made}))
    return Written(item=item, version=seen + 1, location=f"/api/labels/printers/{made}")


@asynccontextmanager
async def _free(name: str) -> AsyncIterator[None]:
    try:
        yield
    except postgres.Violation as violation:
        if violation.constraint not in ("label_layout_name", "label_printer_name"):
            raise
        raise errors.Conflict(
            f"There is one with the name {name} already. Nothing was changed; choose another name.",
            type="already-exists",
            fields=[errors.FieldError("name", "Another one has this name.")],
        ) from None


async def print_labels(tx: Transaction, asked: NewPrint) -> Written:
    """Queue labels; NotFound, Invalid without anything to print or without a needed reason, Conflict."""
    printer, layout = await store.printer(tx, asked.printer_id), await store.layout(tx, asked.layout_id)
    model.ready(printer, layout)
    if asked.location_id:
        labels = [await store.of_place(tx, asked.location_id, tx.call.at)]
    else:
        labels = await store.of_samples(tx, tx.call.scope, asked.samples, box_id=asked.box_id, at=tx.call.at)
    if len(labels) < max(1, len(set(asked.samples))):
        of = counted(len(set(asked.samples)), "sample")
        message = f"{len(labels)} of {of} {'is' if len(labels) == 1 else 'are'} there and may be seen by you."
        raise errors.Invalid(f"{message} Nothing was printed.", fields=[errors.FieldError("samples", message)])
    model.again(labels, asked.reason)
    for label in labels:
        await _queue(tx, label, printer, layout=layout, asked=asked)
    return Written(item=Printed(jobs=len(labels), codes=[label.code for label in labels]), location="/api/labels/jobs")


async def _queue(tx: Transaction, label: Label, printer: Printer, *, layout: Layout, asked: NewPrint) -> None:
    told: dict[str, Any] = {
        "printer_id": printer.id,
        "sample_id": label.sample_id,
        "location_id": label.location_id,
        "code": label.code,
        "copies": asked.copies,
        "again": label.printed,
        "reason": asked.reason.strip(),
    }
    job_id = uuid7()
    content = model.zpl(label, layout, dots_per_mm=printer.dots_per_mm, copies=asked.copies)
    await store.insert_job(tx, told | {"id": job_id, "layout_id": layout.id, "content": content})
    event = LabelQueued(job_id=job_id, **told)
    changes = [Change("label", None, f"queued on {printer.name}")]
    tx.announce(event, subject=_subject(event), tenant_id=label.lab_id, changes=changes)


async def test_print(tx: Transaction, printer_id: UUID, layout_id: UUID) -> Written:
    """Queue a label that says it is a test; NotFound, or Conflict for what is not used any more."""
    printer, layout = await store.printer(tx, printer_id), await store.layout(tx, layout_id)
    model.ready(printer, layout)
    label = Label(code="TEST-0001", name=f"Test of {printer.name}", day=tx.call.at.date())
    asked = NewPrint(printer_id=printer_id, layout_id=layout_id, reason="Test print")
    await _queue(tx, label, printer, layout=layout, asked=asked)
    return Written(item=Printed(jobs=1, codes=[label.code]), location="/api/labels/jobs")


async def retry_job(tx: Transaction, job_id: UUID, *, seen: int) -> Written:
    """Queue a failed label once more; NotFound, Stale, Conflict where it did not fail."""
    job = dict(await store.lock_job(tx, job_id))
    labs.match(job.pop("version"), seen, "label")
    if job.pop("state") != "failed":
        raise errors.Conflict("Only a failed label can be retried. Nothing was changed.", type="not-allowed")
    await store.queue_again(tx, job_id)
    lab_id = job.pop("lab_id")
    event = LabelQueued(job_id=job.pop("id"), **job)
    tx.announce(event, subject=_subject(event), tenant_id=lab_id, changes=[Change("label", "failed", "queued")])
    item = store.only(await store.list_jobs(tx, filters={"id": job_id}))
    return Written(item=item, version=seen + 1)


async def settle(tx: Transaction, job: Job, failure: str) -> None:
    """Record that a label was sent (failure is blank), is tried again later, or is given up."""
    again = bool(failure) and job.attempts < model.ATTEMPTS
    state = "queued" if again else "failed" if failure else "printed"
    due_at = tx.call.at + model.pause(job.attempts) if again else tx.call.at
    await store.settle(tx, job, state=state, failure=failure, due_at=due_at)
    if again:
        return
    told = {
        name: getattr(job, name) for name in ("printer_id", "sample_id", "location_id", "code", "copies", "attempts")
    }
    event = LabelPrinted(job_id=job.id, failure=failure, **told)
    tx.announce(event, subject=_subject(event), tenant_id=job.lab_id, changes=[Change("label", "queued", state)])


def _subject(event: LabelQueued | LabelPrinted) -> Subject:
    if event.location_id:
        return Subject("storage_location", str(event.location_id), event.code)
    if event.sample_id:
        return Subject("sample", str(event.sample_id), event.code)
    return Subject("label_printer", str(event.printer_id), event.code)
