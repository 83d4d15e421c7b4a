"""Search or scan: a code leads straight to its object, other words to what matches them."""

from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.many import Many
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.visit import Shown, Visit, page

_PLACES = {
    "sample": "/samples/",
    "submission": "/submissions/",
    "library": "/libraries/",
    "pool": "/pools/",
    "batch": "/bench/batches/",
}
#: Where what was found is shown; by its code, or as a filter by its id.
_LINKS = {
    "sample": "/samples/{code}",
    "note": "/samples/{code}",
    "library": "/libraries/{code}",
    "pool": "/pools/{code}",
    "submission": "/submissions/{code}",
    "project": "/samples?project_id={id}",
    "lab": "/samples?lab_id={id}",
}
_WORDS = {
    "sample": "Samples",
    "note": "Samples by their notes",
    "library": "Libraries",
    "pool": "Pools",
    "submission": "Submissions",
    "project": "Projects",
    "lab": "Labs",
}


@page("/search", needs="samples.read")
async def search(visit: Visit) -> Shown:
    """Go to the object of a code, or show what matches; a scanner gets the object's address as data, or 404."""
    text = visit.request.query_params.get("q", "").strip()[:100]
    scanned = visit.request.query_params.get("scan") == "1"
    if text:
        try:
            found = await visit.api(Intake).lookup(text)
            path = f"/storage/{found.id}" if found.kind == "place" else _PLACES[found.kind] + found.code
            return visit.data({"path": path}) if scanned else visit.go(path)
        except (errors.NotFound, errors.Invalid):
            if scanned:
                raise errors.NotFound(f"Unknown code: {text}") from None
    groups = (await visit.api(Many).search(text)).groups if text else []
    return visit.page("pages/search.html", title="Search", text=text, groups=groups, places=_LINKS, words=_WORDS)


ROUTES = [search]
