"""Templates over HTTP, and trying one on a document before it is kept."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post, put

from nanopore_tracking.contracts.api.ai.templates import (
    ChangedTemplate,
    NewTemplate,
    Template,
    Trial,
    TrialOutcome,
    TrialValue,
)
from nanopore_tracking.kernel import errors, sandbox
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.kernel.objects import open_objects
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.services.ai.documents import store as document_store
from nanopore_tracking.services.ai.extractions.model import FORMS
from nanopore_tracking.services.ai.forms.model import Kind, Options, Refusal
from nanopore_tracking.services.ai.readings.model import FormReading
from nanopore_tracking.services.ai.recognitions import commands as recognitions
from nanopore_tracking.services.ai.recognitions.model import installed
from nanopore_tracking.services.ai.scans.model import INSTALL, Scan, Wanted
from nanopore_tracking.services.ai.settings import Settings
from nanopore_tracking.services.ai.templates import commands, store

_READER = "nanopore_tracking.services.ai.forms.model:read_form"
_NOT_HERE = f"This is a scan, on which no template can be tried here. {INSTALL} Nothing was changed."
_Told = FormReading | Refusal | Wanted
_told: msgspec.json.Decoder[_Told] = msgspec.json.Decoder(_Told)


@get("/api/documents/templates", policy="documents.read")
async def list_templates(
    request: Ask,
    active: bool | None = None,
    sort: Literal["name", "-name"] = "name",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Template]]:
    """List the forms that are known."""
    db = runtime_of(request).db
    return page(await store.list_templates(db, filters={"active": active}, sort=sort, after=after, limit=limit))


@get("/api/documents/templates/{template_id:uuid}", policy="documents.read")
async def show_template(request: Ask, template_id: UUID) -> Response[Template]:
    """Show what is known of a form."""
    item = await store.show(runtime_of(request).db, template_id)
    return answer(item, version=msgspec.json.decode(item)["version"])


@post("/api/documents/templates", policy="templates.write", status_code=201)
async def create_template(request: Ask, data: NewTemplate) -> Response[Template]:
    """Let a form be known from now on."""
    return await write(request, lambda tx: commands.create(tx, data))


@put("/api/documents/templates/{template_id:uuid}", policy="templates.write", match=True)
async def change_template(request: Ask, template_id: UUID, data: ChangedTemplate) -> Response[Template]:
    """Change what is known of a form; readings that were made stay as they are."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.change(tx, template_id, data, seen=seen))


@post("/api/documents/templates/trials", policy="templates.write", status_code=200)
async def try_template(request: Ask, data: Trial) -> Response[TrialOutcome]:
    """Read a document with a template that is not kept; nothing is changed.

    Of a scan or picture what was recognised when it was read is taken.
    """
    runtime = runtime_of(request)
    shown = await document_store.show_document(runtime.db, call_of(request).scope, data.document_id)
    if shown is None or shown.kind not in FORMS:
        raise errors.NotFound("There is no such document, or it is no form.")
    known = store.as_known("trial", 1, data.content)
    kind = msgspec.convert(shown.kind, Kind, strict=True)
    content = await open_objects(runtime.settings.objects_url).get(shown.readable_sha256)
    told = await _read(runtime, content, Options(kind=kind, templates=[known]))
    if isinstance(told, Wanted):
        scans = await _scans(runtime, shown.readable_sha256, told.pages)
        told = await _read(runtime, content, Options(kind=kind, templates=[known], scans=scans))
    if isinstance(told, Refusal):
        raise errors.Invalid(told.message)
    assert isinstance(told, FormReading), "The reader wants pages that it was given."
    if not installed() and told.pages and all(page.scanned for page in told.pages):
        raise errors.Invalid(_NOT_HERE)
    return answer(_outcome(told))


async def _read(runtime: Runtime, content: bytes, asked: Options) -> _Told:
    settings: Settings = runtime.settings
    options = msgspec.json.encode(asked)
    try:
        told = await sandbox.answer(_READER, content, options=options, limits=settings.form_limits())
        return _told.decode(told[-1])
    except sandbox.Stopped:
        raise errors.Invalid("The document cannot be read within the allowed memory and time.") from None


async def _scans(runtime: Runtime, sha256: str, pages: Sequence[int]) -> list[Scan]:
    """Return what was recognised on pages of a document, by whichever recogniser; Invalid where one was not."""
    objects = open_objects(runtime.settings.objects_url)
    found = [await recognitions.find(runtime.db, objects, sha256, page=page, recogniser=1) for page in pages]
    lacking = [str(page) for page, scan in zip(pages, found, strict=True) if scan is None]
    if lacking and not installed():
        raise errors.Invalid(_NOT_HERE)
    if lacking:
        raise errors.Invalid(
            f"What stands on page {', '.join(lacking)} of this scan was not recognised yet, so that no template can be "
            "tried on it. Nothing was changed: upload the document once more, and try when it is read."
        )
    return [scan for scan in found if scan is not None]


def _outcome(told: FormReading) -> TrialOutcome:
    cells = [each for row in told.rows for each in row.cells.values()]
    return TrialOutcome(
        recognised=told.template == "trial",
        fields=[
            TrialValue(field=each.field, raw=each.raw or "", state=each.state, doubt=each.doubt) for each in told.fields
        ],
        row_count=len(told.rows),
        doubts=sum(each.state == "needs_review" for each in [*told.fields, *cells]),
        warnings=told.warnings,
    )


ROUTES = [list_templates, show_template, create_template, change_template, try_template]
