"""The list of samples: find any of them in seconds, look at one beside the list, change many at once."""

import asyncio
from dataclasses import dataclass
from typing import Any

from nanopore_tracking.contracts.api.config import View
from nanopore_tracking.contracts.api.sample.samples import Sample, SampleListed
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.audit import Audit
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.views import Views
from nanopore_tracking.web.pages import sample_columns
from nanopore_tracking.web.visit import Shown, Visit, page

#: What a search in natural words narrows the list by besides; it stands above the list, each with a way to drop it.
NARROWED = ("assignee", "substance", "service_type", "entered", "created")
FILTERS = ("q", "stage", "status", "priority", "overdue", "lab_id", "project_id", "submission_id", *NARROWED)
#: What else the address of the list says. view: the saved view that is open, `none` for the list as it is by itself;
#: choose: whether columns or views are chosen beside it.
BESIDE = ("open", "columns", "view", "choose")
LIST = "samples"
PATH = "/samples"
NO_VIEW = "none"
TEMPLATE = "pages/samples.html"
DEFAULT_SORT = "-updated"
_ROWS_AT_ONCE = 100
#: Views that stand above the list; the others are in the panel of views.
_VIEWS_ABOVE = 6


@page(PATH, needs="samples.read")
async def samples(visit: Visit) -> Shown:
    """Show one page of the list as the address says; where it says nothing, as the person's first view does."""
    if not visit.request.url.query and not visit.fragment:
        first = next((view for view in await saved(visit) or () if view.is_default), None)
        if first is not None:
            return visit.go(address_of(first))
    return await show(visit, Address.of(visit.request, (*FILTERS, *BESIDE), default_sort=DEFAULT_SORT))


async def show(visit: Visit, address: Address, *, status: int = 200, **given: Any) -> Shown:
    """Show one page of the list; given: what was refused of a view, and as what it was sent."""
    bench = visit.api(Bench)
    filters = address.query(*FILTERS)
    found, counted, beside, views = await asyncio.gather(
        bench.samples(**filters, sort=address.sort, after=address["after"]),
        bench.count(**filters),
        _beside(visit, address["open"]),
        saved(visit),
    )
    shown: dict[str, Any] = {
        "columns": sample_columns.chosen(address),
        "views": _Views.of(views, address),
        "problem": None,
        "typed": {},
    }
    return visit.page(
        TEMPLATE,
        title="Samples",
        status=status,
        topics="sample",
        address=address,
        found=found,
        counted=counted,
        beside=beside,
        stages=[(code, name) for code, (name, _) in words.STAGES.items()],
        statuses=[(code, words.words(code)) for code in words.STATUSES],
        priorities=[(code, words.words(code)) for code in words.PRIORITIES],
        narrowed=NARROWED,
        **(shown | given),
    )


async def saved(visit: Visit) -> list[View] | None:
    """Return the views that the person can open; None where they cannot be read now."""
    try:
        return (await visit.api(Views).views(LIST)).items
    except errors.Unavailable:
        return None


def address_of(view: View) -> str:
    """Return the address that shows a view."""
    said = {name: value for name, value in view.filters.items() if name in FILTERS}
    said |= {"sort": view.sort, "columns": sample_columns.joined(sample_columns.named(".".join(view.columns)))}
    return Address(path=PATH, values={}).with_(**said, view=str(view.id))


def state_of(address: Address) -> dict[str, Any]:
    """Return what a view keeps of an address: filters, order and columns."""
    return {
        "filters": address.query(*FILTERS),
        "sort": address["sort"],
        "columns": sample_columns.named(address["columns"]),
    }


@dataclass(frozen=True, kw_only=True)
class _Views:
    """The views as the page shows them, each with its address.

    above: the person's own first, and the open one in any case; everything: the address of the list without any;
    changed: what is shown is not what the open one keeps.
    """

    items: list[tuple[View, str]]
    above: list[tuple[View, str]]
    known: bool
    open: View | None
    changed: bool
    everything: str

    @classmethod
    def of(cls, found: list[View] | None, address: Address) -> "_Views":
        views = found or []
        opened = next((view for view in views if str(view.id) == address["view"]), None)
        kept = opened and {"filters": opened.filters, "sort": opened.sort, "columns": opened.columns}
        begins = any(view.is_default for view in views)
        items = [(view, address_of(view)) for view in views]
        ranked = sorted(items, key=lambda item: (item[0] != opened, not item[0].is_default, not item[0].mine))
        most = {view.id for view, _ in ranked[:_VIEWS_ABOVE]}
        return cls(
            items=items,
            above=[item for item in items if item[0].id in most],
            known=found is not None,
            open=opened,
            changed=opened is not None and kept != state_of(address),
            everything=f"{PATH}?view={NO_VIEW}" if begins else PATH,
        )


@page("/samples/rows", needs="samples.read")
async def rows(visit: Visit) -> Shown:
    """Answer with the named rows as they are now; each takes its place in the open list."""
    asked = visit.request.query_params.get("ids", "").split(",")[:_ROWS_AT_ONCE]
    found = await visit.api(Bench).samples(ids=[item for item in asked if item], limit=_ROWS_AT_ONCE)
    address = Address.said(PATH, visit.request.query_params, (*FILTERS, *BESIDE), default_sort=DEFAULT_SORT)
    columns = sample_columns.chosen(address)
    return visit.block(TEMPLATE, "rows", items=found.items, address=address, columns=columns)


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
