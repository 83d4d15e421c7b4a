"""Protocols of the laboratory: what was uploaded, its passages, and what a search finds in them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.base import Answer

ProtocolKind = Literal["pdf", "docx", "text"]


class ProtocolVersion(Answer, frozen=True, kw_only=True):
    """One file of a protocol. number: from 1; passage_count: parts that can be found; warnings: about the file."""

    number: int
    filename: str
    kind: ProtocolKind
    size_bytes: int
    passage_count: int
    warnings: list[str]
    uploaded_by: str
    uploaded_at: datetime


class Protocol(Answer, frozen=True, kw_only=True):
    """A protocol of the laboratory, its last version first. retired_at: since when it is not searched any more."""

    id: UUID
    title: str
    versions: list[ProtocolVersion]
    retired_by: str | None
    retired_at: datetime | None
    version: int


class Passage(Answer, frozen=True, kw_only=True):
    """A part of a protocol, word for word. position: from 1; page: null in a file without pages."""

    id: UUID
    position: int
    heading: str
    body: str
    page: int | None


class Passages(Answer, frozen=True, kw_only=True):
    """What one version of a protocol says."""

    number: int
    passages: list[Passage]


class Found(Answer, frozen=True, kw_only=True):
    """A passage that was found, word for word, and where it stands.

    by: whether its words or its meaning led to it; near: how near its meaning is, -1 to 1, null where only words were
    compared; score: by which the results stand in order, of no meaning beyond that.
    """

    protocol_id: UUID
    title: str
    number: int
    passage_id: UUID
    position: int
    heading: str
    body: str
    page: int | None
    by: list[Literal["words", "meaning"]]
    near: float | None
    score: float


class ProtocolSearch(Answer, frozen=True, kw_only=True):
    """What was found, the best first. note: why nothing was compared by meaning, blank where it was."""

    items: list[Found]
    note: str
