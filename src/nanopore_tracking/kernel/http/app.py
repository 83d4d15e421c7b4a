"""Builds the HTTP application of one service: its routes and the kernel's, each behind its policy."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.exceptions.base_exceptions import LitestarDeprecationWarning
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.response import Response
from litestar.routes import HTTPRoute

from nanopore_tracking.kernel.auth import Verifier
from nanopore_tracking.kernel.http import bodies, problems
from nanopore_tracking.kernel.http.ask import context_of
from nanopore_tracking.kernel.http.edge import Edge
from nanopore_tracking.kernel.http.endpoint import Door, Endpoint
from nanopore_tracking.kernel.http.guard import Rules

if TYPE_CHECKING:
    from nanopore_tracking.kernel.runtime import Runtime


class Application:
    """One service's HTTP side: an ASGI application and the endpoints in it."""

    def __init__(self, asgi: Edge, endpoints: Sequence[Endpoint]) -> None:
        self.asgi = asgi
        self.endpoints = endpoints


def build(runtime: "Runtime", routes: Sequence[Any], *, verifier: Verifier, permissions: frozenset[str]) -> Application:
    """Return the application of a service; guard.Unguarded when a route states no policy.

    permissions: all permissions that a policy may name. A service with a database refuses unknown query parameters.
    """
    endpoints: dict[int, Endpoint] = {}
    door = DefineMiddleware(Door, endpoints=endpoints)
    with warnings.catch_warnings():
        # The framework would like other spellings of parameters; they are read by `parameters`, not by it.
        warnings.simplefilter("ignore", LitestarDeprecationWarning)
        litestar = Litestar(
            list(routes),
            middleware=[door],
            exception_handlers={HTTPException: _refused, Exception: _failed},
            openapi_config=None,
            state=State({"runtime": runtime}),
            request_max_body_size=bodies.DEFAULT_LIMIT_BYTES,
            logging_config=None,
            pdb_on_exception=False,
            debug=False,
        )
    rules = Rules(verifier=verifier, permissions=permissions, strict=runtime.service.database is not None)
    for route in litestar.routes:
        if isinstance(route, HTTPRoute):
            _compile(route, endpoints, rules)
    return Application(Edge(litestar, runtime.service.name), list(endpoints.values()))


def _compile(route: HTTPRoute, endpoints: dict[int, Endpoint], rules: Rules) -> None:
    for handler in route.route_handlers:
        if _is_own(handler):
            endpoint = Endpoint(handler, route, rules)
            handler.request_max_body_size = endpoint.limit_bytes
            endpoints[id(handler)] = endpoint


def _is_own(handler: HTTPRouteHandler) -> bool:
    """Tell whether a handler is declared by a service, not added by the framework to answer OPTIONS."""
    return set(handler.http_methods) != {"OPTIONS"}


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
