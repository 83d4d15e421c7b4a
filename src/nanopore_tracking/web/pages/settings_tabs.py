"""The pages of settings that a person can use."""

from dataclasses import dataclass

from nanopore_tracking.web.visit import Visit

_TABS = (
    ("/settings/facility", "Facility", "settings.read"),
    ("/settings/labs", "Labs", "labs.read"),
    ("/settings/projects", "Projects", "projects.read"),
    ("/settings/accounts", "People", "accounts.read"),
    ("/settings/tablets", "Tablets", "tablets.read"),
    ("/settings/catalogues", "Catalogues", "catalogues.read"),
    ("/settings/forms", "Forms", "documents.read"),
    ("/settings/model", "Language model", "operations.read"),
    ("/settings/backups", "Backups", "backups.read"),
    ("/settings/operations", "Operations", "operations.read"),
    ("/settings/mail", "Mail", "submissions.accept"),
    ("/settings/webhooks", "Webhooks", "webhooks.read"),
    ("/settings/tokens", "API tokens", ""),
)


@dataclass(frozen=True)
class Tab:
    """A page of settings. here: it is the present one; count: how many things wait there for a decision."""

    path: str
    word: str
    here: bool
    count: int


def tabs(visit: Visit) -> list[Tab]:
    """Return the pages that the person can use."""
    here = visit.request.url.path
    counts = {"/settings/operations": visit.parked}
    return [
        Tab(path, word, here.startswith(path), counts.get(path, 0))
        for path, word, needs in _TABS
        if not needs or visit.can(needs)
    ]
