"""What is charged, over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.charges import BillingEvent, CreditLine, Estimate, NewCredit, Statement
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    may,
    page,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.billing import commands, model, store
from nanopore_tracking.services.sample.labs import store as lab_store

Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}$", description="A month, like 2026-11.")]

Item = Annotated[str, Meta(max_length=60, description="The item of the price list, like library-prep.")]
Code = Annotated[str, Meta(max_length=60, description="The charge code; blank for what has none.")]
Subject = Annotated[
    str, Meta(min_length=1, max_length=40, description="Part of the code of the sample or submission that it is of.")
]
SaidSubmission = Annotated[str, Meta(max_length=40, description="The id or the code (SUB-2026-00042) of a submission.")]


def _scope(request: Ask) -> store.Scope:
    return None if may(request, "charges.write") else call_of(request).scope


@get("/api/labs/{lab_id:uuid}/billing-events", policy="charges.read")
async def list_events(
    request: Ask,
    lab_id: UUID,
    month: Month,
    item: Item | None = None,
    charge_code: Code | None = None,
    id: UUID | None = None,
    q: Subject | None = None,
    sort: Literal["happened", "-happened"] = "happened",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[BillingEvent]]:
    """List what was charged to a lab in a month, event by event, and how much of it was taken back since."""
    db = runtime_of(request).db
    begins, ends = model.month(month, await store.zone(db))
    return page(
        await store.list_events(
            db,
            _scope(request),
            lab_id,
            begins=begins,
            ends=ends,
            filters={"item": item, "charge_code": charge_code, "id": id, "q": q},
            sort=sort,
            after=after,
            limit=limit,
        )
    )


@get("/api/labs/{lab_id:uuid}/statements/{month:str}", policy="charges.read")
async def show_statement(request: Ask, lab_id: UUID, month: Month) -> Response[Statement]:
    """Show the statement of a lab for one month, and whether the facts give the same when it is made again."""
    db = runtime_of(request).db
    lab = await lab_store.named(db, _scope(request), lab_id)
    begins, ends = model.month(month, await store.zone(db))
    events = await store.month_of(db, lab_id, begins=begins, ends=ends)
    again = await store.rebuild(db, lab_id, begins=begins, ends=ends)
    taken_back = await store.credits_of(db, lab_id, begins=begins, ends=ends)
    agrees = model.agree(taken_back, await store.charged_again(db, lab_id, taken_back))
    lines, credits = model.lines(events), model.credit_lines(taken_back)
    return answer(
        Statement(
            lab_id=lab_id,
            lab_name=lab,
            month=month,
            begins_at=begins,
            ends_at=ends,
            event_count=len(events),
            lines=lines,
            credits=credits,
            total_cents=model.totals([*lines, *credits]),
            without_code=sum(1 for event in events if not event.charge_code),
            without_price=sum(1 for event in events if event.unit_price_cents is None),
            rebuilt=agrees and store.told(events) == store.told(again),
        )
    )


@post("/api/labs/{lab_id:uuid}/billing-events/{event_id:uuid}/credits", policy="charges.credit", status_code=201)
async def credit_event(request: Ask, lab_id: UUID, event_id: UUID, data: NewCredit) -> Response[CreditLine]:
    """Take back what was charged by a billing event, in whole or in part; it counts in the month of today."""
    scope = _scope(request)
    return await write(request, lambda tx: commands.credit(tx, lab_id, event_id, asked=data, scope=scope))


@get("/api/submissions/{said:str}/estimate", policy="submissions.read")
async def show_estimate(request: Ask, said: SaidSubmission) -> Response[Estimate]:
    """Estimate what the work on a submission will cost by the prices of today: what is counted, what is not known."""
    call = call_of(request)
    return answer(await store.estimate(runtime_of(request).db, call.scope, said, day=call.at.date()))


ROUTES = [list_events, show_statement, credit_event, show_estimate]
