"""Events on their way into the outbox: put in their envelope, and written in one statement at a transaction's end."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Change, Envelope, Event, Subject
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.telemetry import trace

_encode = msgspec.json.encode

#: What NATS takes in one message by default is a little more; what is larger could never be published.
LARGEST_BYTES = 1_000_000

#: What an event has in the outbox.
COLUMNS = (
    "id",
    "type",
    "version",
    "occurred_at",
    "subject_kind",
    "subject_id",
    "subject_code",
    "tenant_id",
    "payload",
    "traceparent",
)
_COLUMNS = ", ".join(COLUMNS)
_SEVERAL = f"""INSERT INTO outbox ({_COLUMNS}) SELECT {_COLUMNS}
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::uuid[],
    $9::text[], $10::text[]) WITH ORDINALITY AS event({_COLUMNS}, number)
ORDER BY number"""  # noqa: S608


def envelope(
    source: str, call: Call, event: Event, *, subject: Subject, tenant_id: UUID | None, changes: Sequence[Change]
) -> Envelope:
    """Return the event with who, when and about what. source: the announcing service."""
    return Envelope(
        id=uuid7(),
        type=event.type,
        version=event.version,
        source=source,
        occurred_at=call.at,
        actor=call.actor,
        request_id=call.request_id,
        subject=subject,
        tenant_id=tenant_id,
        changes=tuple(changes),
        traceparent=trace.traceparent() or call.traceparent,
        on_behalf_of=call.on_behalf_of,
        data=msgspec.Raw(_encode(event)),
    )


async def write(connection: Any, envelopes: Sequence[Envelope]) -> None:
    """Write the events to the outbox in their order, in one statement; TooLarge for one that cannot be published."""
    await connection.fetch(_SEVERAL, *zip(*(columns(envelope) for envelope in envelopes), strict=True))


def columns(envelope: Envelope) -> tuple[Any, ...]:
    """Return what the event has in the outbox, in the order of COLUMNS; TooLarge when it cannot be published."""
    subject, payload = envelope.subject, _encode(envelope)
    if len(payload) > LARGEST_BYTES:
        raise errors.TooLarge(
            f"This change is too large to be announced at once: {envelope.type} has {len(payload)} bytes, and "
            f"{LARGEST_BYTES} are allowed. Nothing was changed; make it in several steps."
        )
    return (
        envelope.id,
        envelope.type,
        envelope.version,
        envelope.occurred_at,
        subject.kind,
        subject.id,
        subject.code,
        envelope.tenant_id,
        payload.decode(),
        envelope.traceparent,
    )
