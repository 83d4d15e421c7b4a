"""Documents over HTTP: the body of an upload is the file itself, and it is never in memory as a whole."""

import asyncio
import io
from uuid import UUID

from litestar import Response, get, post

from nanopore_tracking.contracts.api.ai.documents import AsForm, Document, DocumentLimits, FileName
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of, write
from nanopore_tracking.kernel.http.uploads import attachment, parts
from nanopore_tracking.kernel.objects import Spool, open_objects, spooled, too_large
from nanopore_tracking.services.ai.documents import commands, model, store
from nanopore_tracking.services.ai.documents.model import Kind, Upload
from nanopore_tracking.services.ai.extractions.model import JOB
from nanopore_tracking.services.ai.grids.model import Refused
from nanopore_tracking.services.ai.projects import store as project_store
from nanopore_tracking.services.ai.projects.model import Project, refuse_closed
from nanopore_tracking.services.ai.settings import Settings
from nanopore_tracking.services.ai.workbooks import model as workbooks

#: More than any setting allows; the setting is enforced while the body arrives.
_BODY_BYTES = 1 << 40
#: A project that was made just now is known here a moment later.
_NEWS_S = 5.0
_LOOK_S = 0.2
_UNNAMED = {"xlsx": "manifest.xlsx", "text_table": "manifest.csv", "jpeg": "form.jpg"}
_MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text_table": "text/csv",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@post("/api/documents", policy="documents.write", upload=True, body_limit=_BODY_BYTES, status_code=201)
async def upload_document(
    request: Ask, project_id: UUID, filename: FileName = "", as_form: AsForm = False
) -> Response[Document]:
    """Upload a document as the raw body of the request; its reading as a manifest or a form begins at once."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    project = await _project(request, project_id)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:18]) > settings.document_max_bytes:
        raise too_large(settings.document_max_bytes)
    async with spooled(parts(request), settings.document_max_bytes) as spool:
        kind = await asyncio.to_thread(_kind, spool)
        stored = await open_objects(settings.objects_url).put(spool)
    upload = Upload(
        project_id=project.id,
        lab_id=project.lab_id,
        filename=model.clean_name(filename, _UNNAMED.get(kind, f"form.{kind}")),
        kind=kind,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        as_form=as_form,
    )
    seen = f"{stored.sha256}{' as form' if as_form else ''}".encode()
    sent = await write(request, lambda tx: commands.receive(tx, upload), fingerprint=seen)
    runtime.wake(JOB)
    return sent


@get("/api/documents/limits", policy="documents.read")
async def show_limits(request: Ask) -> Response[DocumentLimits]:
    """Show how large an uploaded document or file of a submission may be."""
    settings: Settings = runtime_of(request).settings
    return answer(DocumentLimits(max_bytes=settings.document_max_bytes, max_mb=settings.document_max_mb), version=None)


async def _project(request: Ask, project_id: UUID) -> Project:
    """Return the project of an upload; one that is not known is waited for, as its news may be on their way."""
    db, scope = runtime_of(request).db, call_of(request).scope
    until = asyncio.get_running_loop().time() + _NEWS_S
    while (project := await project_store.find_project(db, project_id, scope)) is None:
        if asyncio.get_running_loop().time() > until:
            raise errors.NotFound(
                "There is no such project, or it was made just now: then try again in some seconds. Nothing was kept."
            )
        await asyncio.sleep(_LOOK_S)
    refuse_closed(project)
    return project


def _kind(spool: Spool) -> Kind:
    """Return what the file is; UnsupportedMedia or Invalid for what is not taken."""
    spool.file.seek(0)
    head = spool.file.read(model.HEAD_BYTES)
    spool.file.seek(max(0, spool.file.seek(0, io.SEEK_END) - model.DIRECTORY_BYTES))
    kind = model.kind_of(head, directory=spool.file.read())
    if kind == "xlsx":
        try:
            workbooks.check(spool.file)
        except Refused as refused:
            raise errors.Invalid(refused.message.replace("Nothing was read", "Nothing was kept")) from None
    return kind


@get("/api/documents/{document_id:uuid}", policy="documents.read")
async def show_document(request: Ask, document_id: UUID) -> Response[Document]:
    """Show one document and where its newest reading is."""
    shown = await _shown(request, document_id)
    return answer(shown.item)


@get("/api/documents/{document_id:uuid}/content", policy="documents.read")
async def download_document(request: Ask, document_id: UUID) -> Response[bytes]:
    """Download a document as it was uploaded."""
    shown = await _shown(request, document_id)
    content = await open_objects(runtime_of(request).settings.objects_url).get(shown.sha256)
    return Response(content, media_type=_MEDIA_TYPES[shown.kind], headers=attachment(shown.filename))


async def _shown(request: Ask, document_id: UUID) -> store.Shown:
    shown = await store.show_document(runtime_of(request).db, call_of(request).scope, document_id)
    if shown is None:
        raise errors.NotFound("There is no such document.")
    return shown


ROUTES = [upload_document, show_limits, show_document, download_document]
