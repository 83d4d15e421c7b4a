"""Things done for the log to hold, and the log read until it holds them."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.harness.product import Member, Product, checked
from tests.services.sample.desk import Desk, opened, said, seen

ENTRIES = "/api/audit/entries"


@dataclass(frozen=True)
class Done:
    """A sample that bob, a technician, registered and changed, each in a request of its own."""

    product: Product
    desk: Desk
    bob: Member
    sample: dict[str, Any]
    registered: str
    changed: str


async def logged(product: Product, client: httpx.AsyncClient, count: int, **asked: Any) -> list[dict[str, Any]]:
    """Return the entries that are found as soon as there are that many, oldest first."""
    params = {"sort": "sequence", "limit": 200, **asked}

    async def look() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = checked(await client.get(ENTRIES, params=params))["items"]
        return found if len(found) >= count else []

    entries: list[dict[str, Any]] = await product.eventually(look)
    return entries


def request_id() -> str:
    """Return a request id that no other test uses."""
    return f"request-{uuid4().hex}"


async def done(product: Product) -> Done:
    """Let bob register a sample and raise its priority."""
    desk, bob = await opened(product), await product.member("technician")
    first, second = request_id(), request_id()
    asked = {"project_id": desk.project_id, "name": said("gut"), "material": "HMW gDNA"}
    answer = await bob.client.post("/api/samples", json=asked, headers={"X-Request-Id": first})
    sample = checked(answer)
    changed = await bob.client.patch(
        f"/api/samples/{sample['id']}",
        json={"priority": "urgent", "priority_reason": "Patient waits."},
        headers={**seen(sample), "X-Request-Id": second},
    )
    return Done(product, desk, bob, checked(changed), registered=first, changed=second)
