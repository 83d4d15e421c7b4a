"""What a webhook is, which events concern it, what is sent, how it is signed, and when it is tried again."""

import base64
import hashlib
import hmac
import inspect
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.config.webhooks import EventType
from nanopore_tracking.contracts.events import ai, ai_protocols, ai_readings, backup, config, sample
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import AccessRefused, Change, Envelope, Event, Subject

JOB = "send-webhooks"
SECRET_PREFIX = "whsec_"  # noqa: S105 (what every secret begins with)
LONGEST_DELAY_S = 3600.0
#: For how long others leave an endpoint alone to which somebody sends.
LEASE_S = 120.0
#: Days after which an endpoint that nobody resumed is switched off, and after which ended deliveries are forgotten.
PAUSED_DAYS = 7
KEPT_DAYS = 30
TEST_TYPE = "webhook.test"

#: The fields that are announced and compared.
FIELDS = ("name", "url", "event_types", "state", "state_reason")
_SOURCES = (
    (sample, "sample"),
    (ai, "ai"),
    (ai_protocols, "ai"),
    (ai_readings, "ai"),
    (backup, "backup"),
    (config, "config"),
)


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """An endpoint as it is stored."""

    id: UUID
    name: str
    url: str
    event_types: Sequence[str]
    state: str
    state_reason: str
    failures: int
    version: int


@dataclass(frozen=True, kw_only=True)
class Head:
    """The next delivery of an endpoint, taken to be sent by whoever has the lease."""

    webhook_id: UUID
    url: str
    secret_sealed: bytes
    failures: int
    lease: UUID
    delivery_id: UUID
    event_id: UUID
    body: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended. status: of the answer, None without one; error: in one sentence, blank when it is well."""

    status: int | None
    duration_ms: int
    error: str
    answer: str = ""


def event_types() -> list[EventType]:
    """Return every kind of event that is announced, by name; of several versions the newest."""
    found: dict[str, EventType] = {}
    for module, source in _SOURCES:
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Event) and "type" in vars(kind):
                _keep(found, kind, source)
    _keep(found, AccessRefused, "every service")
    return [found[name] for name in sorted(found)]


def _keep(found: dict[str, EventType], kind: type[Event], source: str) -> None:
    known = found.get(kind.type)
    if known is None or known.version < kind.version:
        said = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())
        found[kind.type] = EventType(id=kind.type, source=source, version=kind.version, description=said)


def check_types(asked: Iterable[str]) -> list[str]:
    """Return the asked kinds once each; Invalid for one that no event is of."""
    known = {kind.id for kind in event_types()}
    groups = {name.partition(".")[0] + ".*" for name in known} | {"*"}
    wanted = sorted(set(asked))
    if strange := [name for name in wanted if name not in known | groups]:
        message = f"There is no event {', '.join(strange)}; GET /api/webhooks/event-types lists them all."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("event_types", message)])
    return wanted


def concerns(event_types: Sequence[str], kind: str) -> bool:
    """Tell whether an endpoint is told of a kind of event."""
    return kind in event_types or "*" in event_types or kind.partition(".")[0] + ".*" in event_types


def body(envelope: Envelope) -> str:
    """Return what is sent of an event: what happened, who did it, to what, and its whole data."""
    said: dict[str, Any] = {
        "type": envelope.type,
        "timestamp": envelope.occurred_at,
        "id": envelope.id,
        "version": envelope.version,
        "source": envelope.source,
        "actor": envelope.actor,
        "on_behalf_of": envelope.on_behalf_of,
        "subject": envelope.subject,
        "lab_id": envelope.tenant_id,
        "request_id": envelope.request_id,
        "changes": envelope.changes,
        "data": envelope.data,
    }
    return msgspec.json.encode(said).decode()


def test_body(webhook: Webhook, at: datetime, test_id: UUID) -> str:
    """Return what is sent as a test."""
    said = {"type": TEST_TYPE, "timestamp": at, "id": test_id, "data": {"webhook_id": webhook.id, "name": webhook.name}}
    return msgspec.json.encode(said).decode()


def new_secret() -> str:
    """Return a fresh secret: 256 bits, written as standard webhooks do."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(head: Head, secret: str, at: datetime) -> dict[str, str]:
    """Return the headers of an attempt: who it is, when it was signed, and the signature over both and the body."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(key, f"{head.event_id}.{stamp}.{head.body}".encode(), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "nanopore-tracking-webhooks",
        "webhook-id": str(head.event_id),
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def judged(status: int, duration_ms: int, answer: str) -> Outcome:
    """Return what an answer means: everything but 2xx is a failure, and nothing is followed elsewhere."""
    if 200 <= status < 300:
        return Outcome(status=status, duration_ms=duration_ms, error="", answer=answer)
    if 300 <= status < 400:
        error = f"The endpoint answered {status}: it wants to send us elsewhere, which is not followed."
    else:
        error = f"The endpoint answered {status}."
    return Outcome(status=status, duration_ms=duration_ms, error=error, answer=answer)


def delay_s(failures: int, first_s: float) -> float:
    """Return the pause after so many failures in a row: four times as long each, at most an hour."""
    return float(min(LONGEST_DELAY_S, first_s * 4.0 ** min(failures - 1, 20)))


def fields_of(webhook: Webhook) -> dict[str, Any]:
    """Return what is announced of an endpoint."""
    return {name: getattr(webhook, name) for name in FIELDS} | {"event_types": list(webhook.event_types)}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what differs in `after`, field by field."""
    return tuple(Change(name, before.get(name), value) for name, value in after.items() if before.get(name) != value)


def subject(webhook_id: UUID, name: str) -> Subject:
    """Return how events name an endpoint."""
    return Subject("webhook", str(webhook_id), name)
