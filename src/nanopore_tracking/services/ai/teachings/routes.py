"""What a form has that nobody knew, and what people say that it is, over HTTP."""

from uuid import UUID

import msgspec
from litestar import Response, get, post

from nanopore_tracking.contracts.api.ai.teachings import SimilarForm, Suggestions, Taught, Teachings
from nanopore_tracking.kernel.http import Ask, answer, call_of, principal_of, runtime_of, write
from nanopore_tracking.services.ai.extractions.model import JOB
from nanopore_tracking.services.ai.hints import store as hints
from nanopore_tracking.services.ai.lessons.model import voice_of
from nanopore_tracking.services.ai.prints import store as prints
from nanopore_tracking.services.ai.reviews import store as reviews
from nanopore_tracking.services.ai.settings import Settings
from nanopore_tracking.services.ai.teachings import commands


@get("/api/extractions/{extraction_id:uuid}/suggestions", policy="documents.read")
async def show_suggestions(request: Ask, extraction_id: UUID) -> Response[Suggestions]:
    """Show which texts of a form nobody knew, what each may be, and the accepted form that this one is most like."""
    call, db = call_of(request), runtime_of(request).db
    await reviews.show_texts(db, call.scope, extraction_id)
    near = await prints.similar_to(db, call.scope, extraction_id)
    similar = None if near is None else msgspec.convert(near, SimilarForm, from_attributes=True)
    unknown = msgspec.Raw((await hints.show(db, extraction_id)).encode())
    return answer(msgspec.json.encode({"unknown": unknown, "similar": similar}).decode())


@post("/api/extractions/{extraction_id:uuid}/teachings", policy="documents.review", status_code=200)
async def teach(request: Ask, extraction_id: UUID, data: Teachings) -> Response[Taught]:
    """Say what texts of a form name: labels are filled in, for headings or a known form it is read again."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    voice = voice_of(principal_of(request).permissions, settings.lessons_apart)
    sent = await write(request, lambda tx: commands.teach(tx, extraction_id, data, voice=voice))
    runtime.wake(JOB)
    return sent


ROUTES = [show_suggestions, teach]
