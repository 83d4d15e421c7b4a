"""The page that a status link opens, without an account: the state of one submission, and nothing else."""

from typing import Any

from litestar import get, post

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http.ask import context_of
from nanopore_tracking.web import render, session
from nanopore_tracking.web.clients.customers import Customers
from nanopore_tracking.web.front import front_of
from nanopore_tracking.web.visit import Asked, Shown, read_form, theme_of

#: Whoever gets this page tells nobody where it is: no search engine, and no page that a link on it leads to.
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


def _client(request: Asked) -> Customers:
    return Customers(front_of(request).link("sample"), request_id=context_of(request.scope).request_id)


def _page(request: Asked, token: str, *, status: int = 200, **context: Any) -> Shown:
    values = {"found": None, "problem": None, "token": token} | context
    sheet = render.Sheet(context={"theme": theme_of(request)})
    answer = render.template("pages/status.html", sheet, status=status, title="State of a submission", **values)
    answer.headers.update(_HEADERS)
    return answer


@get("/status/{token:str}", policy="public", query="any", secret_path=True)
async def show(request: Asked, token: str) -> Shown:
    """Show the state of the submission that the link belongs to."""
    try:
        return _page(request, token, found=await _client(request).status(token))
    except errors.Problem as problem:
        return _page(request, "", status=problem.status, problem=_same(problem))


@post("/status/{token:str}", policy="public", query="any", status_code=200, secret_path=True)
async def confirm(request: Asked, token: str) -> Shown:
    """Confirm that the data of a delivery have arrived."""
    client = _client(request)
    try:
        session.refuse_foreign(request)
        form = await read_form(request)
        found = await client.confirm(token, form.get("delivery", "")[:40], form.get("name", "").strip()[:100])
        return _page(request, token, found=found)
    except (errors.Invalid, errors.Conflict) as problem:
        return _page(request, token, status=problem.status, found=await client.status(token), problem=problem)
    except errors.Problem as problem:
        return _page(request, "", status=problem.status, problem=_same(problem))


def _same(problem: errors.Problem) -> errors.Problem:
    """Return the problem; of a link that is none the same words, whatever is wrong with it."""
    if isinstance(problem, errors.NotFound):
        return errors.NotFound("This link does not show anything, or not any more. Ask the facility for a new one.")
    return problem


ROUTES = [show, confirm]
