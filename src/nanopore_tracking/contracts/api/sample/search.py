"""One search over all kinds of things."""

from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.base import Answer

SearchKind = Literal["sample", "note", "library", "pool", "submission", "project", "lab"]


class SearchHit(Answer, frozen=True, kw_only=True):
    """One thing that was found; code: what leads to it, name: what people call it, where: what tells it apart."""

    id: UUID
    code: str
    name: str
    where: str


class SearchGroup(Answer, frozen=True, kw_only=True):
    """What was found of one kind, the best first; more: there is more than is shown."""

    kind: SearchKind
    items: list[SearchHit]
    more: bool


class SearchAnswer(Answer, frozen=True, kw_only=True):
    """The kinds of which something was found, in a fixed order."""

    groups: list[SearchGroup]
