"""Events on their way into the outbox: put in their envelope, and written in one statement at a transaction's end."""

import functools
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Change, Envelope, Event, Subject
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.query import Query
from nanopore_tracking.kernel.telemetry import trace

_encode = msgspec.json.encode

#: What NATS takes in one message by default is a little more; what is larger could never be published.
LARGEST_BYTES = 1_000_000

_COLUMNS = """id, type, version, occurred_at, subject_kind, subject_id, subject_code, tenant_id, payload, traceparent"""
_ONE = f"INSERT INTO outbox ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"  # noqa: S608
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
        data=msgspec.Raw(_encode(event)),
    )


async def write(connection: Any, envelopes: Sequence[Envelope]) -> None:
    """Write the events to the outbox in their order, in one statement; TooLarge for one that cannot be published."""
    rows = [_columns(envelope) for envelope in envelopes]
    if len(rows) == 1:
        await connection.fetch(_ONE, *rows[0])
    else:
        await connection.fetch(_SEVERAL, *zip(*rows, strict=True))


@functools.cache
def _joined(query: Query) -> Query:
    named = re.sub(r"\$(\d+)", lambda found: f":{query.parameters[int(found[1]) - 1]}", query.text)
    values = ", ".join(f":outbox_{name}" for name in _COLUMNS.split(", "))
    announced = f"INSERT INTO outbox ({_COLUMNS}) VALUES ({values})"  # noqa: S608
    return Query(query.name, f"WITH announced AS ({announced}) {named};")


def along(query: Query, envelope: Envelope) -> tuple[Query, dict[str, Any]]:
    """Return a statement that also writes the event to the outbox, and the parameters that it takes besides.

    query: an INSERT, UPDATE or DELETE without a WITH of its own.
    """
    names = (f"outbox_{name}" for name in _COLUMNS.split(", "))
    return _joined(query), dict(zip(names, _columns(envelope), strict=True))


def _columns(envelope: Envelope) -> tuple[Any, ...]:
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
