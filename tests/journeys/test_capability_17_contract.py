"""Whatever is sent, the answer is a sentence and never a failure of the server."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.harness.product import Product, checked

pytestmark = pytest.mark.long

EXAMPLES = 2
#: A stream does not end, and these end the session that everything else is asked with.
LEFT_OUT = ("/api/changes/", "/api/auth/sessions/close", "/api/auth/password")
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
DEEP = 10_000


@pytest.mark.timeout(480)
async def test_capability_17_nothing_that_the_description_allows_or_forbids_breaks_the_product(
    product: Product,
) -> None:
    manager = await product.client("facility_manager", "instrument")
    described = checked(await manager.get("/openapi.json"))
    described["paths"] = {path: item for path, item in described["paths"].items() if not path.startswith(LEFT_OUT)}
    headers = {"Authorization": manager.headers["Authorization"]}

    failures = await asyncio.to_thread(_tried, described, product.base_url, headers)

    assert failures == []


def _tried(described: dict[str, Any], base_url: str, headers: dict[str, str]) -> list[str]:
    """Send examples of every operation and return what went wrong, one text for each operation."""
    failures = []
    schema = schemathesis.openapi.from_dict(described)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            try:
                _try(operation.as_strategy(generation_mode=mode), base_url, headers)
            except Unsatisfiable:
                # Nothing about this operation can be wrong.
                assert mode is schemathesis.GenerationMode.NEGATIVE, operation.label
            except BaseExceptionGroup as group:
                failures.append(f"{operation.label}: {[str(each)[:500] for each in group.exceptions]}")
    return failures


def _try(cases: Any, base_url: str, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case: Any) -> None:
        answer = case.call(base_url=base_url, headers=headers)
        case.validate_response(answer, checks=CHECKS)

    send()


def _bodies(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and the schema of the body of each operation that takes one in JSON."""
    for path, item in described["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield method.upper(), _filled(path, operation), content["application/json"]["schema"]


def _filled(path: str, operation: dict[str, Any]) -> str:
    """Return the path with a value of the right form for each of its parameters."""
    for parameter in operation.get("parameters", []):
        kind = parameter["schema"]
        value = kind["enum"][0] if "enum" in kind else "1" if kind.get("type") == "integer" else str(uuid4())
        path = path.replace(f"{{{parameter['name']}}}", value)
    return path


def _first_field(described: dict[str, Any], schema: dict[str, Any]) -> str | None:
    """Return the name of a field of one kind only; None for a body that has several forms."""
    known = described["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    properties = known.get("properties", {})
    return next((name for name, kind in properties.items() if kind.get("type") in _NUMBERS | {"string"}), None)


_NUMBERS = {"number", "integer"}

#: What is sent instead of a value, as it stands in the JSON.
VALUES = {
    "the character NUL": '"a\\u0000b"',
    "a number that is too large": "1e400",
    "no number": "NaN",
    "a very long number": "9" * 400,
    "a list of lists": "[" * DEEP + "]" * DEEP,
    "an object": '{"a": 1}',
    "half a character": '"\\ud800"',
}
#: What is valid JSON, so that the field is named.
NAMED = {"the character NUL", "an object"}


@pytest.mark.parametrize("what", VALUES)
async def test_a_value_that_cannot_be_is_refused_by_every_route(product: Product, what: str) -> None:
    admin = await product.client("admin", "facility_manager", "instrument")
    described = checked(await admin.get("/openapi.json"))
    wrong = []
    for method, path, schema in _bodies(described):
        field = _first_field(described, schema)
        body = f'{{"{field or "name"}": {VALUES[what]}}}'.encode()
        headers = {"Content-Type": "application/json", "If-Match": '"v1"'}
        answer = await admin.request(method, path, content=body, headers=headers)
        paths = [error["path"] for error in answer.json().get("errors", [])]
        if answer.status_code != 422 or (what in NAMED and field and field not in paths):
            wrong.append(f"{method} {path} {field}: {answer.status_code} {answer.text[:300]}")

    assert wrong == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"7", b'"text"', b"{", b"\xff", b'{"a": 1, "a": 2}'])
async def test_a_body_that_is_no_object_is_refused_by_every_route(product: Product, body: bytes) -> None:
    admin = await product.client("admin", "facility_manager", "instrument")
    described = checked(await admin.get("/openapi.json"))
    wrong = []
    for method, path, _ in _bodies(described):
        headers = {"Content-Type": "application/json", "If-Match": '"v1"'}
        answer = await admin.request(method, path, content=body, headers=headers)
        if answer.status_code != 422:
            wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")

    assert wrong == []


async def test_a_field_that_is_not_known_is_named_by_every_route(product: Product) -> None:
    admin = await product.client("admin", "facility_manager", "instrument")
    described = checked(await admin.get("/openapi.json"))
    wrong = []
    for method, path, schema in _bodies(described):
        content = json.dumps({"surprise": 1})
        headers = {"Content-Type": "application/json", "If-Match": '"v1"'}
        answer = await admin.request(method, path, content=content, headers=headers)
        paths = [error["path"] for error in answer.json().get("errors", [])]
        # A body of several forms is told apart by its kind first.
        if answer.status_code != 422 or not {"surprise", "kind", ""} & set(paths):
            wrong.append(f"{method} {path} {schema}: {answer.status_code} {answer.text[:300]}")

    assert wrong == []
