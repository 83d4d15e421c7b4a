"""Questions to the audit service and its answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.base import Answer


class EntryActor(Answer, frozen=True, kw_only=True):
    """Who did it; kind: `person`, `token` or `service`."""

    kind: str
    id: str
    name: str


class EntrySubject(Answer, frozen=True, kw_only=True):
    """What it was done to."""

    kind: str
    id: str
    code: str | None = None


class EntryChange(Answer, frozen=True, kw_only=True):
    """One field before and after; None for what was not there."""

    field: str
    before: Any = None
    after: Any = None


class Entry(Answer, frozen=True, kw_only=True):
    """One thing that happened, as the log holds it.

    sequence: its place in the log, dense from 1; source, epoch and source_sequence: its place among the events of the
    announcing service; occurred_at: when it was done; recorded_at: when the log wrote it; data: the event's payload;
    on_behalf_of: whose doing led a service to it, null for what people did and for a service by itself.
    """

    sequence: int
    event_id: UUID
    type: str
    version: int
    source: str
    epoch: int
    source_sequence: int
    occurred_at: datetime
    recorded_at: datetime
    actor: EntryActor
    on_behalf_of: EntryActor | None = None
    request_id: str
    trace_id: str | None = None
    subject: EntrySubject
    lab_id: UUID | None = None
    changes: list[EntryChange] = []
    data: dict[str, Any] = {}


class SourceState(Answer, frozen=True, kw_only=True):
    """How far the log has read one service's events; entries counts what it holds of them in this epoch."""

    source: str
    epoch: int
    source_sequence: int
    entries: int
    recorded_at: datetime | None = None


class LogState(Answer, frozen=True, kw_only=True):
    """The whole log: how many entries, and for each service whether every event up to its position is in it."""

    size: int
    sources: list[SourceState]
