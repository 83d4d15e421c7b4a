"""Capability 17: whatever a page does, a program can do by the described API."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from nanopore_tracking import registry
from tests.harness.product import Product, checked

WEB = Path(__file__).parents[2] / "src" / "nanopore_tracking" / "web"


def addresses(source: str) -> Iterator[str]:
    """Return every address of the API that a module names; what is filled in is `{}`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if text.startswith("/api/") and not text.endswith("/") and " " not in text:
            yield text


def described(address: str, templates: set[str]) -> bool:
    """Tell whether an address is described: each part is the same, or filled in on one side."""
    parts = address.split("/")
    return any(
        len(parts) == len(known)
        and all(ours == theirs or "{" in ours or "{" in theirs for ours, theirs in zip(parts, known, strict=True))
        for known in (template.split("/") for template in templates)
    )


async def test_capability_17_the_web_front_uses_nothing_but_the_described_public_api(product: Product) -> None:
    templates: set[str] = set()
    for name in registry.NAMES:
        service = registry.load(name)
        if service.database:
            templates |= {re.sub(r":\w+}", "}", path) for route in service.routes for path in route.paths}
    told = checked(await product.anonymous().get("/openapi.json"))["paths"]
    assert told
    used = {
        address for file in sorted((WEB / "clients").glob("*.py")) for address in addresses(file.read_text("utf-8"))
    }
    assert len(used) > 50
    strange = {
        address for address in used if not described(address, templates) and not address.startswith("/api/operations")
    }
    assert strange == set()
    outside = [
        str(file.relative_to(WEB))
        for file in sorted(WEB.rglob("*.py"))
        if file.parent.name != "clients" and any(addresses(file.read_text("utf-8")))
    ]
    # Changes are followed as they come, under the address that every service describes.
    assert set(outside) <= {"events.py", "service.py"}
