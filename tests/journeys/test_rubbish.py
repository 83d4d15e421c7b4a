"""Whatever is sent, the answer is a sentence and never a failure of the server."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.harness.product import Product, checked

EXAMPLES = 4
#: A stream does not end, and these end the session that everything else is asked with.
LEFT_OUT = ("/api/changes/", "/api/auth/sessions/close", "/api/auth/password")
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
DEEP = 10_000


async def test_nothing_that_the_description_allows_or_forbids_breaks_the_product(product: Product) -> None:
    manager = await product.client("facility_manager")
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
        operation = result.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            try:
                _try(operation.as_strategy(generation_mode=mode), base_url, headers)
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
