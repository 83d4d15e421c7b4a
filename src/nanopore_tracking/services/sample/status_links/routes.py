"""Status links over HTTP: made and revoked by the lab or the facility, opened by whoever has one."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.status_links import (
    NewStatusLink,
    StatusLink,
    StatusLinkMade,
    StatusLinkUse,
    StatusReceipt,
    SubmissionStatus,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.status_links import commands, model, store
from nanopore_tracking.services.sample.submissions import store as submission_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]
Token = Annotated[str, Meta(max_length=200, description="The token of a link.")]

_misses = model.Misses()


async def _submission(request: Ask, said: str) -> UUID:
    return await submission_store.find_submission(runtime_of(request).db, call_of(request).scope, said)


@get("/api/submissions/{said:str}/status-links", policy="submissions.read")
async def list_links(
    request: Ask,
    said: Said,
    sort: Literal["created", "-created"] = "-created",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[StatusLink]]:
    """List the status links of a submission, newest first unless asked otherwise."""
    db, scope, submission_id = runtime_of(request).db, call_of(request).scope, await _submission(request, said)
    return page(await store.list_links(db, scope, submission_id, sort=sort, after=after, limit=limit))


@post("/api/submissions/{said:str}/status-links", policy="submissions.write", status_code=201)
async def make_link(request: Ask, said: Said, data: NewStatusLink) -> Response[StatusLinkMade]:
    """Make a link that shows the status of a submission to whoever has it; its token is shown this once."""
    submission_id = await _submission(request, said)
    return await write(request, lambda tx: commands.make_link(tx, submission_id, data), secret=True)


@post("/api/submissions/{said:str}/status-links/{link_id:uuid}/revocation", policy="submissions.write", status_code=200)
async def revoke_link(request: Ask, said: Said, link_id: UUID) -> Response[StatusLink]:
    """Let a link show nothing any more."""
    submission_id = await _submission(request, said)
    return await write(request, lambda tx: commands.revoke_link(tx, submission_id, link_id))


@get("/api/submissions/{said:str}/status-links/{link_id:uuid}/uses", policy="submissions.read")
async def list_uses(
    request: Ask,
    said: Said,
    link_id: UUID,
    sort: Literal["minute", "-minute"] = "-minute",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[StatusLinkUse]]:
    """List the minutes in which a link was opened, the last one first unless asked otherwise."""
    db, scope, submission_id = runtime_of(request).db, call_of(request).scope, await _submission(request, said)
    asked = {"link_id": link_id, "sort": sort, "after": after, "limit": limit}
    return page(await store.list_uses(db, scope, submission_id, **asked))


@get("/api/status/{token:str}", policy="public", secret_path=True)
async def show_status(request: Ask, token: Token) -> Response[SubmissionStatus]:
    """Show the status of a submission to whoever has a link to it; every other token is answered the same."""
    runtime = runtime_of(request)
    async with runtime.db.transaction(call_of(request)) as tx:
        found = await commands.open_link(tx, token)
    if found is None:
        _misses.count()
        raise model.missing()
    return answer(found)


@post("/api/status/{token:str}/receipts", policy="public", status_code=200, secret_path=True)
async def confirm(request: Ask, token: Token, data: StatusReceipt) -> Response[SubmissionStatus]:
    """Confirm that the data of a delivery have arrived, by whoever has the link; a second time changes nothing."""
    runtime = runtime_of(request)
    async with runtime.db.transaction(call_of(request)) as tx:
        found = await commands.confirm(tx, token, data)
    if found is None:
        _misses.count()
        raise model.missing()
    return answer(found)


ROUTES = [list_links, make_link, revoke_link, list_uses, show_status, confirm]
