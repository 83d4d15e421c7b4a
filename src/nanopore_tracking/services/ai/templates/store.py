"""The forms that are known from the start."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from nanopore_tracking.services.ai.templates.model import Template

_SEED = Path(__file__).parents[1] / "seed"


@cache
def shipped() -> tuple[Template, ...]:
    """Return the templates that come with the product."""
    files = sorted(_SEED.glob("*.toml"))
    return tuple(msgspec.convert(tomllib.loads(file.read_text("utf-8")), Template) for file in files)
