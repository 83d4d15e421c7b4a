"""What an announced event looks like: a typed payload in an envelope that says who, when and about what."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every payload in `contracts.events`; a subclass names its type, past tense, once and for ever.

    A field may be added with a default. A change of meaning is a new class with the next `version`.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1


class AccessRefused(Event, frozen=True, kw_only=True):
    """Somebody asked for changes that their account may not make; nothing was changed.

    count: how often since the last event of this kind about them; places: method and route, not more than twenty.
    """

    type: ClassVar[str] = "access.refused"
    count: int
    places: list[str]


class Actor(msgspec.Struct, frozen=True):
    """Who did it: a person, a person's or a machine's API token, or a service on its own account."""

    kind: Literal["person", "token", "service"]
    id: str
    name: str


class Subject(msgspec.Struct, frozen=True):
    """What it is about. `code` is what people call it (`S26-000123`), where it has one."""

    kind: str
    id: str
    code: str | None = None


class Change(msgspec.Struct, frozen=True):
    """One field's value before and after; None for what was not there."""

    field: str
    before: Any = None
    after: Any = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is stored in the outbox, published, and read by consumers.

    id: identifies the event for ever; source: the announcing service; tenant_id: the tenant it belongs to, None for
    what belongs to the whole facility; on_behalf_of: whose doing led a service to it, None for what a person did or a
    service by the clock; data: the payload as JSON, decoded by `decode` with its class.
    sequence and epoch are not in here: the relay gives them, they travel as headers.
    """

    id: UUID
    type: str
    version: int
    source: str
    occurred_at: datetime
    actor: Actor
    request_id: str
    subject: Subject
    tenant_id: UUID | None = None
    changes: tuple[Change, ...] = ()
    traceparent: str | None = None
    on_behalf_of: Actor | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")

    @property
    def doer(self) -> Actor | None:
        """Who stands behind it: who did it, or for whom a service did; None for a service by itself."""
        return self.on_behalf_of if self.actor.kind == "service" else self.actor


SYSTEM_REQUEST = "system"
