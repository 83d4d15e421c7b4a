"""The forms that the product knows from the start."""

import functools
from pathlib import Path

import msgspec

from nanopore_tracking.services.ai.templates.model import Template

_SHIPPED = Path(__file__).parents[1] / "seed" / "templates"


@functools.cache
def shipped() -> list[Template]:
    """Return the templates that are shipped, by their names."""
    return [msgspec.json.decode(file.read_bytes(), type=Template) for file in sorted(_SHIPPED.glob("*.json"))]
