"""Labels over HTTP."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.labels import (
    Drawing,
    JobState,
    LabelPreview,
    Layout,
    LayoutPatch,
    LayoutVersion,
    NewLayout,
    NewPrint,
    NewPrinter,
    Printed,
    Printer,
    PrinterPatch,
    PrintJob,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.labels import commands, model, store

PDF = "application/pdf"
ByName = Literal["name", "-name"]
Codes = Annotated[list[str], Meta(min_length=1, max_length=200, description="Codes or ids of samples.")]


@get("/api/labels/layouts", policy="storage.read")
async def list_layouts(
    request: Ask, active: bool | None = None, sort: ByName = "name", after: After | None = None, limit: Limit = 50
) -> Response[Paged[Layout]]:
    """List layouts by name."""
    db, filters = runtime_of(request).db, {"active": active}
    return page(await store.list_layouts(db, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/labels/layouts", policy="labels.write", status_code=201)
async def create_layout(request: Ask, data: NewLayout) -> Response[Layout]:
    """Create a layout."""
    return await write(request, lambda tx: commands.put_layout(tx, None, data))


@patch("/api/labels/layouts/{layout_id:uuid}", policy="labels.write", match=True)
async def change_layout(request: Ask, layout_id: UUID, data: LayoutPatch) -> Response[Layout]:
    """Change a layout."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.put_layout(tx, layout_id, data, seen=seen))


@get("/api/labels/layouts/{layout_id:uuid}", policy="storage.read")
async def show_layout(request: Ask, layout_id: UUID) -> Response[Layout]:
    """Show one layout."""
    item = store.only(await store.list_layouts(runtime_of(request).db, filters={"id": layout_id}))
    return answer(item, version=msgspec.json.decode(item)["version"])


@get("/api/labels/layouts/{layout_id:uuid}/versions", policy="storage.read")
async def list_versions(
    request: Ask,
    layout_id: UUID,
    sort: Literal["version", "-version"] = "-version",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[LayoutVersion]]:
    """List the versions of a layout, the last one first."""
    db = runtime_of(request).db
    return page(await store.list_versions(db, layout_id, sort=sort, after=after, limit=limit))


@post("/api/labels/preview", policy="storage.read", status_code=200)
async def preview_label(request: Ask, data: LabelPreview) -> Response[Drawing]:
    """Draw a label as a layout would make it, with what is known of a sample; nothing is kept or printed."""
    call = call_of(request)
    return answer(await commands.preview(runtime_of(request).db, data, scope=call.scope, at=call.at))


@get("/api/labels/printers", policy="storage.read")
async def list_printers(
    request: Ask, active: bool | None = None, sort: ByName = "name", after: After | None = None, limit: Limit = 50
) -> Response[Paged[Printer]]:
    """List printers by name, with how much waits for them."""
    db, filters = runtime_of(request).db, {"active": active}
    return page(await store.list_printers(db, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/labels/printers", policy="labels.write", status_code=201)
async def create_printer(request: Ask, data: NewPrinter) -> Response[Printer]:
    """Register a printer."""
    return await write(request, lambda tx: commands.put_printer(tx, None, data))


@patch("/api/labels/printers/{printer_id:uuid}", policy="labels.write", match=True)
async def change_printer(request: Ask, printer_id: UUID, data: PrinterPatch) -> Response[Printer]:
    """Change a printer."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.put_printer(tx, printer_id, data, seen=seen))


@post("/api/labels/printers/{printer_id:uuid}/test/{layout_id:uuid}", policy="labels.print", status_code=202)
async def test_print(request: Ask, printer_id: UUID, layout_id: UUID) -> Response[Printed]:
    """Print a label that says it is a test."""
    sent = await write(request, lambda tx: commands.test_print(tx, printer_id, layout_id))
    runtime_of(request).wake("label-printing")
    return sent


@post("/api/labels/jobs", policy="labels.print", status_code=202)
async def print_labels(request: Ask, data: NewPrint) -> Response[Printed]:
    """Queue labels of samples, of a box, or of a place."""
    sent = await write(request, lambda tx: commands.print_labels(tx, data))
    runtime_of(request).wake("label-printing")
    return sent


@get("/api/labels/jobs", policy="storage.read")
async def list_jobs(
    request: Ask,
    state: list[JobState] | None = None,
    sample_id: UUID | None = None,
    printer_id: UUID | None = None,
    sort: Literal["created", "-created"] = "-created",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[PrintJob]]:
    """List labels, the last asked for first."""
    filters = {"state": state, "sample_id": sample_id, "printer_id": printer_id}
    db = runtime_of(request).db
    return page(await store.list_jobs(db, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/labels/jobs/{job_id:uuid}/retry", policy="labels.print", match=True, status_code=200)
async def retry_job(request: Ask, job_id: UUID) -> Response[PrintJob]:
    """Send a failed label once more."""
    seen = match_of(request)
    sent = await write(request, lambda tx: commands.retry_job(tx, job_id, seen=seen))
    runtime_of(request).wake("label-printing")
    return sent


@get("/api/labels/sheet.pdf", policy="storage.read", media_type=PDF)
async def show_sheet(request: Ask, layout_id: UUID, samples: Codes) -> Response[bytes]:
    """Show the labels of samples as a PDF, one on each page; nothing is queued."""
    db, scope = runtime_of(request).db, call_of(request).scope
    labels = await store.of_samples(db, scope, samples, box_id=None, at=datetime.now(UTC))
    if not labels:
        raise errors.NotFound("There are no such samples, or none that you may see.")
    content = model.pdf(labels, await store.layout(db, layout_id))
    return Response(content, media_type=PDF, headers={"Content-Disposition": 'inline; filename="labels.pdf"'})


ROUTES = [
    list_layouts,
    create_layout,
    change_layout,
    show_layout,
    list_versions,
    preview_label,
    list_printers,
    create_printer,
    change_printer,
    test_print,
    print_labels,
    list_jobs,
    retry_job,
    show_sheet,
]
