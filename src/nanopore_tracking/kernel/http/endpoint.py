"""Runs one route: policy, parameters, body, handler, answer; compiled once, so that a request costs little."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import bodies, guard, problems
from nanopore_tracking.kernel.http.answers import Sent, unchanged
from nanopore_tracking.kernel.http.ask import context_of
from nanopore_tracking.kernel.http.parameters import Parameters, Undeclared

ASGI = Callable[[Any, Any, Any], Awaitable[None]]


class Endpoint:
    """One route handler with everything about it that is known before the first request."""

    def __init__(self, handler: HTTPRouteHandler, route: HTTPRoute, rules: guard.Rules) -> None:
        """Raise Unguarded or Undeclared for a handler that cannot be served."""
        self.policy = guard.policy_of(handler, rules.permissions)
        self.handler = handler
        self.path: str = route.path_format
        self.methods = sorted(handler.http_methods)
        self.limit_bytes: int = handler.opt.get("body_limit", bodies.DEFAULT_LIMIT_BYTES)
        self._function = handler.fn
        self.parameters = Parameters(handler.fn, set(route.path_parameters))
        self._body = bodies.Body(self.parameters.hints["data"]) if self.parameters.takes_body else None
        self._verifier = rules.verifier
        self._strict = rules.strict and handler.opt.get("query") != "any"
        if handler.has_sync_callable:
            raise Undeclared(f"{handler} is not an async function")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        context = context_of(scope)
        await guard.admit(context, self.policy, self._verifier)
        arguments = self.parameters.read(scope, context.headers, strict=self._strict)
        if self._body is not None:
            await bodies.read(context, receive, self.limit_bytes)
            arguments["data"] = self._body.decode(context)
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        if self.parameters.takes_request:
            arguments["request"] = request
        result = await self._function(**arguments)
        if type(result) is Sent:
            seen = context.headers.get(b"if-none-match")
            if seen is not None and scope["method"] == "GET" and _same(seen, result.version):
                result = unchanged(result)
            start, body = result.messages(self.handler.status_code)
            await send(start)
            await send(body)
            return
        response = await self.handler.to_response(app=scope["litestar_app"], data=result, request=request)
        await response(scope, receive, send)


def _same(seen: bytes, version: int | None) -> bool:
    return version is not None and (seen.strip() == b"*" or b'"v%d"' % version in seen)


class Door:
    """Stands between the router and every handler of an application; what has no endpoint does not exist."""

    def __init__(self, app: ASGI, *, endpoints: dict[int, Endpoint]) -> None:
        self._app = app
        self._endpoints = endpoints

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the endpoint of the matched route, and answer what it refuses as a problem."""
        endpoint = self._endpoints.get(id(scope["route_handler"]))
        context = context_of(scope)
        try:
            if endpoint is not None:
                await endpoint(scope, receive, send)
            elif scope["method"] == "OPTIONS":
                await self._app(scope, receive, send)
            else:
                raise errors.NotFound("There is nothing at this address.", type="no-such-address")
        except errors.Problem as problem:
            await _refuse(send, problem, context.request_id)
        except HTTPException as failure:
            if failure.status_code >= 500:
                raise
            await _refuse(send, problems.of_framework(failure), context.request_id)


async def _refuse(send: Any, problem: errors.Problem, request_id: str) -> None:
    for message in problems.render(problem, request_id):
        await send(message)
