"""What forms that people looked at show of another that is like them; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from nanopore_tracking.services.ai.suspicions.model import is_order

#: Forms with a smaller share of labels in common are not alike; of a lab, so many of the newest are compared.
LEAST, NEWEST = 0.5, 500
_LONGEST, _SHORTEST_VALUE, _MOST = 160, 2, 12


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """Whose forms may be looked at: those of a lab or, where a project is given, of that alone."""

    lab_id: UUID
    project_id: UUID | None = None


class Example(msgspec.Struct, frozen=True):
    """A line of a form that people looked at, the field whose value stands in it, and that value."""

    line: str
    field: str
    raw: str


def examples_of(texts: Sequence[str], told: Sequence[tuple[str, str]]) -> list[Example]:
    """Return lines in which exactly one value stands that stands nowhere else. told: field and value as written."""
    lines = [" ".join(line.split()) for text in texts for line in text.splitlines() if line.strip()]
    found = []
    for field, raw in told:
        value = " ".join(raw.split())
        bounded = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
        there = [line for line in lines if bounded.search(line)] if len(value) >= _SHORTEST_VALUE else []
        if len(there) == 1 and len(there[0]) <= _LONGEST and there[0] != value and not is_order(there[0]):
            found.append(Example(there[0], field, value))
    return found[:_MOST]
