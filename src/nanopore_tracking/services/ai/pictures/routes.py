"""Pictures of pages over HTTP: made in the sandbox at the first request, then kept."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.kernel import errors, sandbox
from nanopore_tracking.kernel.http import Ask, call_of, runtime_of
from nanopore_tracking.kernel.objects import open_objects
from nanopore_tracking.services.ai.documents import store as document_store
from nanopore_tracking.services.ai.leaves.model import VERSION
from nanopore_tracking.services.ai.pictures import model, store
from nanopore_tracking.services.ai.settings import Settings

PageNumber = Annotated[int, Meta(ge=1, le=50_000, description="The page, from 1.")]
_TARGET = "nanopore_tracking.services.ai.pictures.model:render_page"
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable", "Content-Security-Policy": "sandbox"}


Drawn = Annotated[
    int, Meta(ge=0, le=1000, description="As `drawn` of the page in its review; the newest where it is left out.")
]


@get("/api/documents/{document_id:uuid}/pages/{number:int}", policy="documents.read")
async def show_page(request: Ask, document_id: UUID, number: PageNumber, drawn: Drawn | None = None) -> Response[bytes]:
    """Show a page of a document as a PNG picture of 144 dots for an inch.

    Workbooks, texts and DOCX files have no pages: theirs are drawn from what was read, not as their programs show them.
    """
    runtime = runtime_of(request)
    shown = await document_store.show_document(runtime.db, call_of(request).scope, document_id)
    if shown is None:
        raise errors.NotFound("There is no such document.")
    version = (VERSION if drawn is None else drawn) if shown.kind in model.UNPAGED else 0
    objects = open_objects(runtime.settings.objects_url)
    kept = await store.find(runtime.db, shown.readable_sha256, number, drawn=version)
    if kept is None and version not in (0, VERSION):
        raise errors.NotFound("This page was made by an earlier version and is not kept; read the document again.")
    if kept is None:
        asked = model.Options(number, shown.kind)
        picture = await _draw(await objects.get(shown.readable_sha256), asked, settings=runtime.settings)
        kept = (await objects.put_bytes(picture)).sha256
        await store.keep(runtime.db, shown.readable_sha256, number, drawn=version, sha256=kept)
    return Response(await objects.get(kept), media_type="image/png", headers=_KEPT)


async def _draw(content: bytes, asked: model.Options, *, settings: Settings) -> bytes:
    options = msgspec.json.encode(asked)
    try:
        (told,) = await sandbox.answer(_TARGET, content, options=options, limits=settings.limits())
    except sandbox.Stopped:
        raise errors.Invalid("This page cannot be drawn within the allowed memory and time.") from None
    if not told.startswith(model.PNG):
        raise errors.NotFound(msgspec.json.decode(told, type=model.Refusal).message)
    return told


ROUTES = [show_page]
