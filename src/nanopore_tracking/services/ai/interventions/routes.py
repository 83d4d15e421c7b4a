"""What people do about readings, over HTTP."""

from uuid import UUID

import msgspec
from litestar import Response, post

from nanopore_tracking.contracts.api.ai.extractions import ChosenPages, Extraction, GivenPassword
from nanopore_tracking.kernel import errors, sandbox
from nanopore_tracking.kernel.http import Ask, call_of, match_of, runtime_of, write
from nanopore_tracking.kernel.objects import open_objects
from nanopore_tracking.services.ai.extractions.model import JOB
from nanopore_tracking.services.ai.interventions import commands, model, store
from nanopore_tracking.services.ai.settings import Settings

_OPENER = "nanopore_tracking.services.ai.interventions.model:open_file"
_told = msgspec.json.Decoder(model.Opened | model.Closed)


@post("/api/extractions/{extraction_id:uuid}/cancellation", policy="documents.write", match=True, status_code=200)
async def cancel(request: Ask, extraction_id: UUID) -> Response[Extraction]:
    """Cancel a reading that waits or goes on; the document is kept and can be read again."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.cancel(tx, extraction_id, seen))


@post("/api/extractions/{extraction_id:uuid}/retry", policy="documents.write", match=True, status_code=200)
async def retry(request: Ask, extraction_id: UUID) -> Response[Extraction]:
    """Read a document again whose reading failed or was cancelled."""
    seen = match_of(request)
    sent = await write(request, lambda tx: commands.retry(tx, extraction_id, seen))
    runtime_of(request).wake(JOB)
    return sent


@post("/api/extractions/{extraction_id:uuid}/pages", policy="documents.write", match=True, status_code=200)
async def choose_pages(request: Ask, extraction_id: UUID, data: ChosenPages) -> Response[Extraction]:
    """Say which pages of a long document hold the form."""
    seen = match_of(request)
    sent = await write(request, lambda tx: commands.choose_pages(tx, extraction_id, data.pages, seen=seen))
    runtime_of(request).wake(JOB)
    return sent


@post("/api/extractions/{extraction_id:uuid}/password", policy="documents.write", match=True, status_code=200)
async def give_password(request: Ask, extraction_id: UUID, data: GivenPassword) -> Response[Extraction]:
    """Open a protected document with its password, which is used once and kept nowhere."""
    runtime, seen = runtime_of(request), match_of(request)
    found = await store.find(runtime.db, call_of(request).scope, extraction_id)
    model.refuse_other(found, "password")
    objects = open_objects(runtime.settings.objects_url)
    opened = await _open(await objects.get(found.sha256), data.password, settings=runtime.settings)
    sha256 = (await objects.put_bytes(opened)).sha256
    # The fingerprint of the request is that of the file: not even a sum of the password is kept.
    sent = await write(
        request, lambda tx: commands.unlock(tx, extraction_id, sha256, seen=seen), fingerprint=sha256.encode()
    )
    runtime.wake(JOB)
    return sent


async def _open(content: bytes, password: str, *, settings: Settings) -> bytes:
    try:
        parts = await sandbox.answer(_OPENER, content, options=password.encode(), limits=settings.form_limits())
    except sandbox.Stopped:
        raise errors.Invalid("This file cannot be opened within the allowed memory and time.") from None
    if not parts or not isinstance(_told.decode(parts[0]), model.Opened):
        message = "This password does not open the file. Nothing was changed; try another."
        raise errors.Invalid(message, fields=[errors.FieldError("password", message)])
    return parts[1]


ROUTES = [cancel, retry, choose_pages, give_password]
