"""What the web front is made of."""

from litestar import Response, get

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Ask
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.web import assets, certificate, events
from nanopore_tracking.web.pages import (
    audit,
    bench,
    bench_batch,
    board,
    charges,
    clocks,
    contact,
    credit_notes,
    deliveries,
    flow_cells,
    form_performance,
    form_rereading,
    form_review,
    grid,
    instruments,
    kit_lots,
    known_forms,
    label_layouts,
    labels,
    language_model,
    libraries,
    library_many,
    live,
    lots,
    many,
    many_records,
    operations,
    outlooks,
    overrides,
    pools,
    protocols,
    reports,
    retention,
    run_folders,
    run_reports,
    runs,
    sagas,
    sample,
    sample_views,
    samples,
    search,
    settings,
    sign_in,
    status,
    storage,
    storage_keeping,
    submission,
    submission_files,
    submission_form,
    submission_review,
    submissions,
    system,
    tablet,
    tablets,
    webhooks,
)
from nanopore_tracking.web.settings import Settings
from nanopore_tracking.web.visit import Shown, Visit, page


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


@page("/{rest:path}")
async def nowhere(visit: Visit, rest: str) -> Shown:  # noqa: ARG001 (the router names it)
    """Tell that there is no such page."""
    raise errors.NotFound("There is nothing at this address.", type="no-such-address")


_PAGES = (
    sign_in,
    samples,
    sample_views,
    grid,
    many,
    many_records,
    overrides,
    sample,
    libraries,
    library_many,
    lots,
    pools,
    protocols,
    board,
    submissions,
    submission,
    audit,
    search,
    reports,
    retention,
    settings,
    system,
    tablet,
    tablets,
    operations,
    sagas,
    flow_cells,
    kit_lots,
    instruments,
    run_folders,
    run_reports,
    runs,
    live,
    contact,
    submission_files,
    submission_form,
    storage_keeping,
    storage,
    label_layouts,
    labels,
    clocks,
    bench,
    bench_batch,
    submission_review,
    form_rereading,
    form_review,
    form_performance,
    known_forms,
    language_model,
    outlooks,
    charges,
    credit_notes,
    webhooks,
    deliveries,
    status,
)

SERVICE = Service(
    name="web",
    paths=("/",),
    settings=Settings,
    routes=[static, events.events, *(route for module in _PAGES for route in module.ROUTES), nowhere],
    jobs=certificate.JOBS,
)
