"""A tablet that people share at the bench: who works there now is switched with a PIN."""

from typing import Any

from litestar import get, post
from litestar.response import Response

from nanopore_tracking.kernel import errors
from nanopore_tracking.web import address, render, session, words
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.tablets import Tablets
from nanopore_tracking.web.front import front_of
from nanopore_tracking.web.pages.sign_in import callers
from nanopore_tracking.web.visit import Asked, Shown, Visit, action, enter, read_form, theme_of


def _next(said: str) -> str:
    """Return the page of the bench that is gone on with."""
    path = address.own(said or "/bench")
    return path if address.parts(path).path.split("/")[1] == "bench" else "/bench"


async def _visit(request: Asked) -> Visit | None:
    """Return the visit of who is signed in; None where nobody is."""
    try:
        return await enter(request, front_of(request))
    except errors.Unauthenticated:
        return None


async def _shown(request: Asked, *, status: int = 200, **given: Any) -> Shown:
    """Show who may go on here; with a session also whose it is, who may join the others."""
    front, visit = front_of(request), await _visit(request)
    device = request.cookies.get(session.device_cookie_name(front.public_url), "")
    query = request.query_params
    context: dict[str, Any] = {"problem": None, "next": _next(query.get("next", "")), "who": query.get("who", "")}
    context |= given
    people = []
    if device:
        try:
            people = await Tablets(front.link("config")).people(device)
        except errors.Unauthenticated:
            device = ""
        except errors.Unavailable as problem:
            context["problem"] = problem
    mark = session.csrf_token(visit.token) if visit else ""
    here = visit.person if visit else None
    return render.template(
        "pages/tablet.html",
        render.Sheet(csrf=mark, context={"theme": theme_of(request)}),
        status=status,
        title="Switch person",
        shared=bool(device),
        people=people,
        initials={str(one.account_id): words.initials(one.name) for one in people},
        here=here,
        joined=here is not None and here.account_id in {str(one.account_id) for one in people if one.ready},
        **context,
    )


@get("/bench/people", policy="public", query="any")
async def people(request: Asked) -> Shown:
    """Ask who goes on at this tablet, and for their PIN."""
    return await _shown(request)


@post("/bench/people", policy="public", query="any", status_code=200)
async def switch(request: Asked) -> Shown:
    """Go on as the person whose PIN was typed; the session before on this tablet ends."""
    front = front_of(request)
    form: dict[str, str] = {}
    try:
        session.refuse_foreign(request)
        form = await read_form(request)
        device = request.cookies.get(session.device_cookie_name(front.public_url), "")
        before = request.cookies.get(session.cookie_name(front.public_url), "")
        asked = {
            "device_token": device,
            "account_id": form.get("account_id", ""),
            "pin": form.get("pin", ""),
            "session_token": before,
        }
        opened = await Tablets(front.link("config"), address=callers(request)).go_on(asked)
    except errors.Problem as problem:
        given = {"next": _next(form.get("next", "")), "who": form.get("account_id", "")}
        return await _shown(request, status=problem.status, problem=problem, **given)
    front.sessions.forget(before)
    front.sessions.keep(opened.session_token, opened, device)
    headers = {"Location": _next(form.get("next", "")), "Cache-Control": "no-store"}
    cookies = [session.cookie(front.public_url, opened.session_token)]
    return Response(b"", status_code=303, headers=headers, cookies=cookies)


@action("/bench/people/share", needs="custody.write")
async def share(visit: Visit) -> Shown:
    """Let who is signed in go on here with a PIN; the first time this makes the browser a shared tablet."""
    try:
        shared = await visit.api(Tablets).share(visit.device, visit.form.get("name", "").strip())
    except (errors.Conflict, errors.Forbidden) as problem:
        return await _shown(
            visit.request, status=problem.status, problem=problem, next=_next(visit.form.get("next", ""))
        )
    answer = visit.go(f"/bench/people?next={_next(visit.form.get('next', ''))}")
    if shared.device_token:
        visit.front.sessions.forget(visit.token)
        answer.cookies.append(session.device_cookie(visit.front.public_url, shared.device_token))
    return answer


@action("/bench/lock")
async def lock(visit: Visit) -> Shown:
    """End the session of a tablet that was left alone; what it keeps stays there, for who goes on or comes back."""
    await visit.api(Config).close(visit.token)
    visit.front.sessions.forget(visit.token)
    answer = visit.data({"shared": bool(visit.device)})
    answer.cookies.append(session.cookie(visit.front.public_url, ""))
    return answer


ROUTES = [people, switch, share, lock]
