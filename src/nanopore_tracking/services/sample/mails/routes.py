"""Mails over HTTP: the log of a submission and of the facility, and whether mails are sent at all."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import QueryParameter
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.mails import Mail, MailOutlet, MailState
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, page, runtime_of, write
from nanopore_tracking.services.sample.mails import commands, model, store
from nanopore_tracking.services.sample.settings import Settings
from nanopore_tracking.services.sample.submissions import store as submission_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]
Sort = Literal["created", "-created"]


@get("/api/mails", policy="submissions.read")
async def list_mails(
    request: Ask,
    wanted: Annotated[MailState | None, QueryParameter(name="state")] = None,
    submission_id: UUID | None = None,
    sort: Sort = "-created",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Mail]]:
    """List mails to customers, newest first unless asked otherwise."""
    db, scope = runtime_of(request).db, call_of(request).scope
    filters = {"state": wanted, "submission_id": submission_id}
    return page(await store.list_mails(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/mails/outlet", policy="submissions.read")
async def show_outlet(request: Ask) -> Response[MailOutlet]:
    """Show whether mails are sent, and how many wait or failed."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    outlet = settings.outlet()
    waiting, failed = await store.count_by_state(runtime.db, call_of(request).scope)
    return answer(
        MailOutlet(
            enabled=outlet is not None,
            sender=settings.mail_from,
            host=outlet.host if outlet else "",
            waiting_count=waiting,
            failed_count=failed,
        )
    )


@post("/api/submissions/{said:str}/mails/{mail_id:uuid}/again", policy="submissions.accept", status_code=200)
async def again(request: Ask, said: Said, mail_id: UUID) -> Response[Mail]:
    """Try a mail again that was not sent."""
    runtime = runtime_of(request)
    submission_id = await submission_store.find_submission(runtime.db, call_of(request).scope, said)
    done = await write(request, lambda tx: commands.again(tx, submission_id, mail_id))
    runtime.wake(model.JOB)
    return done


ROUTES = [list_mails, show_outlet, again]
