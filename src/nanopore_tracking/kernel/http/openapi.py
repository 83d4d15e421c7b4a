"""Describes the endpoints of a process as OpenAPI 3.1, from the same annotations that requests are checked by."""

import inspect
import typing
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response
from litestar.response import Stream

from nanopore_tracking.kernel.http import guard
from nanopore_tracking.kernel.http.endpoint import Endpoint
from nanopore_tracking.kernel.http.problems import Problem

_REF = "#/components/schemas/{name}"
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what was read before; 412 when somebody changed it since.",
    "schema": {"type": "string", "pattern": '^"v[0-9]{1,9}"$'},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A request that is sent again with the same key has one effect and gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "An access token from POST /api/auth/token, or an API token that starts with npt_.",
}


def describe(services: dict[str, Sequence[Endpoint]], *, version: str) -> dict[str, Any]:
    """Return the description of all endpoints of the named services."""
    every = [endpoint for endpoints in services.values() for endpoint in endpoints if _is_api(endpoint)]
    kinds = [kind for endpoint in every for kind in _kinds(endpoint)]
    schemas, components = msgspec.json.schema_components([Problem, *kinds], ref_template=_REF)
    known = iter(schemas)
    problem = next(known)
    paths: dict[str, dict[str, Any]] = {}
    for service, endpoints in services.items():
        for endpoint in endpoints:
            if _is_api(endpoint):
                made = [next(known) for _ in _kinds(endpoint)]
                for method in endpoint.methods:
                    operation = _operation(endpoint, method, made, problem=problem)
                    paths.setdefault(endpoint.path, {})[method.lower()] = {"tags": [service], **operation}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Nanopore Tracking", "version": version},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(components.items())), "securitySchemes": {"bearer": _SCHEME}},
    }


def _is_api(endpoint: Endpoint) -> bool:
    return endpoint.path.startswith("/api/")


def _answered(endpoint: Endpoint) -> Any:
    """Return what the handler is annotated to answer with: the struct in Response[…], None for nothing."""
    kind = endpoint.parameters.hints.get("return")
    origin = typing.get_origin(kind)
    if isinstance(origin, type) and issubclass(origin, Response):
        return typing.get_args(kind)[0]
    return Any if isinstance(kind, type) and issubclass(kind, Response) else kind


def _is_stream(endpoint: Endpoint) -> bool:
    kind = endpoint.parameters.hints.get("return")
    return isinstance(kind, type) and issubclass(kind, Stream)


def _kinds(endpoint: Endpoint) -> list[Any]:
    """Return all types of an endpoint, in the order in which `_operation` takes their schemas."""
    body = [endpoint.parameters.hints["data"]] if endpoint.parameters.takes_body else []
    answered = _answered(endpoint)
    also = [endpoint.opt["also_answer"]] if "also_answer" in endpoint.opt else []
    declared = (one.kind for one in endpoint.parameters.declared)
    return [*declared, *body, Any if answered is None else answered, *also]


def _operation(
    endpoint: Endpoint, method: str, schemas: list[dict[str, Any]], *, problem: dict[str, Any]
) -> dict[str, Any]:
    declared = endpoint.parameters.declared
    answers = schemas[-2:] if "also_answer" in endpoint.opt else schemas[-1:]
    parameters = [_parameter(one, schema) for one, schema in zip(declared, schemas, strict=False)]
    writes = method not in ("GET", "HEAD")
    if endpoint.opt.get("match"):
        parameters.append(_MATCH)
    if writes and endpoint.policy != guard.PUBLIC:
        parameters.append(_KEY)
    operation: dict[str, Any] = {
        "operationId": f"{method.lower()}{endpoint.path}".replace("/", "_").replace("{", "").replace("}", ""),
        "summary": (inspect.getdoc(endpoint.function) or endpoint.function.__name__).partition("\n")[0],
        "x-policy": endpoint.policy,
        "security": [] if endpoint.policy == guard.PUBLIC else [{"bearer": []}],
        "responses": _responses(endpoint, answers, problem),
    }
    if parameters:
        operation["parameters"] = parameters
    if endpoint.parameters.takes_body:
        body = schemas[len(declared)]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    elif endpoint.opt.get("upload"):
        binary = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": binary}}
    return operation


def _file_type(endpoint: Any) -> str:
    """Return the media type that a route for a file states; a file of any type where it states none."""
    stated = str(getattr(endpoint.media_type, "value", endpoint.media_type) or "")
    return stated if stated not in ("", "application/json", "text/plain") else "application/octet-stream"


def _parameter(one: Any, schema: dict[str, Any]) -> dict[str, Any]:
    shown = dict(schema)
    description = shown.pop("description", None)
    if not one.required and one.default is not None:
        shown["default"] = msgspec.to_builtins(one.default)
    found = {"name": one.name, "in": one.place, "required": one.required or one.place == "path", "schema": shown}
    return found | ({"description": description} if description else {})


def _responses(endpoint: Endpoint, schemas: list[dict[str, Any]], problem: dict[str, Any]) -> dict[str, Any]:
    """Return what each status answers with. schemas: of the usual answer, and of `also` where that has its own."""
    status = endpoint.status
    found: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if _is_stream(endpoint):
        found["content"] = {str(endpoint.media_type or "application/octet-stream"): {}}
    elif _answered(endpoint) is not None and status != HTTPStatus.NO_CONTENT:
        media_type = str(endpoint.opt.get("media_type") or "application/json")
        is_file = _answered(endpoint) is bytes
        found["content"] = {_file_type(endpoint): {}} if is_file else {media_type: {"schema": schemas[0]}}
    refused = {"description": "Refused", "content": {"application/problem+json": {"schema": problem}}}
    also = endpoint.opt.get("also")
    own = {"content": {"application/json": {"schema": schemas[-1]}}} if len(schemas) > 1 else {}
    other = {str(also): found | own | {"description": HTTPStatus(also).phrase}} if also else {}
    return {str(status): found, **other, "4XX": refused, "5XX": refused}
