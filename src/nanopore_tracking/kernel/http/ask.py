"""What a request carries besides its body: who asks, its identifiers, and the runtime of the service that answers."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Request

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import NOBODY, Principal
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.telemetry import conventions, trace

#: What a handler gets as `request`.
Ask = Request[Any, Any, Any]

#: How many things one page of a list holds.
Limit = Annotated[int, msgspec.Meta(ge=1, le=200, description="How many things one page holds.")]
#: Where the next page starts: `next` of the page before.
After = Annotated[str, msgspec.Meta(max_length=1000, description="Where to go on: `next` of the page before.")]

#: The key under which a request's context lies in its ASGI scope.
SCOPE_KEY = "kernel.context"
#: In the scope of a request whose body was there, whole, before anybody asked for it.
ARRIVED_KEY = "kernel.arrived"

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{8,64}")
_VERSION = re.compile(rb'"v([0-9]{1,9})"')
_NO_HEADERS: Mapping[bytes, bytes] = {}


class Context:
    """What the edge knows of one request; lives in the ASGI scope."""

    __slots__ = ("body", "call", "headers", "is_stream", "position", "principal", "request_id", "status", "traceparent")

    def __init__(self, headers: Mapping[bytes, bytes] = _NO_HEADERS) -> None:
        """headers: by lower-case name; of a repeated one the last counts."""
        self.headers = headers
        sent = headers.get(b"x-request-id")
        self.request_id = sent.decode() if sent and _REQUEST_ID.fullmatch(sent) else str(uuid7())
        self.traceparent: str | None = None
        self.position: int | None = None
        self.principal: Principal = NOBODY
        self.call: Call | None = None
        self.body = b""
        self.status = 0
        self.is_stream = False


def context_of(scope: Any) -> Context:
    """Return the context that the edge put into the scope."""
    found: Context | None = scope.get(SCOPE_KEY)
    if found is None:
        found = scope[SCOPE_KEY] = Context(dict(scope.get("headers", ())))
    return found


def stream_from(request: Ask) -> None:
    """Say that the answer begins now and goes on as long as somebody listens: its time is not measured."""
    context = context_of(request.scope)
    context.is_stream = True
    conventions.streaming(trace.current(), route=request.scope.get("path_template"), request_id=context.request_id)


def call_of(request: Ask) -> Call:
    """Return the call of this request: one actor, one time, one request id for everything that happens in it."""
    context = context_of(request.scope)
    if context.call is None:
        context.call = Call(
            actor=context.principal.actor,
            request_id=context.request_id,
            traceparent=context.traceparent,
            tenants=context.principal.tenants,
        )
    return context.call


def principal_of(request: Ask) -> Principal:
    """Return who asks, with roles and permissions; `auth.NOBODY` on a public route."""
    return context_of(request.scope).principal


def may(request: Ask, permission: str) -> bool:
    """Return whether who asks has a permission besides the one that the route needs."""
    return permission in principal_of(request).permissions


def runtime_of(request: Ask) -> Runtime:
    """Return the runtime of the service that answers: its database, settings and jobs."""
    found: Runtime = request.app.state.runtime
    return found


def match_of(request: Ask) -> int:
    """Return the version that the caller saw, from If-Match; PreconditionRequired without, Invalid for another form."""
    sent = context_of(request.scope).headers.get(b"if-match")
    if sent is None:
        raise errors.PreconditionRequired(
            "This change needs If-Match with the ETag of what was read before, so that nobody's change is overwritten. "
            "Nothing was changed."
        )
    found = _VERSION.fullmatch(sent.strip())
    if found is None:
        message = 'If-Match must hold one ETag of this service, like "v7". Nothing was changed.'
        raise errors.Invalid(message, fields=[errors.FieldError("If-Match", 'This must look like "v7".')])
    return int(found[1])
