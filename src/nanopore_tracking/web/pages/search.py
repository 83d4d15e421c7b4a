"""Search or scan: a code leads straight to its object, other words to what matches them."""

from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.visit import Shown, Visit, page

_PLACES = {"sample": "/samples/", "submission": "/submissions/"}


@page("/search", needs="samples.read")
async def search(visit: Visit) -> Shown:
    """Go to the object of a code, or show what matches; a scanner gets the object's address as data, or 404."""
    text = visit.request.query_params.get("q", "").strip()[:100]
    scanned = visit.request.query_params.get("scan") == "1"
    if text:
        try:
            found = await visit.api(Intake).lookup(text)
            path = _PLACES[found.kind] + found.code
            return visit.data({"path": path}) if scanned else visit.go(path)
        except (errors.NotFound, errors.Invalid):
            if scanned:
                raise errors.NotFound(f"Unknown code: {text}") from None
    samples = (await visit.api(Bench).samples(q=text, limit=20)).items if text else []
    submissions = (await visit.api(Intake).submissions(q=text, limit=10)).items if text else []
    return visit.page("pages/search.html", title="Search", text=text, samples=samples, submissions=submissions)


ROUTES = [search]
