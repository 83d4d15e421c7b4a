"""The bench: a tube is scanned, what is due is done and sent in its order, also after the network was lost."""

import asyncio
import re
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.stages import Target, Transition
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import assets, session, words
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.chain import Chain
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.pages.bench_due import Limits, tube
from nanopore_tracking.web.visit import Asked, Shown, Visit, action, page

_SAMPLE_CODE = re.compile(r"S\d\d-\d{6,}")
_LIBRARY_CODE = re.compile(r"L\d\d-\d{6,}")
Text = Annotated[str, Meta(min_length=1, max_length=100)]


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """Where a tube is moved on to."""

    to: Target


class Entry(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One thing that was done at the bench; person_id: who did it; key: the same however often it is sent."""

    kind: Literal["custody", "measurement", "move"]
    code: Text
    key: Annotated[str, Meta(min_length=8, max_length=100)]
    person_id: Text
    body: dict[str, Any]


@page("/bench", needs="custody.write")
async def bench(visit: Visit) -> Shown:
    """Show the bench."""
    return shown(visit, "pages/bench.html", title="Bench")


def shown(visit: Visit, name: str, **context: Any) -> Shown:
    """Answer with a page of the bench: it may start the worker that keeps it usable without network."""
    answer = visit.page(name, whose=_whose(visit), shared=bool(visit.device), **context)
    policy = answer.headers["Content-Security-Policy"]
    answer.headers["Content-Security-Policy"] = policy.replace("trusted-types htmx", "trusted-types htmx bench")
    return answer


def _whose(visit: Visit) -> dict[str, str]:
    person = visit.person
    return {"id": person.account_id, "name": person.name, "initials": words.initials(person.name)}


@page("/bench/session")
async def whose_session(visit: Visit) -> Shown:
    """Tell a page from before whose session this is now, and the mark of its forms."""
    return visit.data({"person": _whose(visit), "csrf": session.csrf_token(visit.token)})


@page("/bench/tubes", needs="custody.write")
async def scanned(visit: Visit) -> Shown:
    """Tell what a scanned code is, and what is due for it."""
    code = visit.request.query_params.get("code", "").strip()[:100]
    found = await visit.api(Intake).lookup(code)
    if found.kind == "sample":
        return visit.data({"kind": "sample", "tube": await due(visit, found.code)})
    return visit.data({"kind": found.kind, "code": found.code, "name": found.name, "said": code})


async def due(visit: Visit, code: str) -> dict[str, Any]:
    """Return a tube with what is due."""
    api = visit.api(Bench)
    sample, gate, limits = await asyncio.gather(api.sample(code), api.gate(code), limits_now(visit))
    return tube(sample, gate, limits)


async def limits_now(visit: Visit) -> Limits:
    """Return the catalogues that typed values are held to; none while they cannot be read: the gate judges anyway."""
    config = visit.api(Config)
    try:
        thresholds, kits = await asyncio.gather(config.catalogue("thresholds"), config.catalogue("kits"))
    except errors.Unavailable:
        return Limits()
    return Limits(thresholds=thresholds.entries, kits=kits.entries)


@action("/bench/entries", needs="custody.write")
async def record(visit: Visit) -> Shown:
    """Do one thing that was done at the bench through the API; sent again it has no second effect."""
    try:
        entry = msgspec.json.decode(visit.form.get("entry", ""), type=Entry)
    except (msgspec.DecodeError, msgspec.ValidationError) as failure:
        raise errors.Invalid(f"This entry of the bench cannot be read: {failure}. Nothing was changed.") from failure
    if entry.person_id != visit.person.account_id:
        raise errors.Conflict(
            "This was recorded by somebody else, who has to be signed in to send it. Nothing was changed.",
            type="other-person",
        )
    try:
        return visit.data({"text": await _done(visit, entry)})
    except (errors.Invalid, errors.NotFound, errors.Conflict, errors.Forbidden) as problem:
        said = {"title": _sentence(problem), "type": problem.type, "request_id": visit.request_id}
        return visit.data(said, status=problem.status)


async def _done(visit: Visit, entry: Entry) -> str:
    if _LIBRARY_CODE.fullmatch(entry.code):
        return await _done_to_library(visit, entry)
    api, code = visit.api(Bench), await _sample(visit, entry.code)
    if entry.kind == "custody":
        event = await api.record_custody(code, entry.body, entry.key)
        return f"{code} {words.words(event.kind).lower()}"
    if entry.kind == "measurement":
        made = await api.measure(code, entry.body, entry.key)
        return f"{words.words(made.quantity)} of {made.subject_code} recorded"
    try:
        to = msgspec.convert(entry.body, Move).to
    except msgspec.ValidationError as failure:
        raise errors.Invalid(f"This cannot be asked for: {failure}. Nothing was changed.") from failure
    # What was recorded before it made another version; the key tells whether it was moved already.
    seen = (await api.sample(code)).version
    moved = await api.move(code, Transition(to=to), match=seen, key=entry.key)
    return f"{moved.code} is now at {words.stage_title(moved.stage)}"


async def _done_to_library(visit: Visit, entry: Entry) -> str:
    if entry.kind != "measurement":
        raise errors.Invalid(
            f"{entry.code} is a library; at the bench it is measured, nothing else. Nothing was changed."
        )
    made = await visit.api(Chain).measure("libraries", entry.code, asked=entry.body, key=entry.key)
    return f"{words.words(made.quantity)} of {made.subject_code} recorded"


async def _sample(visit: Visit, said: str) -> str:
    """Return the code of a sample; what was scanned without network may be the barcode of its tube."""
    if _SAMPLE_CODE.fullmatch(said):
        return said
    found = await visit.api(Intake).lookup(said)
    if found.kind != "sample":
        raise errors.Invalid(f"{said} is the code of a {found.kind}, not of a tube. Nothing was changed.")
    return found.code


def _sentence(problem: errors.Problem) -> str:
    """Return a refusal in one line: what was said, and what is missing or wrong where that is not in it."""
    missing = [str(item["message"]) for item in problem.extra.get("missing") or []]
    wrong = [item.message for item in problem.fields]
    return " ".join([problem.message, *(said for said in (*missing, *wrong) if said not in problem.message)])


@get("/bench/worker.js", policy="public", query="any")
async def worker(request: Asked) -> Response[bytes]:  # noqa: ARG001 (the same for everyone)
    """Hand out the worker of the bench; it may look after /bench and what is below it, and talks to this site only."""
    content, media_type = assets.served(assets.url("bench-worker.js").removeprefix("/static/"), False) or (b"", "")
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
        "Service-Worker-Allowed": "/bench",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)


@get("/bench/left", policy="public", query="any")
async def left(request: Asked) -> Shown:  # noqa: ARG001 (the worker hears of it)
    """Lead on after a sign-out; on the way the worker of the bench forgets the pages that it kept."""
    return Response(b"", status_code=303, headers={"Location": "/sign-in", "Cache-Control": "no-store"})


ROUTES = [bench, whose_session, scanned, record, worker, left]
