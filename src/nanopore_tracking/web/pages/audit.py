"""The audit log: who did what to what, when, from which request, before and after."""

from datetime import datetime

from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.audit import Audit
from nanopore_tracking.web.visit import Shown, Visit, page

FILTERS = ("object_code", "actor", "object_kind", "type", "source", "request_id", "since", "until")
KINDS = (
    "sample",
    "submission",
    "delivery",
    "project",
    "lab",
    "account",
    "session",
    "token",
    "webhook",
    "setting",
    "catalogue",
    "document",
    "extraction",
    "backup",
    "dead_letter",
    "saga",
)
SOURCES = ("sample", "ai", "audit", "backup", "config")


@page("/audit", needs="audit.read")
async def audit(visit: Visit) -> Shown:
    """Show one page of the log."""
    address = Address.of(visit.request, FILTERS, default_sort="-sequence")
    client = visit.api(Audit)
    problem, found = None, None
    state = await client.state()
    # What is read now has what the log had then, which may be less than its sources have.
    read = {source.source: source.source_sequence for source in state.sources}
    visit.positions.update({source: read.get(source, 0) for source in SOURCES})
    try:
        filters = {
            name: _moment(value) if name in ("since", "until") else value
            for name, value in address.query(*FILTERS).items()
        }
        found = await client.entries(filters, after=address["after"])
    except errors.Invalid as refused:
        problem = refused
    return visit.page(
        "pages/audit.html",
        title="Audit log",
        status=422 if problem else 200,
        topics="sample,ai,backup,config",
        address=address,
        found=found,
        state=state,
        kinds=[(kind, words.words(kind)) for kind in KINDS],
        sources=[(name, name) for name in SOURCES],
        zone=words.zone_name(),
        problem=problem,
    )


def _moment(text: str) -> str:
    """Return a typed time as the API wants it: a day or a time without a zone is in the facility's."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as failure:
        raise errors.Invalid(f"{text} is no time. Write it as 2026-11-24 or 2026-11-24T09:30.") from failure
    return (value if value.tzinfo else value.replace(tzinfo=words.zone.get())).isoformat()


@page("/audit/{sequence:int}", needs="audit.read")
async def entry(visit: Visit, sequence: int) -> Shown:
    """Show one entry whole."""
    found = await visit.api(Audit).entry(sequence)
    return visit.page("pages/audit_entry.html", title=f"Entry {sequence}", entry=found)


ROUTES = [audit, entry]
