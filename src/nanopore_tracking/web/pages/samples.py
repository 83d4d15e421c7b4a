"""The list of samples: find any of them in seconds, look at one beside the list, change many at once."""

from typing import Any

from nanopore_tracking.contracts.api.sample.samples import Sample, SampleListed
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.audit import Audit
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.visit import Shown, Visit, page

FILTERS = ("q", "stage", "status", "priority", "lab_id", "project_id", "submission_id")
TEMPLATE = "pages/samples.html"
_ROWS_AT_ONCE = 100


@page("/samples", needs="samples.read")
async def samples(visit: Visit) -> Shown:
    """Show one page of the list, narrowed and ordered as the address says."""
    address = Address.of(visit.request, (*FILTERS, "open"), default_sort="-updated")
    bench = visit.api(Bench)
    filters = address.query(*FILTERS)
    found = await bench.samples(**filters, sort=address.sort, after=address["after"])
    counted = await bench.count(**filters)
    return visit.page(
        TEMPLATE,
        title="Samples",
        topics="sample",
        address=address,
        found=found,
        counted=counted,
        beside=await _beside(visit, address["open"]),
        stages=[(code, name) for code, (name, _) in words.STAGES.items()],
        statuses=[(code, words.words(code)) for code in words.STATUSES],
        priorities=[(code, words.words(code)) for code in words.PRIORITIES],
    )


@page("/samples/rows", needs="samples.read")
async def rows(visit: Visit) -> Shown:
    """Answer with the named rows as they are now; each takes its place in the open list."""
    asked = visit.request.query_params.get("ids", "").split(",")[:_ROWS_AT_ONCE]
    found = await visit.api(Bench).samples(ids=[item for item in asked if item], limit=_ROWS_AT_ONCE)
    shown = Address.of(visit.request, (*FILTERS, "open"), default_sort="-updated")
    address = Address(path="/samples", values=shown.values, default_sort=shown.default_sort)
    return visit.block(TEMPLATE, "rows", items=found.items, address=address)


async def _beside(visit: Visit, code: str) -> dict[str, Any] | None:
    """Return what the panel beside the list shows; nothing for a code that is none."""
    if not code:
        return None
    try:
        sample = await visit.api(Bench).sample(code)
    except errors.NotFound:
        return None
    try:
        events = (await visit.api(Audit).history("sample", sample.id, limit=5)).items
    except errors.Unavailable:
        events = []
    return {"sample": sample, "steps": steps(sample), "events": events}


def steps(sample: Sample | SampleListed) -> list[dict[str, Any]]:
    """Return the eight working stages with what each is for this sample: past, now or ahead."""
    order = list(words.STAGES)
    at = order.index(sample.stage)
    shown = []
    for code in words.WORKING:
        place = order.index(code)
        when = "past" if place < at else "now" if place == at else "ahead"
        shown.append({"code": code, "when": when, "since": sample.stage_entered_at if when == "now" else None})
    return shown


ROUTES = [samples, rows]
