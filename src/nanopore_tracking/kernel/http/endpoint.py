"""Runs one route: policy, parameters, body, handler, answer; compiled once, so that a request costs little."""

import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import NOBODY
from nanopore_tracking.kernel.http import bodies, guard, problems
from nanopore_tracking.kernel.http.answers import Sent, as_json, unchanged
from nanopore_tracking.kernel.http.ask import ARRIVED_KEY, call_of, context_of, runtime_of
from nanopore_tracking.kernel.http.parameters import Parameters, Undeclared
from nanopore_tracking.kernel.telemetry import trace

#: The option under which the router's handlers hold their endpoint.
ENDPOINT = "kernel.endpoint"
_TYPED = re.compile(r"{(\w+):\w+}")

ASGI = Callable[[Any, Any, Any], Awaitable[None]]


class Endpoint:
    """One route handler with everything about it that is known before the first request."""

    def __init__(self, handler: HTTPRouteHandler, path: str, rules: guard.Rules) -> None:
        """Raise Unguarded or Undeclared for a handler that cannot be served."""
        self.policy = guard.policy_of(handler, rules.permissions)
        self.declared_path = path
        self.path = _TYPED.sub(r"{\1}", path)
        self.methods = sorted(handler.http_methods)
        self.status = handler.status_code
        self.media_type = handler.media_type
        self.opt = handler.opt
        self.function = handler.fn
        self.limit_bytes: int = handler.opt.get("body_limit", bodies.DEFAULT_LIMIT_BYTES)
        self.parameters = Parameters(handler.fn, set(_TYPED.findall(path)))
        self._body = bodies.Body(self.parameters.hints["data"]) if self.parameters.takes_body else None
        self._verifier = rules.verifier
        self._strict = rules.strict and handler.opt.get("query") != "any"
        if not inspect.iscoroutinefunction(handler.fn):
            raise Undeclared(f"{handler.fn.__qualname__} is not an async function")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        context = context_of(scope)
        await guard.admit(context, self.policy, self._verifier)
        arguments = self.parameters.read(scope, context.headers, strict=self._strict)
        if self._body is not None:
            await bodies.read(context, receive, self.limit_bytes, arrived=ARRIVED_KEY in scope)
            arguments["data"] = self._body.decode(context)
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        if self.parameters.takes_request:
            arguments["request"] = request
        result = await self.function(**arguments)
        if not isinstance(result, Response):
            result = Sent(as_json(result))
        if type(result) is Sent:
            seen = context.headers.get(b"if-none-match")
            if seen is not None and scope["method"] == "GET" and _same(seen, result.version):
                result = unchanged(result)
            start, body = result.messages(self.status)
            await send(start)
            await send(body)
            return
        ready = result.to_asgi_response(None, request, status_code=self.status, media_type=self.media_type)
        await ready(scope, receive, send)


def _same(seen: bytes, version: int | None) -> bool:
    return version is not None and (seen.strip() == b"*" or b'"v%d"' % version in seen)


class Door:
    """Stands between the router and the endpoints; only the answer to OPTIONS is the framework's own."""

    def __init__(self, app: ASGI) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the endpoint of the matched route, and answer what it refuses as a problem."""
        endpoint = scope["route_handler"].opt.get(ENDPOINT)
        context = context_of(scope)
        try:
            if endpoint is None:
                await self._app(scope, receive, send)
            else:
                await endpoint(scope, receive, send)
        except errors.Problem as problem:
            if isinstance(problem, errors.Forbidden) and scope["method"] != "GET":
                _note(scope, endpoint)
            if problem.status >= 500:
                trace.failed(problem)
            await _refuse(send, problem, context.request_id)
        except HTTPException as failure:
            if failure.status_code >= 500:
                raise _told_by_the_framework(failure) from failure
            await _refuse(send, problems.of_framework(failure), context.request_id)


def _note(scope: Any, endpoint: Endpoint | None) -> None:
    """Remember that somebody known was refused a change, for the audit log."""
    request: Request[Any, Any, Any] = Request(scope)
    if endpoint is not None and context_of(scope).principal is not NOBODY:
        runtime_of(request).refusals.note(call_of(request), f"{scope['method']} {endpoint.path}")


def _told_by_the_framework(failure: HTTPException) -> Exception:
    """Return what a failure of the framework means: nobody is there any more, or something is wrong in here."""
    return bodies.Gone() if "disconnected" in failure.detail else RuntimeError(failure.detail)


async def _refuse(send: Any, problem: errors.Problem, request_id: str) -> None:
    for message in problems.render(problem, request_id):
        await send(message)
