"""What the sample service announces of what reaches the customer: status links, mails, deliveries."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class StatusLinkEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a status link; its token is never in here."""

    link_id: UUID
    submission_id: UUID
    submission_code: str
    lab_id: UUID
    label: str
    expires_at: datetime


class StatusLinkMade(StatusLinkEvent, frozen=True, kw_only=True):
    """Whoever has the link sees the status of the submission from now on."""

    type = "status_link.made"


class StatusLinkRevoked(StatusLinkEvent, frozen=True, kw_only=True):
    """The link shows nothing any more."""

    type = "status_link.revoked"


class MailEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a mail; neither its text nor whom it is for is in here."""

    mail_id: UUID
    submission_id: UUID
    submission_code: str
    lab_id: UUID
    kind: str
    attempts: int


class MailSent(MailEvent, frozen=True, kw_only=True):
    """The mail server took a mail."""

    type = "mail.sent"


class MailFailed(MailEvent, frozen=True, kw_only=True):
    """A mail is not sent: the server refused it for ever, or did not take it after many attempts."""

    type = "mail.failed"

    error: str


class DeliveryEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a delivery: its state after the change. samples: their codes."""

    delivery_id: UUID
    code: str
    lab_id: UUID
    project_id: UUID
    submission_id: UUID | None
    state: str
    method: str
    destination: str
    samples: list[str]
    file_count: int
    size_bytes: int
    manifest_sha256: str | None
    verified_at: datetime | None
    released_by: str | None
    released_at: datetime | None
    link_expires_at: datetime | None
    received_at: datetime | None


class DeliveryPrepared(DeliveryEvent, frozen=True, kw_only=True):
    """A delivery was begun; redelivers: the one that it repeats."""

    type = "delivery.prepared"

    redelivers: UUID | None


class DeliveryChanged(DeliveryEvent, frozen=True, kw_only=True):
    """How or where to was changed, or it has another manifest; the changes say which."""

    type = "delivery.changed"


class DeliveryVerified(DeliveryEvent, frozen=True, kw_only=True):
    """Somebody looked at the destination. whole: exactly what the manifest says is there."""

    type = "delivery.verified"

    whole: bool
    place: str
    difference_count: int


class DeliveryStateChanged(DeliveryEvent, frozen=True, kw_only=True):
    """A delivery is being copied, has expired, or was retracted."""

    type = "delivery.state_changed"

    before_state: str
    reason: str


class DeliveryReleased(DeliveryEvent, frozen=True, kw_only=True):
    """A person released the data to the customer."""

    type = "delivery.released"


class DeliveryReceived(DeliveryEvent, frozen=True, kw_only=True):
    """The customer confirmed that the data arrived. means: by a `link` without an account, or by a `person` here."""

    type = "delivery.received"

    means: Literal["link", "person"]
