"""Reports over HTTP."""

from typing import Annotated, Literal

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.reports import Attention, Failures, Throughput, WeeklyLoad
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, page, runtime_of
from nanopore_tracking.services.sample.reports import model, store

Weeks = Annotated[int, Meta(ge=1, le=model.MOST_WEEKS, description="How many weeks, up to the present one.")]


@get("/api/samples/reports/throughput", policy="samples.read")
async def show_throughput(request: Ask, weeks: Weeks = 12) -> Response[Throughput]:
    """Show how many samples were received, delivered, lost and reworked in each week."""
    call = call_of(request)
    return answer(await store.throughput(runtime_of(request).db, call.scope, model.period(weeks, call.at)))


@get("/api/samples/reports/load", policy="samples.read")
async def show_load(request: Ask, weeks: Weeks = 12) -> Response[WeeklyLoad]:
    """Show how many samples came to each stage in each week."""
    call = call_of(request)
    return answer(await store.load(runtime_of(request).db, call.scope, model.period(weeks, call.at)))


@get("/api/samples/reports/failures", policy="samples.read")
async def show_failures(request: Ask, weeks: Weeks = 12) -> Response[Failures]:
    """Show from which stage, how and why samples left the way."""
    call = call_of(request)
    return answer(await store.failures(runtime_of(request).db, call.scope, model.period(weeks, call.at)))


@get("/api/samples/attention", policy="samples.read")
async def list_attention(
    request: Ask, sort: Literal["updated", "-updated"] = "updated", after: After | None = None, limit: Limit = 50
) -> Response[Paged[Attention]]:
    """List the samples that are late, on hold for more than three days, failed within seven, or short of their target.

    Those come first to which nothing happened for longest. A sample is there once, for the gravest of its causes. What
    was basecalled is compared with what its submission asks for, for each sample, until a person decided to go on.
    """
    call = call_of(request)
    found = await store.attention(runtime_of(request).db, call.scope, call.at, sort=sort, after=after, limit=limit)
    return page(found)


ROUTES = [show_throughput, show_load, show_failures, list_attention]
