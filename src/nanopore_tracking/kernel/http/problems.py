"""Renders every refusal and failure as problem+json (RFC 9457); no other place turns an error into an answer."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.exceptions import HTTPException

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.errors import FieldError
from nanopore_tracking.kernel.http import choices

MEDIA_TYPE = b"application/problem+json"

_AT = re.compile(r"^(?P<what>.*?)(?: - at (?P<key>`key` in )?`\$?(?P<path>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"^Object (?P<how>missing required|contains unknown) field `(?P<name>[^`]*)`$")
_LENGTH = re.compile(r"^Expected `(?P<kind>\w+)` of length (?P<sign><=|>=|==) (?P<bound>\d+)$")
_BOUND = re.compile(r"^Expected `\w+` (?P<sign><=|>=|<|>|==) (?P<bound>[-+.\de]+)$")
_TYPE = re.compile(r"^Expected `(?P<wanted>[^`]*)`(?:, got `(?P<got>[^`]*)`)?$")
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "datetime": "a date with time and zone",
    "date": "a date",
    "time": "a time",
    "uuid": "an identifier",
    "bytes": "base64",
    "decimal": "a decimal number",
}
#: What the decoder says of a value that has not the form of its kind, in words.
_FORMS = {
    "Invalid UUID": "This must be an identifier.",
    "Invalid RFC3339 encoded datetime": "This must be a date with time and zone, like 2026-03-01T14:30:00Z.",
    "Invalid RFC3339 encoded date": "This must be a date, like 2026-03-01.",
    "Invalid RFC3339 encoded time": "This must be a time, like 14:30:00.",
    "Invalid decimal string": "This must be a decimal number.",
    "Invalid base64 encoded string": "This must be base64.",
    "Expected `datetime` with a timezone component": "This must say its zone, like 2026-03-01T14:30:00Z.",
}
_CHOSEN = ("Invalid enum value", "Invalid value")
_SIGNS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than", "==": "exactly"}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a refusal looks like (RFC 9457): `type` is stable, for programs; `detail` is a sentence, for people.

    errors: what is wrong with which field of what was sent; request_id: what the log calls this request. Some types
    add fields, which are named where the type is described.
    """

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldError] = []


def render(problem: errors.Problem, request_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two ASGI messages that answer with the problem."""
    content: dict[str, Any] = {
        "type": problem.type,
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.message,
        "errors": problem.fields,
        "request_id": request_id,
    }
    if not problem.fields:
        del content["errors"]
    for name, value in problem.extra.items():
        content.setdefault(name, value)
    body = msgspec.json.encode(content)
    headers = [(b"content-type", MEDIA_TYPE), (b"content-length", b"%d" % len(body))]
    if isinstance(problem, errors.Unavailable):
        headers.append((b"retry-after", b"%d" % problem.retry_after_s))
    elif isinstance(problem, errors.Unauthenticated):
        headers.append((b"www-authenticate", b"Bearer"))
    elif isinstance(problem, NotAllowed):
        headers.append((b"allow", problem.allow.encode()))
    start = {"type": "http.response.start", "status": problem.status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}


class Malformed(errors.Invalid):
    """The request itself is broken, before anything in it was looked at."""

    status = 400
    default_type = "malformed"


class NotAllowed(errors.Invalid):
    """The address exists, but not with this method."""

    status = 405
    default_type = "method-not-allowed"

    def __init__(self, allow: str) -> None:
        super().__init__(f"This address does not know that method; it knows {allow}.")
        self.allow = allow


class TooSlow(errors.Invalid):
    """The body did not arrive in time."""

    status = 408
    default_type = "too-slow"


class HeadTooLarge(errors.Invalid):
    """Address and headers of the request are larger than is read."""

    status = 431
    default_type = "head-too-large"


class Failed(errors.Problem):
    """Something is wrong in here; the log has the details under the request id."""

    status = 500
    default_type = "internal"


def unexpected() -> Failed:
    """Return what is told of a failure that nobody foresaw: nothing but that it is in the log."""
    return Failed("Something failed in here. It is in the log under this request id; what was asked was not done.")


def of_framework(failure: HTTPException) -> errors.Problem:
    """Return what the framework refused (no such address, wrong method, too large) as one of our problems."""
    status = failure.status_code
    if status == 404:
        return errors.NotFound("There is nothing at this address.", type="no-such-address")
    if status == 405:
        return NotAllowed((failure.headers or {}).get("allow", "").replace(",", ", ").replace("  ", " "))
    if status == 413:
        return errors.TooLarge("What was sent is larger than allowed here. Nothing was changed.")
    if status >= 500:
        return unexpected()
    return Malformed("The request is broken, so nothing was done.")


def of_invalid(
    failure: msgspec.ValidationError, prefix: str = "", *, kind: Any = None, content: Any = None
) -> errors.FieldError:
    """Return which field is wrong and why, from what the decoder says.

    prefix: the path to what was decoded; kind: as what it was decoded, so that what may stand there can be named.
    """
    matched = _AT.match(str(failure))
    what, path = (matched["what"], matched["path"] or "") if matched else (str(failure), "")
    named = _NAMED.match(what)
    if named:
        path = f"{path}.{named['name']}"
        missing = named["how"] == "missing required"
        return errors.FieldError(
            (prefix + path).lstrip("."), "This is missing." if missing else "This is not known here."
        )
    said = _sentence(what)
    if what.startswith(_CHOSEN) and kind is not None:
        values = choices.at(kind, path, content, key=bool(matched and matched["key"]))
        said = choices.sentence(values) if values else said
    return errors.FieldError((prefix + path).lstrip("."), said)


def _sentence(what: str) -> str:
    if what in _FORMS:
        return _FORMS[what]
    length = _LENGTH.match(what)
    if length:
        unit = {"str": "characters", "bytes": "bytes"}.get(length["kind"], "entries")
        return f"This must have {_SIGNS[length['sign']]} {length['bound']} {unit}."
    bound = _BOUND.match(what)
    if bound:
        return f"This must be {_SIGNS[bound['sign']]} {bound['bound'].removesuffix('.0')}."
    kind = _TYPE.match(what)
    if kind:
        wanted = " or ".join(_WORDS.get(word, word) for word in kind["wanted"].split(" | "))
        got = f", not {_WORDS.get(kind['got'], kind['got'])}" if kind["got"] else ""
        return f"This must be {wanted}{got}."
    if "matching regex" in what:
        if "u202e" in what:
            return "This has characters that cannot be seen and can disguise what it says. Type it without them."
        return "This has characters or a form that are not allowed here."
    return f"{what}."
