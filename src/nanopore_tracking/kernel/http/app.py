"""Builds the HTTP application of one service: its routes and the kernel's, each behind its policy."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from nanopore_tracking.kernel.auth import Verifier
from nanopore_tracking.kernel.http import problems
from nanopore_tracking.kernel.http.ask import context_of
from nanopore_tracking.kernel.http.edge import Edge
from nanopore_tracking.kernel.http.endpoint import ENDPOINT, Door, Endpoint
from nanopore_tracking.kernel.http.guard import Rules
from nanopore_tracking.kernel.http.parameters import Undeclared
from nanopore_tracking.kernel.http.straight import Straight
from nanopore_tracking.kernel.runtime import Runtime


class Application:
    """One service's HTTP side: an ASGI application and the endpoints in it."""

    def __init__(self, asgi: Edge, endpoints: Sequence[Endpoint]) -> None:
        self.asgi = asgi
        self.endpoints = endpoints


def build(
    runtime: Runtime, routes: Sequence[Any], *, verifier: Verifier, permissions: frozenset[str], strict: bool
) -> Application:
    """Return the application of a service; guard.Unguarded when a route states no policy.

    permissions: all permissions that a policy may name. strict: unknown query parameters are refused.
    """
    rules = Rules(verifier=verifier, permissions=permissions, strict=strict)
    endpoints = [Endpoint(handler, path, rules) for handler in routes for path in sorted(_own(handler).paths)]
    handlers = [_place(endpoint) for endpoint in endpoints]
    litestar = Litestar(
        handlers,
        middleware=[Door],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        openapi_config=None,
        state=State({"runtime": runtime, "verifier": verifier}),
        logging_config=None,
        pdb_on_exception=False,
        debug=False,
    )
    # Pages come through the router, which also looks whether the Host they were asked for can be one.
    inner = Straight(litestar, handlers) if rules.strict else litestar
    secret = sorted({one.path.partition("{")[0] for one in endpoints if one.opt.get("secret_path")})
    return Application(Edge(inner, runtime.name, position=runtime.position, secret=secret), endpoints)


def _own(handler: Any) -> HTTPRouteHandler:
    if not isinstance(handler, HTTPRouteHandler):
        raise Undeclared(f"{handler!r} is not a route: routes are functions under @get, @post, @patch, @put or @delete")
    return handler


def _place(endpoint: Endpoint) -> HTTPRouteHandler:
    """Return what the framework's router leads to an endpoint by.

    Not the declared handler itself: the framework would read its signature too, by rules of its own.
    """
    declare = HTTPRouteHandler(
        endpoint.declared_path,
        http_method=[HttpMethod(method) for method in endpoint.methods],
        status_code=endpoint.status,
        request_max_body_size=endpoint.limit_bytes,
        opt={**endpoint.opt, ENDPOINT: endpoint},
    )
    return declare(_behind_the_door)


async def _behind_the_door() -> None:
    """Stand in for an endpoint, which the door runs."""


def _refused(request: Request[Any, Any, Any], failure: HTTPException) -> Response[Any]:
    """Answer what the framework itself refuses: no such address, a wrong method."""
    problem = problems.of_framework(failure)
    start, body = problems.render(problem, context_of(request.scope).request_id)
    headers = {name.decode(): value.decode() for name, value in start["headers"] if name != b"content-length"}
    media_type = headers.pop("content-type")
    return Response(body["body"], status_code=problem.status, headers=headers, media_type=media_type)


def _failed(_: Request[Any, Any, Any], failure: Exception) -> Response[Any]:
    """Hand every other failure on to the edge, which logs it and tells nothing."""
    raise failure
