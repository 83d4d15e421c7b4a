"""Forms that wait because values of them were drawn by lot."""

from nanopore_tracking.web.clients.forms import Forms
from nanopore_tracking.web.pages.form_review import title
from nanopore_tracking.web.visit import Shown, Visit, page


@page("/submissions/lots", needs="documents.review")
async def lots(visit: Visit) -> Shown:
    """Show which forms wait for somebody to look at what would be accepted unseen."""
    found = await visit.api(Forms).lots()
    return visit.page(
        "pages/lots.html", title="Drawn by lot", found=found.items, more=found.next is not None, title_of=title
    )


ROUTES = [lots]
