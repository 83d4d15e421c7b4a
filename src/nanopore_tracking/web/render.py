"""Turns templates into answers: one environment, one set of security headers, a nonce for every page."""

import base64
import contextvars
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import markupsafe
from litestar import Response

from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.web import assets, codes, sentences, words

HERE = Path(__file__).parent

HTML = "text/html"

#: Pages carry a nonce and fresh form keys, so that an answer from a cache would be wrong: no ETag, no store.
SECURITY = {
    "Cache-Control": "private, no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "Vary": "HX-Request, Cookie, Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}

_nonce: contextvars.ContextVar[str] = contextvars.ContextVar("nonce")
_csrf: contextvars.ContextVar[str] = contextvars.ContextVar("csrf", default="")


def content_security_policy(nonce: str) -> str:
    """Return the policy of every page: nothing from elsewhere, no inline style or handler, guarded script sinks."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'none'; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx"
    )


def hx(**attributes: Any) -> markupsafe.Markup:
    """Return htmx attributes with the nonce that hx-csp demands of every element that has any.

    `hx(get="/samples", target="#list")`; an underscore in a name is a hyphen, `status=` gives the swap for answers
    409, 412 and 422, which are swapped in only where it is asked for.
    """
    status = attributes.pop("status", None)
    pairs = {f"hx-{name.replace('_', '-')}": value for name, value in attributes.items() if value is not None}
    if status:
        pairs |= {f"hx-status:{code}": status for code in ("409", "412", "422")}
    pairs["hx-nonce"] = _nonce.get()
    return _attributes(pairs)


def hx_form(action: str) -> markupsafe.Markup:
    """Return the attributes of a form that is sent in place: the answer's main part replaces this page's.

    It is not morphed in: what was typed is in the answer where it still matters, and gone where it was taken.
    """
    where = "select:'#main' target:'#main' swap:'outerHTML'"
    shared = _attributes({"method": "post", "action": action})
    sent = hx(post=action, select="#main", target="#main", swap="outerHTML", sync="drop", status=where)
    return shared + " " + sent


def _attributes(pairs: dict[str, Any]) -> markupsafe.Markup:
    markup = markupsafe.Markup
    return markup(" ").join(markup('{}="{}"').format(markup(name), value) for name, value in pairs.items())


def _environment() -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(words.FILTERS | sentences.FILTERS)
    env.globals.update(
        asset=assets.url,
        code_picture=codes.picture,
        hx=hx,
        hx_form=hx_form,
        nonce=_nonce.get,
        csrf=_csrf.get,
        fresh_key=lambda: str(uuid7()),
    )
    env.globals["ui"] = env.get_template("parts/ui.html").module
    return env


ENVIRONMENT = _environment()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a template is rendered for: whose page it is (the token that guards its forms) and the shared variables."""

    csrf: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def template(
    name: str, sheet: Sheet, *, status: int = 200, block: str | None = None, **context: Any
) -> Response[bytes]:
    """Render a whole template, or one block of it, into an answer with every security header."""
    nonce = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
    nonce_token, csrf_token = _nonce.set(nonce), _csrf.set(sheet.csrf)
    try:
        loaded = ENVIRONMENT.get_template(name)
        variables = sheet.context | context
        if block is None:
            text = loaded.render(variables)
        else:
            text = "".join(loaded.blocks[block](loaded.new_context(variables)))
    finally:
        _nonce.reset(nonce_token)
        _csrf.reset(csrf_token)
    return html(text, nonce=nonce, status=status)


def html(text: str, *, nonce: str = "", status: int = 200) -> Response[bytes]:
    """Return HTML text as an answer with every security header."""
    headers = SECURITY | {"Content-Security-Policy": content_security_policy(nonce)}
    return Response(text.encode(), status_code=status, media_type=HTML, headers=headers)
