"""How well forms are read, over HTTP: numbers, calibrations, what is accepted unseen, and every correction."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, put
from msgspec import Meta

from nanopore_tracking.contracts.api.ai.performance import (
    Acceptance,
    By,
    Calibration,
    ChangedAcceptance,
    Correction,
    PerformanceReport,
)
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.ai.acceptances import commands
from nanopore_tracking.services.ai.acceptances import store as acceptance_store
from nanopore_tracking.services.ai.acceptances.jobs import JOB
from nanopore_tracking.services.ai.outcomes import model as outcomes
from nanopore_tracking.services.ai.outcomes import store
from nanopore_tracking.services.ai.performances import model

Days = Annotated[int, Meta(ge=1, le=1100, description="How many days back forms were accepted that count.")]
Word = Annotated[str, Meta(max_length=60)]


@get("/api/documents/performance", policy="operations.read")
async def show_performance(request: Ask, by: list[By] | None = None, days: Days = 90) -> Response[PerformanceReport]:
    """Show how well forms were read, added up by what is asked for: week, method, field, template, version."""
    since = datetime.now(UTC) - timedelta(days=days)
    found = await store.measured(runtime_of(request).db, by or ["method"], since)
    items = [model.report_item(each) for each in found]
    return answer(PerformanceReport(since=since, definition=model.DEFINITION, items=items))


@get("/api/documents/calibration", policy="operations.read")
async def show_calibration(request: Ask) -> Response[Calibration]:
    """Show what confidences mean, what is accepted unseen, and whether forms are read worse than before."""
    db = runtime_of(request).db
    last, policy = await acceptance_store.last(db), await acceptance_store.policy(db)
    drift = outcomes.drift(await store.corrected_shares(db))
    return answer(model.calibration(last, policy, count=await store.count(db), drift=drift), version=policy.version)


@put("/api/documents/acceptance", policy="templates.write", match=True)
async def change_acceptance(request: Ask, data: ChangedAcceptance) -> Response[Acceptance]:
    """Say which share of what is accepted unseen may be wrong, or that everything is looked at."""
    seen = match_of(request)
    sent = await write(request, lambda tx: commands.change(tx, data.error_rate, seen))
    runtime_of(request).wake(JOB)
    return sent


@get("/api/documents/corrections", policy="documents.review")
async def list_corrections(
    request: Ask,
    action: Literal["confirm", "correct", "undo"] | None = None,
    field: Word | None = None,
    method: Word | None = None,
    extraction_id: UUID | None = None,
    sort: Literal["decided", "-decided"] = "-decided",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Correction]]:
    """List what people said of values, the last first: who, when, what was read and what counts since."""
    filters = {"action": action, "field": field, "method": method, "extraction_id": extraction_id}
    db, scope = runtime_of(request).db, call_of(request).scope
    return page(await store.list_corrections(db, scope, filters=filters, sort=sort, after=after, limit=limit))


ROUTES = [show_performance, show_calibration, change_acceptance, list_corrections]
