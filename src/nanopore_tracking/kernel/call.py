"""Who asks for a change, when, under which request id, and which tenants they may touch."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from nanopore_tracking.kernel.events import SYSTEM_REQUEST, Actor


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request or one run of a job; everything that happens in it carries its actor, time and request id.

    at: UTC; tenants: the tenants that the actor may see and change, None for all of them; on_behalf_of: whose doing led
    a service to it.
    """

    actor: Actor
    request_id: str
    at: datetime = field(default_factory=_now)
    traceparent: str | None = None
    tenants: frozenset[UUID] | None = None
    on_behalf_of: Actor | None = None

    @classmethod
    def system(cls, service: str) -> "Call":
        """Return the call of a service that acts on its own account."""
        return cls(actor=Actor(kind="service", id=service, name=service), request_id=SYSTEM_REQUEST)

    @property
    def doer(self) -> Actor | None:
        """Who stands behind it: the person or token that asks, or for whom a service acts; None for a service alone."""
        return self.on_behalf_of if self.actor.kind == "service" else self.actor

    @property
    def by(self) -> str:
        """The name that what is written keeps: of who stands behind it, else of the service that does it by itself."""
        return (self.doer or self.actor).name

    @property
    def scope(self) -> list[UUID] | None:
        """The tenants as queries take them: None for all."""
        return None if self.tenants is None else sorted(self.tenants)
