"""Signing in with a password or a one-time link, setting a password, signing out, and choosing the colours."""

from typing import Any

import msgspec
from litestar import get, post
from litestar.datastructures import Cookie
from litestar.response import Response

from nanopore_tracking.kernel import errors
from nanopore_tracking.web import address, navigation, render, session
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.tablets import Tablets
from nanopore_tracking.web.front import front_of
from nanopore_tracking.web.visit import THEMES, Asked, Shown, Visit, action, page, read_form, theme_of


def _card(request: Asked, *, status: int = 200, **context: Any) -> Shown:
    sheet = render.Sheet(context={"theme": theme_of(request)})
    values = {"error": None, "next": "", "username": "", "link": ""} | context
    return render.template("pages/sign_in.html", sheet, status=status, title="Sign in", **values)


def callers(request: Asked) -> str:
    """Return who called, as a proxy passes it on: whom its caller named, then its caller.

    The config service knows which of them are proxies of ours, and believes no others.
    """
    named = request.headers.getall("x-forwarded-for", [])
    caller = request.client.host if request.client else ""
    return ",".join((*named, caller)).encode("ascii", "replace").decode()


@get("/sign-in", policy="public", query="any")
async def show(request: Asked) -> Shown:
    """Ask for name and password, or offer to use the one-time link of the address."""
    return _card(request, next=request.query_params.get("next", ""), link=request.query_params.get("link", ""))


@post("/sign-in", policy="public", query="any", status_code=200)
async def sign_in(request: Asked) -> Shown:
    """Open a session; a script of an open page gets the new mark of its forms, so that typed text is not lost."""
    front = front_of(request)
    in_place = request.headers.get("hx-request") == "true"
    try:
        session.refuse_foreign(request)
        form = await read_form(request)
        link, username = form.get("link", ""), form.get("username", "")
        config = Config(front.link("config"), address=callers(request))
        device = request.cookies.get(session.device_cookie_name(front.public_url), "")
        password = form.get("password", "")
        opened = await (config.open_by_link(link, device) if link else config.open(username, password, device))
    except errors.Problem as problem:
        if in_place:
            return Response(
                msgspec.json.encode({"title": problem.message}),
                status_code=problem.status,
                media_type="application/json",
            )
        known = {"next": form.get("next", ""), "username": username} if problem.status != 403 else {}
        return _card(request, status=problem.status, error=problem, **known)
    kept = front.sessions.keep(opened.session_token, opened, device)
    cookie = session.cookie(front.public_url, opened.session_token)
    if in_place:
        body = msgspec.json.encode({"csrf": session.csrf_token(opened.session_token)})
        return Response(body, media_type="application/json", cookies=[cookie], headers={"Cache-Control": "no-store"})
    wanted = form.get("next") or navigation.landing(kept.person)
    target = "/password" if opened.must_set_password else address.own(wanted)
    return Response(b"", status_code=303, headers={"Location": target, "Cache-Control": "no-store"}, cookies=[cookie])


@get("/", policy="public", query="any")
async def first(request: Asked) -> Shown:
    """Send everyone to the page that their role starts on."""
    shown: Shown = await _first(request)
    return shown


async def _landing(visit: Visit) -> Shown:
    return visit.go(navigation.landing(visit.person))


_first = page("/")(_landing).fn


@action("/sign-out")
async def sign_out(visit: Visit) -> Shown:
    """End the session everywhere; what the bench has not sent yet stays on the tablet for the person who did it."""
    await visit.api(Config).close(visit.token)
    visit.front.sessions.forget(visit.token)
    unsent = "unsent" in visit.request.cookies
    headers = {
        "Location": "/bench/left" if unsent else "/sign-in",
        "Clear-Site-Data": '"cache"' if unsent else '"cache", "storage"',
    }
    answer: Shown = Response(b"", status_code=303, headers=headers)
    answer.cookies.append(session.cookie(visit.front.public_url, ""))
    return answer


@page("/keys")
async def keys(visit: Visit) -> Shown:
    """Tell what the keys do, where the list cannot be opened over the page."""
    return visit.page("pages/keys.html", title="Keyboard")


@page("/password")
async def password(visit: Visit) -> Shown:
    """Ask for a new password, and offer a PIN for shared tablets."""
    return await _account(visit)


async def _account(visit: Visit, *, status: int = 200, **given: Any) -> Shown:
    context: dict[str, Any] = {"error": None, "pin_error": None, "me": await visit.api(Tablets).me()} | given
    return visit.page("pages/password.html", title="Password and PIN", status=status, **context)


@action("/password")
async def set_password(visit: Visit) -> Shown:
    """Set a new password; the present one is needed unless the session came from a one-time link."""
    if visit.form.get("new") != visit.form.get("again"):
        different = errors.Invalid("The two new passwords are not the same.")
        return await _account(visit, status=422, error=different)
    try:
        await visit.api(Config).set_password(visit.form.get("current") or None, visit.form.get("new", ""))
    except (errors.Invalid, errors.Conflict) as problem:
        return await _account(visit, status=422, error=problem)
    return visit.go(navigation.landing(visit.person), "Password changed")


@action("/password/pin")
async def set_pin(visit: Visit) -> Shown:
    """Set a PIN for shared tablets, or remove it."""
    form, tablets = visit.form, visit.api(Tablets)
    if form.get("remove"):
        await tablets.remove_pin()
        return visit.go("/password", "PIN removed")
    if form.get("pin") != form.get("pin_again"):
        different = errors.Invalid("The two PINs are not the same. Nothing was changed.")
        return await _account(visit, status=422, pin_error=different)
    try:
        await tablets.set_pin(form.get("current", ""), form.get("pin", ""))
    except errors.Invalid as problem:
        return await _account(visit, status=422, pin_error=problem)
    return visit.go("/password", "PIN set")


@action("/theme")
async def theme(visit: Visit) -> Shown:
    """Remember the chosen colours in a cookie that the server reads, so that no page flashes in others."""
    chosen = visit.form.get("theme", "system")
    answer = visit.go(visit.form.get("back", "/"))
    secure = visit.front.public_url.startswith("https:")
    value = chosen if chosen in THEMES else "system"
    answer.cookies.append(Cookie(key="theme", value=value, path="/", secure=secure, samesite="lax", max_age=31_536_000))
    return answer


ROUTES = [keys, show, sign_in, first, sign_out, password, set_password, set_pin, theme]
