"""How long the stages took, over HTTP."""

from datetime import date
from uuid import UUID

from litestar import Response, get

from nanopore_tracking.contracts.api.sample.clocks import Turnaround
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.sample.turnaround import model, store


@get("/api/samples/turnaround", policy="samples.read")
async def show_turnaround(
    request: Ask, first_day: date | None = None, last_day: date | None = None, lab_id: UUID | None = None
) -> Response[Turnaround]:
    """Tell how long the stages took whose clocks stopped on these days (UTC), the last 30 unless asked otherwise."""
    call = call_of(request)
    first, last = model.days(first_day, last_day, call.at.date())
    labs = call.scope
    if lab_id is not None:
        labs = [lab_id] if labs is None or lab_id in labs else []
    return answer(await store.report(runtime_of(request).db, labs, first=first, last=last))


ROUTES = [show_turnaround]
