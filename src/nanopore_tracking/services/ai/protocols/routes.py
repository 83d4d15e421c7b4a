"""Protocols of the laboratory over HTTP: the body of an upload is the file itself."""

import asyncio
import io
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.ai.documents import FileName
from nanopore_tracking.contracts.api.ai.protocols import Passages, ProtocolSearch
from nanopore_tracking.contracts.api.ai.protocols import Protocol as Shown
from nanopore_tracking.kernel import errors, sandbox
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, match_of, page, runtime_of, write
from nanopore_tracking.kernel.http.uploads import attachment, parts
from nanopore_tracking.kernel.http.writes import Command
from nanopore_tracking.kernel.objects import Spool, open_objects, spooled
from nanopore_tracking.services.ai.documents import model as documents
from nanopore_tracking.services.ai.passages.model import Kind, Protocol, Refusal
from nanopore_tracking.services.ai.protocols import commands, model, store
from nanopore_tracking.services.ai.protocols.model import JOB, Uploaded
from nanopore_tracking.services.ai.settings import Settings

_BODY_BYTES = 1 << 40
_READER = "nanopore_tracking.services.ai.passages.model:read_protocol"
_MEDIA_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text": "text/plain",
}
_told = msgspec.json.Decoder(Protocol | Refusal)
Title = Annotated[
    str, Meta(min_length=3, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$", description="Its title.")
]
Number = Annotated[int, Meta(ge=1, le=2_147_483_647, description="The number of a version, from 1.")]
Question = Annotated[
    str, Meta(min_length=2, max_length=300, pattern=r"\w", description="Words, a phrase in quotes, or a question.")
]
Most = Annotated[int, Meta(ge=1, le=50, description="Passages that are answered at the most.")]


@get("/api/documents/protocols", policy="protocols.read")
async def list_protocols(
    request: Ask,
    retired: bool | None = None,
    sort: Literal["title", "-title"] = "title",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Shown]]:
    """List the protocols of the laboratory."""
    db, filters = runtime_of(request).db, {"retired": retired}
    return page(await store.list_protocols(db, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/documents/protocols/search", policy="protocols.read")
async def search_protocols(request: Ask, q: Question, limit: Most = 10) -> Response[ProtocolSearch]:
    """Find passages of the protocols by their words and by what they mean; they are quoted, nothing is written."""
    runtime = runtime_of(request)
    return answer(await commands.search(runtime.db, runtime.settings, q, most=limit))


@get("/api/documents/protocols/{protocol_id:uuid}", policy="protocols.read")
async def show_protocol(request: Ask, protocol_id: UUID) -> Response[Shown]:
    """Show a protocol and its versions."""
    item = await store.show(runtime_of(request).db, protocol_id)
    return answer(item, version=msgspec.json.decode(item)["version"])


@get("/api/documents/protocols/{protocol_id:uuid}/passages", policy="protocols.read")
async def show_passages(request: Ask, protocol_id: UUID, number: Number | None = None) -> Response[Passages]:
    """Show what a version of a protocol says, the last one where none is named."""
    db = runtime_of(request).db
    found = await store.find_version(db, protocol_id, number)
    passages = msgspec.Raw((await store.passages_of(db, found.id)).encode())
    return answer(msgspec.json.encode({"number": found.number, "passages": passages}).decode())


@get("/api/documents/protocols/{protocol_id:uuid}/content", policy="protocols.read")
async def download_protocol(request: Ask, protocol_id: UUID, number: Number | None = None) -> Response[bytes]:
    """Download a version of a protocol as it was uploaded, the last one where none is named."""
    runtime = runtime_of(request)
    found = await store.find_version(runtime.db, protocol_id, number)
    content = await open_objects(runtime.settings.objects_url).get(found.sha256)
    return Response(content, media_type=_MEDIA_TYPES[found.kind], headers=attachment(found.filename))


@post("/api/documents/protocols", policy="protocols.write", upload=True, body_limit=_BODY_BYTES, status_code=201)
async def keep_protocol(request: Ask, title: Title, filename: FileName = "") -> Response[Shown]:
    """Keep a protocol, as the raw body of the request; it is searched from now on."""
    uploaded, read = await _taken(request, filename)
    called = " ".join(title.split())
    return await _sent(request, lambda tx: commands.keep(tx, called, uploaded, read=read), uploaded)


@post(
    "/api/documents/protocols/{protocol_id:uuid}/versions",
    policy="protocols.write",
    upload=True,
    body_limit=_BODY_BYTES,
    status_code=201,
)
async def renew_protocol(request: Ask, protocol_id: UUID, filename: FileName = "") -> Response[Shown]:
    """Keep another version of a protocol; the one before is kept, and searched no more."""
    await store.show(runtime_of(request).db, protocol_id)
    uploaded, read = await _taken(request, filename)
    return await _sent(request, lambda tx: commands.renew(tx, protocol_id, uploaded, read=read), uploaded)


@post("/api/documents/protocols/{protocol_id:uuid}/retirement", policy="protocols.write", match=True, status_code=200)
async def retire_protocol(request: Ask, protocol_id: UUID) -> Response[Shown]:
    """Let a protocol be searched no more; its versions are kept."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.retire(tx, protocol_id, seen=seen))


async def _taken(request: Ask, filename: str) -> tuple[Uploaded, Protocol]:
    """Keep the file of a request and read it in the sandbox; Invalid with a sentence where that cannot be done."""
    settings: Settings = runtime_of(request).settings
    async with spooled(parts(request), settings.document_max_bytes) as spool:
        kind = await asyncio.to_thread(_kind, spool)
        stored = await open_objects(settings.objects_url).put(spool)
    content = await open_objects(settings.objects_url).get(stored.sha256)
    try:
        messages = await sandbox.answer(
            _READER, content, options=msgspec.json.encode(kind), limits=settings.form_limits()
        )
    except sandbox.Stopped:
        message = "The file cannot be read within the allowed memory and time. Nothing was kept; print it to a new PDF."
        raise errors.Invalid(message) from None
    read = _told.decode(messages[-1])
    if isinstance(read, Refusal):
        raise errors.Invalid(read.message.replace("Nothing was read", "Nothing was kept"))
    name = documents.clean_name(filename, f"protocol.{'txt' if kind == 'text' else kind}")
    return Uploaded(filename=name, kind=kind, sha256=stored.sha256, size_bytes=stored.size_bytes), read


def _kind(spool: Spool) -> Kind:
    spool.file.seek(0)
    head = spool.file.read(documents.HEAD_BYTES)
    spool.file.seek(max(0, spool.file.seek(0, io.SEEK_END) - documents.DIRECTORY_BYTES))
    return model.kind_of(head, spool.file.read())


async def _sent(request: Ask, command: Command, uploaded: Uploaded) -> Response[Shown]:
    sent: Response[Shown] = await write(request, command, fingerprint=uploaded.sha256.encode())
    runtime_of(request).wake(JOB)
    return sent


ROUTES = [
    list_protocols,
    search_protocols,
    show_protocol,
    show_passages,
    download_protocol,
    keep_protocol,
    renew_protocol,
    retire_protocol,
]
