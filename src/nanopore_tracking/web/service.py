"""What the web front is made of."""

from litestar import Response, get

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Ask
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.web import assets, events
from nanopore_tracking.web.pages import (
    audit,
    board,
    many,
    sample,
    samples,
    search,
    settings,
    sign_in,
    submission,
    submissions,
    system,
)
from nanopore_tracking.web.settings import Settings


@get("/static/{name:str}", policy="public", query="any")
async def static(request: Ask, name: str) -> Response[bytes]:
    """Hand out a built file; its name holds a digest of its content, so that it never changes."""
    compressed = "gzip" in request.headers.get("accept-encoding", "")
    found = assets.served(name, compressed)
    if found is None:
        raise errors.NotFound("There is no such file.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(found[0], media_type=found[1], headers=headers)


_PAGES = (sign_in, samples, many, sample, board, submissions, submission, audit, search, settings, system)

SERVICE = Service(
    name="web",
    paths=("/",),
    settings=Settings,
    routes=[static, events.events, *(route for page in _PAGES for route in page.ROUTES)],
)
