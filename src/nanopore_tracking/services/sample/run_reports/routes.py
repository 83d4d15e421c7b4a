"""The report of a run and its charts over HTTP."""

import asyncio
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.drawing import documents, pictures
from nanopore_tracking.drawing.documents import Document
from nanopore_tracking.drawing.shapes import Drawing
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Ask, call_of, runtime_of
from nanopore_tracking.services.sample.flow_cells import store as cell_store
from nanopore_tracking.services.sample.instruments import store as instrument_store
from nanopore_tracking.services.sample.run_reports import model, store
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.yields import commands as yields

OfRun = Annotated[str, Meta(max_length=40, description="The id or the code of a run.")]
Chart = Annotated[str, Meta(max_length=40, description="The name of a chart, such as yield, lengths or channels.")]


async def _document(request: Ask, said: str) -> Document:
    db, call = runtime_of(request).db, call_of(request)
    try:
        run = await run_store.read_run(db, await run_store.find_run(db, said))
    except errors.NotFound:
        # In the same words as for a run of others, so that nobody learns which runs there are.
        raise errors.NotFound(model.MISSING) from None
    cell = await cell_store.read_cell(db, run.flow_cell_id)
    position = await instrument_store.read_position(db, run.position_id)
    own = call.scope is not None
    odd, _ = await yields.findings(db, run, day=call.at.date())
    told = model.Told(
        run=run,
        flow_cell=cell.flow_cell_id or "",
        product_code=cell.product_code,
        place=f"{position.instrument}, {position.name}" if position else "not known",
        sets=await store.sets(db, call.scope, run.id),
        findings=odd,
        sources=[] if own else await store.sources(db, run.id),
        own=own,
        at=call.at,
    )
    return model.document(told)


@get("/api/runs/{said:str}/report", policy="samples.read", media_type=documents.HTML)
async def show_report(request: Ask, said: OfRun) -> Response[bytes]:
    """Show the report of a run as one HTML file that needs nothing else; a submitter's has own samples alone."""
    found = await _document(request, said)
    return _file(documents.html(found).encode(), documents.HTML, f"{found.title.replace(' ', '_')}.html")


@get("/api/runs/{said:str}/report.pdf", policy="samples.read", media_type=documents.PDF)
async def show_paper(request: Ask, said: OfRun) -> Response[bytes]:
    """Show the report of a run as a PDF; a submitter's has own samples alone."""
    found = await _document(request, said)
    content = await asyncio.to_thread(documents.pdf, found)
    return _file(content, documents.PDF, f"{found.title.replace(' ', '_')}.pdf")


@get(
    "/api/runs/acquisitions/{acquisition_id:uuid}/charts/{name:str}/svg",
    policy="inventory.read",
    media_type=pictures.SVG,
)
async def show_svg(request: Ask, acquisition_id: UUID, name: Chart) -> Response[bytes]:
    """Show a chart of what was read of a run folder as SVG."""
    found = await _drawing(request, acquisition_id, name)
    return _file(pictures.svg(found).encode(), pictures.SVG, f"{name}.svg")


@get(
    "/api/runs/acquisitions/{acquisition_id:uuid}/charts/{name:str}/png",
    policy="inventory.read",
    media_type=pictures.PNG,
)
async def show_png(request: Ask, acquisition_id: UUID, name: Chart) -> Response[bytes]:
    """Show a chart of what was read of a run folder as PNG."""
    found = await _drawing(request, acquisition_id, name)
    return _file(await asyncio.to_thread(pictures.png, found), pictures.PNG, f"{name}.png")


async def _drawing(request: Ask, acquisition_id: UUID, name: str) -> Drawing:
    found = model.drawings(await store.reading(runtime_of(request).db, acquisition_id))
    if name not in found:
        raise errors.NotFound("There is no such chart of this run folder.")
    return found[name][0]


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


ROUTES = [show_report, show_paper, show_svg, show_png]
