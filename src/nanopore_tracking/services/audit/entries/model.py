"""What an entry of the log is made of, and who may see which entries."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from nanopore_tracking.contracts import access
from nanopore_tracking.kernel.events import Envelope


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event with its place among the events of its source; `changes` and `data` are JSON text."""

    envelope: Envelope
    epoch: int
    source_sequence: int
    trace_id: str | None
    changes: str
    data: str


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a reader may see: everything, what belongs to no lab, and always what they did themselves."""

    everything: bool
    system: bool
    own: str


def entry(envelope: Envelope, *, epoch: int, source_sequence: int) -> Entry:
    """Return the entry of an event."""
    parts = (envelope.traceparent or "").split("-")
    return Entry(
        envelope=envelope,
        epoch=epoch,
        source_sequence=source_sequence,
        trace_id=parts[1] if len(parts) == 4 else None,
        changes=msgspec.json.encode(envelope.changes).decode(),
        data=bytes(envelope.data).decode(),
    )


def sight(roles: frozenset[str], account_id: str) -> Sight:
    """Return what the roles allow to see: managers and auditors all, administrators what belongs to no lab."""
    return Sight(
        everything=bool(roles & {access.MANAGER, access.AUDITOR}),
        system=access.ADMIN in roles,
        own=account_id,
    )


@dataclass(frozen=True, kw_only=True)
class Search:
    """What to look for; None for anything. since is included, until is not."""

    object_kind: str | None = None
    object_id: str | None = None
    object_code: str | None = None
    actor: str | None = None
    type: str | None = None
    source: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Thing:
    """The object whose history is asked for, and the labs within which it may be told (None for all)."""

    kind: str
    id: UUID
    scope: list[UUID] | None


@dataclass(frozen=True, kw_only=True)
class Hole:
    """Entries that are missing: of a source in an epoch, or, where the source is `log`, of the whole log."""

    source: str
    epoch: int
    missing: int
