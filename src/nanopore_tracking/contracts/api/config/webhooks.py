"""Webhooks: other programs are told of events as they happen."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked

WebhookState = Literal["active", "paused", "off"]
DeliveryState = Literal["waiting", "delivered", "discarded"]

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE, description="What people call it.")]
Url = Annotated[str, Meta(min_length=1, max_length=2000, description="Where events are sent; https only.")]
EventTypes = Annotated[
    list[Annotated[str, Meta(max_length=100, pattern=r"^(\*|[a-z_]+\.(\*|[a-z_]+))$")]],
    Meta(min_length=1, max_length=200, description="Such as sample.created, or sample.* for all of them, or *."),
]


class NewWebhook(Asked, frozen=True, kw_only=True):
    """Tell an endpoint of events from now on."""

    name: Name
    url: Url
    event_types: EventTypes


class WebhookPatch(Asked, frozen=True, kw_only=True):
    """Change an endpoint; what is left out stays. active: also ends a pause, and what waits is sent at once."""

    name: Name | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    event_types: EventTypes | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Webhook(Answer, frozen=True, kw_only=True):
    """An endpoint without its secret.

    state: `paused` by itself after many failures in a row, what happens is kept for it; `off` by a person, nothing is
    kept. failures: in a row; next_at: when the next attempt is made; waiting_count: deliveries that wait.
    """

    id: UUID
    name: str
    url: str
    event_types: list[str]
    state: WebhookState
    state_reason: str
    failures: int
    waiting_count: int
    next_at: datetime
    last_status: int | None
    last_attempt_at: datetime | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class WebhookMade(Webhook, frozen=True, kw_only=True):
    """An endpoint with its new secret, which is shown this once."""

    secret: str


class WebhookDelivery(Answer, frozen=True, kw_only=True):
    """One event on its way to an endpoint.

    kind: `event`, or asked for by a person: `replay`, `test`; status, duration_ms, error: of the last attempt.
    """

    id: UUID
    webhook_id: UUID
    kind: Literal["event", "replay", "test"]
    event_id: UUID
    event_type: str
    state: DeliveryState
    attempts: int
    requested_by: str
    status: int | None
    duration_ms: int | None
    error: str
    last_attempt_at: datetime | None
    created_at: datetime
    ended_at: datetime | None


class WebhookAttempt(Answer, frozen=True, kw_only=True):
    """One attempt. status: of the answer, None without one; answer: its beginning."""

    number: int
    status: int | None
    duration_ms: int
    error: str
    answer: str
    at: datetime


class EventType(Answer, frozen=True, kw_only=True):
    """One kind of event that can be subscribed to: its name, who announces it, its version, and what it says."""

    id: str
    source: str
    version: int
    description: str
