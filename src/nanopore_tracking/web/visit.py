"""A visit: one request by one person, from the cookie to the answer; every page and action goes through here."""

import functools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http.ask import context_of
from nanopore_tracking.kernel.telemetry import trace
from nanopore_tracking.web import address, navigation, render, session, words
from nanopore_tracking.web.clients.http import Client
from nanopore_tracking.web.clients.operations import Operations
from nanopore_tracking.web.compression import compressed
from nanopore_tracking.web.front import Facility, Front, front_of
from nanopore_tracking.web.parked import SERVICES

C = TypeVar("C", bound=Client)
Asked = Request[Any, Any, Any]
Shown = Response[Any]

THEMES = ("system", "light", "dark")
FORM_LIMIT = 1_000_000
MOST_FIELDS = 2000
LONGEST_KEY = 200


@dataclass(kw_only=True)
class Visit:
    """Who asks for what, with which form, and the ways to answer."""

    request: Asked
    front: Front
    token: str
    access_token: str
    person: session.Person
    device: str = ""
    facility: Facility = field(default_factory=Facility)
    parked: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)

    @property
    def request_id(self) -> str:
        """What this request is called, here and in every service that is asked for it."""
        return context_of(self.request.scope).request_id

    @property
    def fragment(self) -> bool:
        """Whether a script of an open page asks, and needs a part of the page only."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def key(self) -> str:
        """The idempotency key that was made when the form was shown; Invalid for what is none."""
        key = self.form.get("idempotency_key", "")
        if not key.isascii() or not key.isprintable() or len(key) > LONGEST_KEY:
            raise errors.Invalid("This form is not as it was shown. Nothing was changed; load the page again.")
        return key

    def can(self, permission: str) -> bool:
        """Tell whether the person may do that."""
        return self.person.can(permission)

    def api(self, kind: type[C], service: str = "") -> C:
        """Return the named client, speaking for this person. service: whom it asks, where that is not always one."""
        link = self.front.link(service or kind.service)
        return kind(link, self.access_token, self.request_id, positions=self.positions)

    def page(self, name: str, *, title: str, status: int = 200, topics: str = "", **context: Any) -> Shown:
        """Answer with a page; only its main part for a script. topics: the services whose changes it listens to.

        The stream of changes goes on from what was read for the page, so that nothing in between is missed.
        """
        layout = "fragment.html" if self.fragment else "layout.html"
        answer = render.template(
            name, self._sheet(), status=status, layout=layout, title=title, stream=self._stream(topics), **context
        )
        return self._with_flash(answer)

    def _stream(self, topics: str) -> str:
        known = {topic: self.positions[topic] for topic in topics.split(",") if topic in self.positions}
        return f"/events?{urlencode({'topics': topics, 'since': urlencode(known)})}" if topics else ""

    def block(self, name: str, block: str, *, status: int = 200, **context: Any) -> Shown:
        """Answer with one block of a page's template."""
        return render.template(name, self._sheet(), status=status, block=block, **context)

    def go(self, path: str, said: str = "", kind: str = "done") -> Shown:
        """Send the browser on after a change; `said` is shown there once.

        A form sent in place that leads to another page loads that page whole: its address and its stream are its own.
        """
        target = address.own(path)
        here = address.parts(self.request.headers.get("hx-current-url", "")).path
        away = self.fragment and self.request.method == "POST" and here not in ("", address.parts(target).path)
        headers = {"HX-Redirect" if away else "Location": target, "Cache-Control": "no-store"}
        answer: Shown = Response(b"", status_code=200 if away else 303, headers=headers)
        if said:
            answer.cookies.append(flash(self.front.public_url, kind, said))
        return answer

    def data(self, body: dict[str, Any], *, status: int = 200) -> Shown:
        """Answer a script with data."""
        headers = {"Cache-Control": "no-store"}
        return Response(msgspec.json.encode(body), status_code=status, media_type="application/json", headers=headers)

    def file(self, content: bytes, media_type: str, name: str) -> Shown:
        """Answer with a file to be saved; never shown as a page of this site."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type=media_type, headers=headers)

    def trigger(self, answer: Shown, said: str, kind: str = "done") -> Shown:
        """Let the open page show a sentence with this answer."""
        answer.headers["HX-Trigger"] = json.dumps({"say": {"kind": kind, "text": said}})
        return answer

    def _sheet(self) -> render.Sheet:
        path = self.request.url.path
        groups = navigation.seen_by(self.person, path, {"/settings": self.parked})
        context = {
            "person": self.person,
            "facility": self.facility,
            "can": self.person.can,
            "navigation": groups,
            "most_used": navigation.bar_of(groups),
            "theme": theme_of(self.request),
            "here": path + (f"?{self.request.url.query}" if self.request.url.query else ""),
            "flash": None if self.fragment else read_flash(self.request),
        }
        return render.Sheet(csrf=session.csrf_token(self.token), context=context)

    def _with_flash(self, answer: Shown) -> Shown:
        said = read_flash(self.request)
        if said is None:
            return answer
        if self.fragment:
            self.trigger(answer, said["text"], said["kind"])
        answer.cookies.append(flash(self.front.public_url, "", ""))
        return answer


def theme_of(request: Asked) -> str:
    """Return the colour scheme that this browser chose: system, light or dark."""
    chosen = request.cookies.get("theme", "system")
    return chosen if chosen in THEMES else "system"


def flash(public_url: str, kind: str, text: str) -> Cookie:
    """Return the cookie that carries one sentence over a redirect; without text, its removal."""
    value = quote(json.dumps({"kind": kind, "text": text[:300]})) if text else ""
    secure = public_url.startswith("https:")
    return Cookie(
        key="said", value=value, path="/", httponly=True, secure=secure, samesite="lax", max_age=60 if text else 0
    )


def read_flash(request: Asked) -> dict[str, str] | None:
    """Return the sentence carried over a redirect, or None."""
    try:
        found = msgspec.json.decode(unquote(request.cookies.get("said", "")), type=dict[str, str])
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    return {"kind": found.get("kind", "done"), "text": found["text"]} if found.get("text") else None


async def read_form(request: Asked) -> dict[str, str]:
    """Read the fields of a sent form; of a repeated name the last counts, values are joined for names ending in []."""
    body = await request.body()
    if len(body) > FORM_LIMIT:
        raise errors.TooLarge("The form is larger than 1 MB.")
    try:
        text = body.decode()
    except UnicodeDecodeError as failure:
        raise errors.Invalid("The form is not text in UTF-8.") from failure
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as failure:
        raise errors.TooLarge(f"The form has more than {MOST_FIELDS} fields. Nothing was changed.") from failure
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


Page = Callable[..., Awaitable[Shown]]


def page(path: str, *, needs: str = "") -> Callable[[Page], HTTPRouteHandler]:
    """Declare a page: `async def name(visit, **path_parameters)`; needs: the permission, none for all signed in."""
    return lambda function: get(path, policy="public", query="any", name=f"web:{path}")(
        _handler(function, needs, changes=False)
    )


def action(path: str, *, needs: str = "") -> Callable[[Page], HTTPRouteHandler]:
    """Declare what a form does: as `page`, after the form has been read and found to be this session's own."""
    return lambda function: post(path, policy="public", query="any", status_code=200, name=f"web:POST {path}")(
        _handler(function, needs, changes=True)
    )


def upload(path: str, *, needs: str = "") -> Callable[[Page], HTTPRouteHandler]:
    """Declare what a file sent by a script does: the body is left to the function, which also checks the guard."""
    return lambda function: post(path, policy="public", query="any", status_code=200, name=f"web:upload {path}")(
        _handler(function, needs, changes=True, reads_form=False)
    )


def _handler(
    function: Page, needs: str, *, changes: bool, reads_form: bool = True
) -> Callable[[Asked], Awaitable[Shown]]:
    @functools.wraps(function)
    async def handler(request: Asked) -> Shown:
        front = front_of(request)
        try:
            if changes:
                session.refuse_foreign(request)
            for attempt in (1, 2):
                visit = await enter(request, front)
                if needs and not visit.can(needs):
                    raise errors.Forbidden(
                        "Your account cannot open this page. A facility manager or administrator can change that."
                    )
                if changes and reads_form:
                    visit.form = await read_form(request)
                    session.refuse_unguarded(visit.form.get("csrf") or request.headers.get("x-csrf") or "", visit.token)
                try:
                    return compressed(request, await function(visit, **request.path_params))
                except errors.Unauthenticated:
                    # The access token may have ended before its time; a second exchange tells whether the session has.
                    front.sessions.forget(visit.token)
                    if attempt == 2:
                        raise
        except errors.Problem as problem:
            return _refused(request, front, problem)
        raise AssertionError("unreachable")

    handler.__annotations__ = {"request": Asked, "return": Shown}
    del handler.__wrapped__
    return handler


async def enter(request: Asked, front: Front) -> Visit:
    """Return the visit of who is signed in; Unauthenticated otherwise."""
    token = request.cookies.get(session.cookie_name(front.public_url), "")
    if not token:
        raise errors.Unauthenticated("You are not signed in.")
    device = request.cookies.get(session.device_cookie_name(front.public_url), "")
    opened = await front.sessions.open(token, device)
    facility = await front.facility(opened.access_token)
    words.zone.set(facility.zone)
    visit = Visit(
        request=request,
        front=front,
        token=token,
        access_token=opened.access_token,
        person=opened.person,
        device=device,
        facility=facility,
    )
    if visit.can("operations.read") and not visit.fragment:
        visit.parked = await front.parked.count([visit.api(Operations, service) for service in SERVICES])
    return visit


def _refused(request: Asked, front: Front, problem: errors.Problem) -> Shown:
    """Answer a refusal: as data for a script, which shows it; as a page otherwise; as sign-in when that is missing."""
    problem.extra.setdefault("request_id", context_of(request.scope).request_id)
    if problem.status >= 500:
        trace.failed(problem)
    if request.headers.get("hx-request") == "true":
        said = {"title": problem.message, "type": problem.type, "request_id": problem.extra["request_id"]}
        answer: Shown = Response(msgspec.json.encode(said), media_type="application/json", status_code=problem.status)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    if isinstance(problem, errors.Unauthenticated):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = here if request.method == "GET" else address.parts(request.headers.get("referer", "/")).path
        answer = Response(
            b"", status_code=303, headers={"Location": f"/sign-in?next={quote(back)}", "Cache-Control": "no-store"}
        )
        answer.cookies.append(session.cookie(front.public_url, ""))
        return answer
    sheet = render.Sheet(context={"theme": theme_of(request)})
    return render.template(
        "pages/refused.html",
        sheet,
        status=problem.status,
        title=_TITLES.get(problem.status, "Not done"),
        problem=problem,
        afresh=request.url.path if problem.status == 422 and request.method == "GET" and request.url.query else "",
    )


_TITLES = {403: "Not allowed", 404: "Not found", 503: "Not available now"}
