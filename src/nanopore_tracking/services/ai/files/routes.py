"""Files of submissions over HTTP: the body of an upload is the file itself, and it is never in memory as a whole."""

import asyncio
import io
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, delete, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.ai.documents import FileName
from nanopore_tracking.contracts.api.ai.files import FileKind, FilePurpose, SubmissionFile
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.kernel.http.uploads import attachment, parts
from nanopore_tracking.kernel.objects import Spool, open_objects, spooled, too_large
from nanopore_tracking.services.ai.documents import model as documents
from nanopore_tracking.services.ai.files import commands, model, store
from nanopore_tracking.services.ai.files.model import Added
from nanopore_tracking.services.ai.settings import Settings
from nanopore_tracking.services.ai.submissions import store as submission_store
from nanopore_tracking.services.ai.submissions.model import Submission, takes_files

#: More than any setting allows; the setting is enforced while the body arrives.
_BODY_BYTES = 1 << 40
#: A submission that was begun just now is known here a moment later.
_NEWS_S = 5.0
_LOOK_S = 0.2
Purpose = Annotated[FilePurpose, Meta(description="What the file is for.")]


@post("/api/documents/files", policy="documents.write", upload=True, body_limit=_BODY_BYTES, status_code=201)
async def add_file(
    request: Ask, submission_id: UUID, filename: FileName = "", purpose: Purpose = "other"
) -> Response[SubmissionFile]:
    """Add a file to a submission, as the raw body of the request; nothing is read from it."""
    settings: Settings = runtime_of(request).settings
    submission = await _submission(request, submission_id)
    takes_files(submission)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:18]) > settings.document_max_bytes:
        raise too_large(settings.document_max_bytes)
    async with spooled(parts(request), settings.document_max_bytes) as spool:
        kind = await asyncio.to_thread(_kind, spool)
        stored = await open_objects(settings.objects_url).put(spool)
    added = Added(
        submission_id=submission.id,
        filename=documents.clean_name(filename, f"file.{'txt' if kind == 'text' else kind}"),
        kind=kind,
        purpose=purpose,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
    )
    return await write(request, lambda tx: commands.add(tx, submission, added), fingerprint=stored.sha256.encode())


async def _submission(request: Ask, submission_id: UUID) -> Submission:
    """Return a submission; one that is not known is waited for, as its news may be on their way."""
    db, scope = runtime_of(request).db, call_of(request).scope
    until = asyncio.get_running_loop().time() + _NEWS_S
    while (found := await submission_store.find_submission(db, submission_id, scope)) is None:
        if asyncio.get_running_loop().time() > until:
            message = "There is no such submission, or it was begun just now: then try again in some seconds."
            raise errors.NotFound(f"{message} Nothing was kept.")
        await asyncio.sleep(_LOOK_S)
    return found


def _kind(spool: Spool) -> FileKind:
    """Return what the file is; UnsupportedMedia or Invalid for what is not taken."""
    spool.file.seek(0)
    head = spool.file.read(documents.HEAD_BYTES)
    spool.file.seek(max(0, spool.file.seek(0, io.SEEK_END) - documents.DIRECTORY_BYTES))
    return model.kind_of(head, spool.file.read())


@get("/api/documents/files", policy="documents.read")
async def list_files(
    request: Ask,
    submission_id: UUID,
    sort: Literal["uploaded", "-uploaded"] = "uploaded",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[SubmissionFile]]:
    """List the files of a submission."""
    db, scope = runtime_of(request).db, call_of(request).scope
    filters = {"submission_id": submission_id}
    return page(await store.list_files(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/documents/files/{file_id:uuid}", policy="documents.read")
async def show_file(request: Ask, file_id: UUID) -> Response[SubmissionFile]:
    """Show one file of a submission."""
    kept = await store.find_file(runtime_of(request).db, call_of(request).scope, file_id)
    item = await store.show_file(runtime_of(request).db, call_of(request).scope, file_id)
    return answer(item, version=kept.version)


@get("/api/documents/files/{file_id:uuid}/content", policy="documents.read")
async def download_file(request: Ask, file_id: UUID) -> Response[bytes]:
    """Download a file as it was added."""
    kept = await store.find_file(runtime_of(request).db, call_of(request).scope, file_id)
    content = await open_objects(runtime_of(request).settings.objects_url).get(kept.sha256)
    return Response(content, media_type=model.MEDIA_TYPES[kept.kind], headers=attachment(kept.filename))


@delete("/api/documents/files/{file_id:uuid}", policy="documents.write", match=True, status_code=204)
async def remove_file(request: Ask, file_id: UUID) -> Response[None]:
    """Remove a file from a submission that is a draft."""
    seen = match_of(request)
    kept = await store.find_file(runtime_of(request).db, call_of(request).scope, file_id)
    submission = await _submission(request, kept.submission_id)
    return await write(request, lambda tx: commands.remove(tx, submission, file_id, seen=seen))


ROUTES = [add_file, list_files, show_file, download_file, remove_file]
