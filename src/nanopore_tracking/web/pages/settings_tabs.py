"""The pages of settings that a person can use."""

from nanopore_tracking.web.visit import Visit

_TABS = (
    ("/settings/facility", "Facility", "settings.read"),
    ("/settings/labs", "Labs", "labs.read"),
    ("/settings/projects", "Projects", "projects.read"),
    ("/settings/accounts", "People", "accounts.read"),
    ("/settings/catalogues", "Catalogues", "catalogues.read"),
    ("/settings/backups", "Backups", "backups.read"),
    ("/settings/tokens", "API tokens", ""),
)


def tabs(visit: Visit) -> list[tuple[str, str, bool]]:
    """Return path and word of each page that the person can use, and whether it is the present one."""
    here = visit.request.url.path
    return [(path, word, here.startswith(path)) for path, word, needs in _TABS if not needs or visit.can(needs)]
