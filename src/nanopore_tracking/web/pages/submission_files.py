"""The files of a submission: added, downloaded, and removed while it is a draft."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http.uploads import attachment
from nanopore_tracking.web import session
from nanopore_tracking.web.clients.ai import Ai
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.pages import submission, submission_form
from nanopore_tracking.web.visit import Shown, Visit, action, page, upload


def _page(code: str, back: str) -> str:
    return f"/submissions/{code}/form#files-part" if back == "form" else f"/submissions/{code}#files-part"


@upload("/submissions/{code:str}/files", needs="documents.write")
async def add(visit: Visit, code: str) -> Shown:
    """Pass a file on as it comes in; the script is told where the list of files is."""
    headers, query = visit.request.headers, visit.request.query_params
    session.refuse_unguarded(headers.get("x-csrf", ""), visit.token)
    found = await visit.api(Intake).submission(code)
    kept = await visit.api(Ai).add_file(
        _chunks(visit),
        filename=unquote(headers.get("x-filename", "")),
        submission_id=str(found.id),
        purpose=query.get("purpose", "other"),
        key=headers.get("x-key", ""),
    )
    target, _, part = _page(found.code, query.get("back", "")).partition("#")
    return visit.data({"path": f"{target}?added={kept.id}#{part}"})


async def _chunks(visit: Visit) -> AsyncIterator[bytes]:
    async for chunk in visit.request.stream():
        yield chunk


@page("/submissions/{code:str}/files/{file_id:str}", needs="documents.read")
async def download(visit: Visit, code: str, file_id: str) -> Shown:
    """Hand a file out, to be saved."""
    kept = await visit.api(Ai).file(file_id)
    if kept.submission_code != code.upper():
        raise errors.NotFound("There is no such file of this submission.")
    content, media_type = await visit.api(Ai).file_content(file_id)
    answer: Any = visit.file(content, media_type, "file")
    answer.headers.update(attachment(kept.filename))
    return answer  # type: ignore[no-any-return]


@action("/submissions/{code:str}/files/{file_id:str}/removal", needs="documents.write")
async def remove(visit: Visit, code: str, file_id: str) -> Shown:
    """Remove a file of a draft."""
    back, seen = visit.form.get("back", ""), int(visit.form.get("version") or 0)
    try:
        await visit.api(Ai).remove_file(file_id, match=seen, key=visit.key)
    except errors.Conflict as problem:
        show = submission_form.show if back == "form" else submission.show
        return await show(visit, code, status=problem.status, problem=problem)
    return visit.go(_page(code, back), "The file was removed")


ROUTES = [add, download, remove]
