"""The report of a run and its charts, handed out as files."""

from uuid import UUID

from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.run_folders import RunFolders
from nanopore_tracking.web.visit import Shown, Visit, page

TYPES = {"html": "text/html", "pdf": "application/pdf", "svg": "image/svg+xml", "png": "image/png"}


@page("/runs/{code:str}/report/{kind:str}", needs="samples.read")
async def report(visit: Visit, code: str, kind: str) -> Shown:
    """Hand the report of a run out, as HTML or as a PDF."""
    if kind not in ("html", "pdf"):
        raise errors.NotFound("A report is there as html and as pdf.")
    content = await visit.api(RunFolders).report(code, paper=kind == "pdf")
    return visit.file(content, TYPES[kind], f"run_{code}.{kind}")


@page("/run-folders/{folder_id:uuid}/charts/{name:str}/{kind:str}", needs="inventory.read")
async def chart(visit: Visit, folder_id: UUID, name: str, kind: str) -> Shown:
    """Hand a chart of what was read out, as SVG or as PNG."""
    if kind not in ("svg", "png"):
        raise errors.NotFound("A chart is there as svg and as png.")
    content = await visit.api(RunFolders).chart(folder_id, name, kind)
    return visit.file(content, TYPES[kind], f"{name}.{kind}")


ROUTES = [report, chart]
