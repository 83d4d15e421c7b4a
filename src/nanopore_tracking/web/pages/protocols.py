"""The protocols of the laboratory: searched by words and by meaning, read, and kept by versions."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http.uploads import attachment
from nanopore_tracking.web import session
from nanopore_tracking.web.clients.protocols import Protocols
from nanopore_tracking.web.visit import Shown, Visit, action, page, upload

_PATH = "/protocols"


@page(_PATH, needs="protocols.read")
async def listed(visit: Visit) -> Shown:
    """Show the protocols, and what was found in them."""
    text = " ".join(visit.request.query_params.get("q", "").split())[:300]
    found = problem = None
    if text:
        try:
            found = await visit.api(Protocols).search(text)
        except errors.Invalid as wrong:
            problem = wrong
    return visit.page(
        "pages/protocols.html",
        title="Protocols",
        text=text,
        found=found,
        problem=problem,
        protocols=await visit.api(Protocols).listed(),
    )


@page(f"{_PATH}/{{protocol_id:str}}", needs="protocols.read")
async def show(visit: Visit, protocol_id: str) -> Shown:
    """Show what a protocol says, passage by passage."""
    return await _show(visit, protocol_id)


async def _show(visit: Visit, protocol_id: str, *, status: int = 200, problem: Any = None) -> Shown:
    asked = visit.request.query_params.get("number", "")
    number = int(asked) if asked.isdecimal() and int(asked[:9]) > 0 else None
    protocol = await visit.api(Protocols).show(protocol_id)
    said = await visit.api(Protocols).passages(protocol_id, number)
    return visit.page(
        "pages/protocol.html",
        title=protocol.title,
        status=status,
        protocol=protocol,
        said=said,
        here=next(each for each in protocol.versions if each.number == said.number),
        problem=problem,
    )


@page(f"{_PATH}/{{protocol_id:str}}/content/{{number:int}}", needs="protocols.read")
async def download(visit: Visit, protocol_id: str, number: int) -> Shown:
    """Hand a version out, to be saved."""
    protocol = await visit.api(Protocols).show(protocol_id)
    kept = next((each for each in protocol.versions if each.number == number), None)
    if kept is None:
        raise errors.NotFound("There is no such version of this protocol.")
    content, media_type = await visit.api(Protocols).content(protocol_id, number)
    answer: Any = visit.file(content, media_type, "file")
    answer.headers.update(attachment(kept.filename))
    return answer  # type: ignore[no-any-return]


@upload(f"{_PATH}/files", needs="protocols.write")
async def add(visit: Visit) -> Shown:
    """Pass a file on as it comes in, as a new protocol or as another version of one."""
    headers = visit.request.headers
    session.refuse_unguarded(headers.get("x-csrf", ""), visit.token)
    filename, key = unquote(headers.get("x-filename", "")), headers.get("x-key", "")
    protocol_id = visit.request.query_params.get("protocol_id", "")
    client = visit.api(Protocols)
    if protocol_id:
        kept = await client.renew(protocol_id, _chunks(visit), filename=filename, key=key)
    else:
        stem = filename.rpartition(".")[0] or filename
        title = " ".join(stem.replace("_", " ").split())[:120]
        kept = await client.keep(_chunks(visit), title=title, filename=filename, key=key)
    return visit.data({"path": f"{_PATH}/{kept.id}"})


async def _chunks(visit: Visit) -> AsyncIterator[bytes]:
    async for chunk in visit.request.stream():
        yield chunk


@action(f"{_PATH}/{{protocol_id:str}}/retirement", needs="protocols.write")
async def retire(visit: Visit, protocol_id: str) -> Shown:
    """Let a protocol be searched no more."""
    seen = int(visit.form.get("version") or 0)
    try:
        kept = await visit.api(Protocols).retire(protocol_id, match=seen, key=visit.key)
    except (errors.Conflict, errors.Stale) as problem:
        return await _show(visit, protocol_id, status=problem.status, problem=problem)
    return visit.go(_PATH, f"{kept.title} is not searched any more; its versions are kept")


ROUTES = [listed, show, download, add, retire]
